/// The 57 columns of the published GTZAN tables, in their order.
package enum PublishedFeatures {
  package static let cepstralCoefficients = 20

  package static let names: [String] = {
    let measures = [
      "chroma_stft", "rms", "spectral_centroid", "spectral_bandwidth", "rolloff",
      "zero_crossing_rate", "harmony", "perceptr",
    ]
    let coefficients = (1...cepstralCoefficients).map { "mfcc\($0)" }
    return measures.flatMap(moments) + ["tempo"] + coefficients.flatMap(moments)
  }()

  private static func moments(of measure: String) -> [String] {
    [measure + "_mean", measure + "_var"]
  }
}

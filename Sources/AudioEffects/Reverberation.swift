import Audio
import Glibc
import Matrices
import Spectra
import TextFormatting

/// The sound of a room: echoes like noise that fades exponentially.
///
/// Moorer, “About this reverberation business”, Computer Music Journal 3, 1979.
package struct Reverberation: AudioEffect {
  /// After so long the echoes are 60 dB softer; above 0, at most 20.
  package var seconds: Double
  /// The part of the sound that the echoes replace, 0 to 1.
  package var share: Double

  package init(seconds: Double, share: Double = 0.3) {
    self.seconds = seconds
    self.share = share
  }

  package var description: String {
    "reverberation of \(shortest(seconds)) s (\(percentage(share)))"
  }

  /// The sound keeps its length: what still echoes then is cut off.
  package func callAsFunction(_ sound: Waveform, using random: inout RandomStream) -> Waveform {
    let echoes = convolved(sound.samples, impulse(sampleRate: sound.sampleRate, &random))
    let (dry, wet) = (Float(1 - share), Float(share))
    return Waveform(
      samples: zip(sound.samples, echoes).map { dry * $0 + wet * $1 },
      sampleRate: sound.sampleRate)
  }

  /// What a single click becomes, its energy 1.
  private func impulse(sampleRate: Int, _ random: inout RandomStream) -> [Float] {
    let length = min(max(seconds, 1e-3), 20) * Double(sampleRate)
    let noise = (0..<max(1, Int(length))).map {
      random.normal() * pow(10, -3 * Double($0) / length)
    }
    let energy = noise.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return noise.map { Float($0 / max(energy, 1e-300)) }
  }

  /// The first `signal.count` samples of the convolution, in blocks (overlap and add).
  private func convolved(_ signal: [Float], _ impulse: [Float]) -> [Float] {
    var size = 1024
    while size < 2 * impulse.count { size *= 2 }
    let transform = FourierTransform.of(size: size)
    let block = size - impulse.count + 1
    let scale = 1 / Float(size)
    let samples = AlignedFloats(count: size)
    let spectrum = AlignedFloats(count: 2 * transform.bins)
    let response = AlignedFloats(count: 2 * transform.bins)
    for index in impulse.indices { samples.start[index] = impulse[index] }
    transform.forward(samples.start, response.start)
    var result = [Float](repeating: 0, count: signal.count)
    for start in stride(from: 0, to: signal.count, by: block) {
      samples.clear()
      for index in 0..<min(block, signal.count - start) {
        samples.start[index] = signal[start + index]
      }
      transform.forward(samples.start, spectrum.start)
      for bin in 0..<transform.bins {
        let (a, b) = (spectrum.start[2 * bin], spectrum.start[2 * bin + 1])
        let (c, d) = (response.start[2 * bin], response.start[2 * bin + 1])
        spectrum.start[2 * bin] = (a * c - b * d) * scale
        spectrum.start[2 * bin + 1] = (a * d + b * c) * scale
      }
      transform.inverse(spectrum.start, samples.start)
      for index in 0..<min(size, signal.count - start) {
        result[start + index] += samples.start[index]
      }
    }
    return result
  }
}

import AudioFeatures
import Pictures
import Spectra

/// A small picture of a sound's beginning: time to the right, pitch upwards, the louder the brighter.
package enum SoundPicture {
  /// Pixels.
  package static let width = 360
  package static let height = 128
  /// What is shown of a longer sound.
  package static let seconds = 10

  private static let fftSize = 2048
  /// Fewer shades than 256 look the same and make the file half as large.
  private static let shades: Float = 32

  /// The mel spectrogram in decibels below its loudest place, down to 80.
  ///
  /// - Parameters:
  ///   - samples: one at least.
  ///   - sampleRate: their rate, in hertz.
  /// - Returns: a picture of at most ``width`` × ``height`` pixels.
  package static func picture(of samples: [Float], sampleRate: Int) -> ColorPicture {
    let samples = Array(samples.prefix(seconds * sampleRate))
    // As many frames as pixels, whatever the length.
    let hop = max(1, (samples.count + width - 1) / width)
    let transform = ShortTimeFourierTransform(fftSize: fftSize, hopLength: hop)
    let bank = MelFilterBank(sampleRate: sampleRate, fftSize: fftSize, bands: height)
    let decibels = Decibels(reference: .maximum).ofPower(bank(transform(samples.span).power()))
    let frames = min(width, decibels.rows)
    var shades = [UInt8](repeating: 0, count: frames * height)
    for frame in 0..<frames {
      for band in 0..<height {
        let share = max(0, min(1, 1 + decibels[frame, band] / 80))
        let step = (share * (Self.shades - 1)).rounded()
        shades[(height - 1 - band) * frames + frame] = UInt8(step * 255 / (Self.shades - 1))
      }
    }
    return ColorPicture(GreyPicture(width: frames, height: height, pixels: shades), colors: .magma)
  }
}

extension SoundSource {
  /// A PNG picture of the first sound of each class that can be read.
  ///
  /// - Parameters:
  ///   - classes: the classes wished, in this order.
  ///   - unused: the names of pieces that are not to be shown.
  /// - Returns: the PNG files; none for a class without a sound that can be read.
  package func pictures(
    of classes: [String], without unused: Set<String>
  ) -> [(label: String, png: [UInt8])] {
    classes.compactMap { label in
      for piece in pieces where piece.label == label && !unused.contains(piece.name) {
        if let png = try? picture(of: piece) { return (label, png) }
      }
      return nil
    }
  }

  private func picture(of piece: Piece) throws -> [UInt8]? {
    let settings = FeatureSettings()
    let samples = try piece.withSamples(settings) { _, next in
      try next(SoundPicture.seconds * settings.sampleRate)
    }
    guard !samples.isEmpty else { return nil }
    return try SoundPicture.picture(of: samples, sampleRate: settings.sampleRate).png()
  }
}

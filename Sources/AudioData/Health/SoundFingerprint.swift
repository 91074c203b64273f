import Audio
import Glibc
import Spectra

/// What is left of a recording to recognise it by: a word of 32 bits each 12.2 ms.
///
/// A bit says whether the energy falls from one band to the next more than it did in the frame before,
/// for 33 bands from 300 to 2000 Hz in frames of 0.39 s (Haitsma and Kalker 2002, A Highly Robust Audio
/// Fingerprinting System). It does not change with the level, and seldom with lossy coding or with the
/// place where frames begin.
package struct SoundFingerprint: Equatable, Sendable {
  /// One a frame; 0 where it is silent or the first.
  package var words: [UInt32] = []

  package static let secondsAWord = Double(Fingerprinter.hop) / Double(Fingerprinter.sampleRate)
  /// Longer recordings are recognised by their beginnings, so that no file needs much memory.
  package static let longestSeconds = 600.0

  /// How much of two recordings differs when one begins some words after the other.
  package struct Difference: Equatable, Sendable {
    /// Of the bits; 0 for the same recording, near ½ for others.
    package var share: Double
    /// Words that both have there.
    package var words: Int
  }

  /// - Parameters:
  ///   - other: is laid below this one.
  ///   - offset: `words[i]` then stands above `other.words[i + offset]`.
  /// - Returns: 1 of no words where they do not meet.
  package func difference(from other: SoundFingerprint, offset: Int) -> Difference {
    let start = max(0, -offset)
    let end = min(words.count, other.words.count - offset)
    guard start < end else { return Difference(share: 1, words: 0) }
    var (bits, count) = (0, 0)
    words.withUnsafeBufferPointer { own in
      other.words.withUnsafeBufferPointer { others in
        for index in start..<end {
          let (a, b) = (own[index], others[index + offset])
          guard a != 0, b != 0 else { continue }
          bits += (a ^ b).nonzeroBitCount
          count += 1
        }
      }
    }
    return Difference(share: count > 0 ? Double(bits) / Double(32 * count) : 1, words: count)
  }
}

/// Makes fingerprints; its buffers serve one recording after the other.
struct Fingerprinter: ~Copyable {
  static let sampleRate = 5250
  static let hop = 64
  private static let size = 2048
  private static let bands = 33
  private static let lowest = 300.0
  private static let highest = 2000.0
  /// Frames whose bands hold less than a full-scale tone 70 dB down are silent.
  private static let silence = Float(size) * Float(size) / 16 * 1.5e-7

  private let transform = FourierTransform.of(size: Self.size)
  private let window = Window.hann(Self.size)
  private let frame = AlignedFloats(count: Self.size)
  private let spectrum = AlignedFloats(count: Self.size + 2)
  /// The first bin of each band, and the one after the last band.
  private let edges: [Int]
  private var pending: [Float] = []
  private var previous = [Float](repeating: 0, count: Self.bands - 1)
  private var fingerprint = SoundFingerprint()

  init() {
    edges = (0...Self.bands).map { band in
      let frequency =
        Self.lowest * pow(Self.highest / Self.lowest, Double(band) / Double(Self.bands))
      return Int((frequency * Double(Self.size) / Double(Self.sampleRate)).rounded())
    }
  }

  /// Begins a recording.
  mutating func start() {
    pending.removeAll(keepingCapacity: true)
    fingerprint = SoundFingerprint()
  }

  /// Takes the next samples of it, at ``sampleRate``.
  mutating func add(_ samples: [Float]) {
    guard !isFull else { return }
    pending += samples
    var start = 0
    while pending.count - start >= Self.size, !isFull {
      addFrame(start)
      start += Self.hop
    }
    pending.removeFirst(min(start, pending.count))
  }

  var isFull: Bool {
    Double(fingerprint.words.count) * SoundFingerprint.secondsAWord
      >= SoundFingerprint.longestSeconds
  }

  /// The fingerprint of what was taken since the start.
  func finish() -> SoundFingerprint { fingerprint }

  private mutating func addFrame(_ start: Int) {
    for index in 0..<Self.size { frame.start[index] = pending[start + index] * window[index] }
    transform.forward(frame.start, spectrum.start)
    var energies = [Float](repeating: 0, count: Self.bands)
    var total: Float = 0
    for band in 0..<Self.bands {
      var sum: Float = 0
      for bin in edges[band]..<edges[band + 1] {
        let (real, imaginary) = (spectrum.start[2 * bin], spectrum.start[2 * bin + 1])
        sum += real * real + imaginary * imaginary
      }
      energies[band] = sum
      total += sum
    }
    var word: UInt32 = 0
    for band in 0..<Self.bands - 1 {
      let slope = energies[band] - energies[band + 1]
      if slope > previous[band] { word |= 1 << UInt32(band) }
      previous[band] = slope
    }
    let isSilent = total < Self.silence || fingerprint.words.isEmpty
    fingerprint.words.append(isSilent ? 0 : word)
  }
}

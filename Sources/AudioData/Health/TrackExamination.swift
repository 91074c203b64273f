import Audio
import ContentHashing
import FileSystem
import Glibc
import Threads

/// What decoding a file from beginning to end tells of it.
package struct TrackExamination: Sendable {
  package var bytes = 0
  /// What the header tells; nil where there is none that can be read.
  package var information: AudioInformation?
  /// Of each channel, as many as were decoded.
  package var samples = 0
  /// Why decoding ended early.
  package var failure: AudioError?
  /// Of the decoded samples and their rate: equal for a WAV and a FLAC of one recording.
  package var hash: ContentHash?
  package var peak: Float = 0
  /// The share of the time below ``silenceLevel``, from 0 to 1.
  package var silentShare = 0.0
  /// Samples in runs of at least ``clippedRun`` at full scale, and how many such runs there are.
  package var clippedSamples = 0
  package var clippedRuns = 0
  package var fingerprint = SoundFingerprint()

  package var seconds: Double {
    information.map { Double(samples) / Double($0.sampleRate) } ?? 0
  }

  /// −60 dB of full scale.
  package static let silenceLevel: Float = 0.001
  package static let clippedRun = 3
}

/// Decodes and measures files one after the other.
struct TrackExaminer: ~Copyable {
  private var fingerprinter = Fingerprinter()
  private static let block = 1 << 16

  mutating func examine(_ path: Path) throws(MapCancelled) -> TrackExamination {
    var result = TrackExamination()
    result.bytes = path.information?.bytes ?? 0
    do throws(AudioError) {
      try decode(path, &result)
    } catch {
      result.failure = error
    }
    try MapCancellation.check()
    return result
  }

  /// Ends early where the map is cancelled.
  private mutating func decode(_ path: Path, _ result: inout TrackExamination) throws(AudioError) {
    var stream = try WaveformStream(path)
    let information = stream.information
    result.information = information
    fingerprinter.start()
    var decimator = FingerprintRate(information.sampleRate)
    var levels = LevelMeter(information)
    var hasher = ContentHasher()
    hasher.add(information.sampleRate)
    defer {
      result.fingerprint = fingerprinter.finish()
      levels.report(&result)
    }
    while !MapCancellation.isRequested {
      let samples = try stream.next(Self.block)
      if samples.isEmpty { break }
      result.samples += samples.count
      // A zero may have either sign: adding zero makes them the same bits.
      samples.map { $0 + 0 }.withUnsafeBytes { hasher.add(ContentHash(of: $0)) }
      levels.add(samples)
      if !fingerprinter.isFull { fingerprinter.add(decimator.process(samples)) }
    }
    if !fingerprinter.isFull { fingerprinter.add(decimator.process([])) }
    guard result.samples > 0 else { throw AudioError(path: path, .noSamples) }
    result.hash = hasher.hash
  }
}

/// Brings samples to the rate of fingerprints; gives none of rates that no recording has.
private struct FingerprintRate: ~Copyable {
  private var resampler: Resampler?

  init(_ rate: Int) {
    let wished = Fingerprinter.sampleRate
    guard rate <= 1000 * wished, wished <= 1000 * rate else { return }
    resampler = try? Resampler(from: Double(rate), to: Double(wished), quality: .high)
  }

  mutating func process(_ samples: [Float]) -> [Float] {
    (try? resampler?.process(samples)) ?? []
  }
}

/// Measures silence and clipping of the average of the channels.
private struct LevelMeter {
  /// Eight bits end at 127/128.
  private let fullScale: Float
  private let blockSize: Int
  private var (blockPeak, blockCount): (Float, Int) = (0, 0)
  private var (silent, all) = (0, 0)
  private var peak: Float = 0
  private var (run, sign): (Int, Float) = (0, 0)
  private var (clippedSamples, clippedRuns) = (0, 0)

  init(_ information: AudioInformation) {
    fullScale = information.encoding.contains("8 bit") ? 0.992 : 0.999
    blockSize = max(1, information.sampleRate / 20)
  }

  mutating func add(_ samples: [Float]) {
    samples.withUnsafeBufferPointer { buffer in
      for sample in buffer {
        let size = abs(sample)
        if size >= fullScale {
          if run > 0, sign * sample < 0 { endRun() }
          run += 1
          sign = sample
        } else if run > 0 {
          endRun()
        }
        if size > blockPeak { blockPeak = size }
        blockCount += 1
        if blockCount == blockSize { endBlock() }
      }
    }
  }

  private mutating func endRun() {
    if run >= TrackExamination.clippedRun {
      clippedSamples += run
      clippedRuns += 1
    }
    run = 0
  }

  private mutating func endBlock() {
    if blockPeak < TrackExamination.silenceLevel { silent += blockCount }
    all += blockCount
    peak = max(peak, blockPeak)
    (blockPeak, blockCount) = (0, 0)
  }

  mutating func report(_ result: inout TrackExamination) {
    endRun()
    endBlock()
    result.peak = peak
    result.silentShare = all > 0 ? Double(silent) / Double(all) : 0
    result.clippedSamples = clippedSamples
    result.clippedRuns = clippedRuns
  }
}

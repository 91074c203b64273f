import FileSystem

/// A sound file as one channel at a wished rate, piece by piece: what is held does not grow with the
/// file.
package struct WaveformStream: ~Copyable {
  package let information: AudioInformation
  /// Of the samples that come out.
  package let sampleRate: Int
  private let path: Path
  private var reader: AudioReader
  private var resampler: Resampler?
  private var ready: [Float] = []
  private var start = 0
  private var hasEnded = false

  private static let block = 1 << 16

  /// - Parameters:
  ///   - path: the file.
  ///   - sampleRate: the rate to change to; nil for the file's own.
  ///   - quality: of that change.
  /// - Throws: ``AudioError`` for what is no sound file or cannot be opened.
  package init(
    _ path: Path, sampleRate: Int? = nil, quality: ResamplingQuality = .high
  ) throws(AudioError) {
    let reader = try AudioReader(path)
    let information = reader.information
    let resampler = try Self.resampler(path, from: information.sampleRate, to: sampleRate, quality)
    self.path = path
    self.information = information
    self.sampleRate = sampleRate ?? information.sampleRate
    self.resampler = resampler
    self.reader = reader
  }

  private static func resampler(
    _ path: Path, from own: Int, to wished: Int?, _ quality: ResamplingQuality
  ) throws(AudioError) -> Resampler? {
    guard let wished, wished != own else { return nil }
    do throws(Resampler.Failure) {
      return try Resampler(from: own, to: wished, quality: quality)
    } catch {
      throw AudioError(path: path, .resampling(error.words))
    }
  }

  /// The next samples, at most `count` of them; fewer only at the end, where an empty list is the last.
  ///
  /// - Throws: ``AudioError`` where the decoder stumbles, a sample is not finite, or the file ends
  ///   before what its header announces.
  package mutating func next(_ count: Int) throws(AudioError) -> [Float] {
    while ready.count - start < count, !hasEnded { try readBlock() }
    let end = min(ready.count, start + count)
    let samples = Array(ready[start..<end])
    start = end
    if start > 1 << 20 || start == ready.count {
      ready.removeFirst(start)
      start = 0
    }
    return samples
  }

  private var framesRead = 0

  private mutating func readBlock() throws(AudioError) {
    let samples = try reader.read(Self.block)
    framesRead += samples.count
    if samples.isEmpty {
      hasEnded = true
      let announced = max(information.frames, information.announcedFrames ?? 0)
      // Compressed formats only estimate their length.
      if framesRead < announced, information.announcedFrames != nil || isExact {
        throw AudioError(path: path, .truncated(found: framesRead, announced: announced))
      }
    }
    guard resampler != nil else {
      ready.append(contentsOf: samples)
      return
    }
    do throws(Resampler.Failure) {
      if let output = try resampler?.process(samples) { ready.append(contentsOf: output) }
    } catch {
      throw AudioError(path: path, .resampling(error.words))
    }
  }

  private var isExact: Bool { !information.format.contains("MPEG") && information.frames > 0 }
}

extension Waveform {
  /// Reads a whole sound file, its channels averaged.
  ///
  /// - Throws: ``AudioError`` for a file that cannot be used, one without samples among them.
  package init(
    readingFrom path: Path, sampleRate: Int? = nil, quality: ResamplingQuality = .high
  ) throws(AudioError) {
    var stream = try WaveformStream(path, sampleRate: sampleRate, quality: quality)
    var samples: [Float] = []
    while true {
      let block = try stream.next(1 << 18)
      if block.isEmpty { break }
      samples.append(contentsOf: block)
    }
    guard !samples.isEmpty else { throw AudioError(path: path, .noSamples) }
    self.init(samples: samples, sampleRate: stream.sampleRate)
  }
}

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
    // What no music needs, and a damaged header may ask for: gigabytes of filters or of samples.
    guard wished > 0, own <= 1000 * wished, wished <= 1000 * own else {
      throw AudioError(path: path, .resampling("from \(own) Hz to \(wished) Hz"))
    }
    do throws(Resampler.Failure) {
      return try Resampler(from: Double(own), to: Double(wished), quality: quality)
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
    let end = start + min(count, ready.count - start)
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
      try checkLength()
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

  private func checkLength() throws(AudioError) {
    if let announced = information.announcedFrames ?? exactFrames, framesRead < announced {
      throw AudioError(path: path, .truncated(found: framesRead, announced: announced))
    }
    if information.lacksEnd {
      throw AudioError(path: path, .truncated(found: framesRead, announced: nil))
    }
  }

  /// MPEG files only tell their length approximately.
  private var exactFrames: Int? {
    information.format.contains("MPEG") ? nil : information.frames
  }
}

extension Waveform {
  /// Reads a sound file or a part of it, its channels averaged.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - sampleRate: the rate to change to; nil for the file's own.
  ///   - quality: of that change.
  ///   - start: the seconds to leave out at the beginning, 0 or more.
  ///   - seconds: how much to read at most; nil for all. What follows is not looked at.
  /// - Throws: ``AudioError`` for a file that cannot be used, one without samples (in that part)
  ///   among them.
  package init(
    readingFrom path: Path, sampleRate: Int? = nil, quality: ResamplingQuality = .high,
    from start: Double = 0, seconds: Double? = nil
  ) throws(AudioError) {
    var stream = try WaveformStream(path, sampleRate: sampleRate, quality: quality)
    let block = 1 << 18
    var unwanted = Self.count(start, stream.sampleRate)
    while unwanted > 0 {
      let skipped = try stream.next(min(unwanted, block)).count
      if skipped == 0 { break }
      unwanted -= skipped
    }
    let limit = seconds.map { Self.count($0, stream.sampleRate) } ?? Int.max
    var samples: [Float] = []
    while samples.count < limit {
      let next = try stream.next(min(block, limit - samples.count))
      if next.isEmpty { break }
      samples.append(contentsOf: next)
    }
    guard !samples.isEmpty else { throw AudioError(path: path, .noSamples) }
    self.init(samples: samples, sampleRate: stream.sampleRate)
  }

  private static func count(_ seconds: Double, _ rate: Int) -> Int {
    Int(min(max(0, (seconds * Double(rate)).rounded()), 1e15))
  }
}

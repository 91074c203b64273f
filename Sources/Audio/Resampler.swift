import CSoxr

/// How well a change of rate keeps what both rates can hold.
package enum ResamplingQuality: String, CaseIterable, Codable, Sendable {
  /// 20 bit: what librosa 0.10 and later use.
  case high
  /// 28 bit.
  case veryHigh = "very high"

  fileprivate var recipe: UInt {
    switch self {
    case .high: UInt(SOXR_HQ)
    case .veryHigh: UInt(SOXR_VHQ)
    }
  }
}

/// Changes the rate of a stream of samples with libsoxr.
///
/// The output of a whole stream has ⌈samples · output rate ÷ input rate⌉ samples.
package struct Resampler: ~Copyable {
  private let handle: soxr_t
  private let ratio: Double
  private var taken = 0
  private var given = 0

  /// - Throws: ``Failure`` for rates that libsoxr refuses.
  package init(
    from inputRate: Double, to outputRate: Double, quality: ResamplingQuality
  ) throws(Failure) {
    var message: soxr_error_t?
    var specification = soxr_quality_spec(quality.recipe, 0)
    var threads = soxr_runtime_spec(1)
    guard
      let handle = soxr_create(
        inputRate, outputRate, 1, &message, nil, &specification, &threads)
    else {
      throw Failure(words: message.map { String(cString: $0) } ?? "libsoxr refuses the rates")
    }
    self.handle = handle
    ratio = outputRate / inputRate
  }

  deinit { soxr_delete(handle) }

  package struct Failure: Error { package var words: String }

  /// Takes the next samples and gives those that are ready; no samples end the stream.
  package mutating func process(_ samples: [Float]) throws(Failure) -> [Float] {
    taken += samples.count
    let isEnd = samples.isEmpty
    let expected = Int((Double(taken) * ratio).rounded(.up))
    var output: [Float] = []
    var room = [Float](repeating: 0, count: max(1024, expected - given + 64))
    var rest = samples[...]
    while true {
      var used = 0
      var made = 0
      let error = rest.withUnsafeBufferPointer { input in
        soxr_process(
          handle, isEnd ? nil : input.baseAddress, input.count, &used, &room, room.count, &made)
      }
      if let error { throw Failure(words: String(cString: error)) }
      output.append(contentsOf: room[..<made])
      rest = rest.dropFirst(used)
      if made == 0, isEnd || used == 0 { break }
      if !isEnd, rest.isEmpty, made < room.count { break }
    }
    if isEnd {
      let missing = expected - given - output.count
      if missing > 0 {
        output.append(contentsOf: repeatElement(0, count: missing))
      } else {
        output.removeLast(-missing)
      }
    }
    given += output.count
    return output
  }
}

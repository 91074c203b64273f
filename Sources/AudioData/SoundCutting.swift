import Audio
import AudioFeatures
import FileSystem
import TextFormatting

/// Hands over a whole sound, or one segment after the other.
///
/// - Parameters:
///   - rule: how to cut; nil for the whole.
///   - next: gives the next samples, at most so many and fewer only at the end.
///   - body: takes the samples.
/// - Throws: what the closures throw.
func forEachCut(
  _ rule: SegmentRule?, of next: (Int) throws -> [Float], _ body: ([Float]) throws -> Void
) throws {
  if let rule {
    var segments = SegmentStream(rule)
    while let segment = try segments.next(next) { try body(segment) }
    return
  }
  var samples: [Float] = []
  while true {
    let block = try next(1 << 18)
    if block.isEmpty { break }
    samples += block
  }
  try body(samples)
}

/// A sound that can be decoded and yet gives no rows.
struct UnusableSound: Error, CustomStringConvertible {
  var reason: String
  var description: String { reason }

  init(_ reason: String) { self.reason = reason }

  init(withoutSegments representation: SoundRepresentation) {
    let segment = "one segment of \(shortest(representation.segmentSeconds ?? 0)) seconds"
    switch representation.settings.mode {
    case .modern: self.init("it is shorter than \(segment)")
    case .kaggle: self.init("it is not longer than \(segment), as the kaggle mode demands")
    }
  }
}

/// Why a sound gives no rows; nil for an error that is no fault of its file.
func reasonOfUnusableSound(_ error: any Error) -> String? {
  switch error {
  case let error as AudioError: error.reason
  case let error as FeatureError: error.description
  case let error as UnusableSound: error.reason
  case let error as SystemError where ["open", "read"].contains(error.operation): error.description
  default: nil
  }
}

/// What stands before and after a signal whose frames are centred.
package enum Padding: String, Hashable, Sendable, Codable, CaseIterable {
  /// The signal mirrored, its first and last sample not repeated.
  case reflect
  case zeros
  /// The first and last sample, repeated.
  case edge
  /// Nothing: the first frame starts at the first sample, and only whole frames count.
  case none

  /// The place of the sample that stands for one at `index`, which may lie outside.
  ///
  /// - Parameters:
  ///   - index: any whole number.
  ///   - count: samples of the signal, at least 1.
  /// - Returns: a place from 0 to `count − 1`; nil for a zero.
  package func source(of index: Int, count: Int) -> Int? {
    if index >= 0 && index < count { return index }
    switch self {
    case .zeros, .none: return nil
    case .edge: return index < 0 ? 0 : count - 1
    case .reflect:
      guard count > 1 else { return 0 }
      let period = 2 * (count - 1)
      let place = ((index % period) + period) % period
      return place < count ? place : period - place
    }
  }

  /// Copies samples of the padded signal.
  ///
  /// - Parameters:
  ///   - start: the place of the first in the signal; it may be negative.
  ///   - samples: the signal, not empty.
  ///   - count: how many.
  ///   - target: receives them.
  package func copy(
    from start: Int, of samples: Span<Float>, count: Int, to target: UnsafeMutablePointer<Float>
  ) {
    let inside = max(start, 0)..<max(max(start, 0), min(start + count, samples.count))
    if !inside.isEmpty {
      samples.withUnsafeBufferPointer { buffer in
        guard let first = buffer.baseAddress else { return }
        (target + (inside.lowerBound - start)).update(
          from: first + inside.lowerBound, count: inside.count)
      }
    }
    func fill(_ indices: Range<Int>) {
      for index in indices {
        target[index - start] = source(of: index, count: samples.count).map { samples[$0] } ?? 0
      }
    }
    if inside.isEmpty {
      fill(start..<start + count)
    } else {
      fill(start..<inside.lowerBound)
      fill(inside.upperBound..<start + count)
    }
  }
}

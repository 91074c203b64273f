/// Places in one block of memory for arrays that are needed at different times.
///
/// The largest array is placed first, each at the lowest place that is free for as long as it is needed
/// (greedy by size: Pisarchyk and Lee 2020).
package struct MemoryPlan {
  /// An array that needs a place.
  package struct Demand {
    package var bytes: Int
    /// The first and the last moment at which it is needed.
    package var lifetime: ClosedRange<Int>

    package init(bytes: Int, lifetime: ClosedRange<Int>) {
      self.bytes = bytes
      self.lifetime = lifetime
    }
  }

  /// The place of each demand, in bytes from the start, a multiple of ``alignment``.
  package private(set) var offsets: [Int]
  /// The bytes of the whole block.
  package private(set) var bytes = 0

  /// The widest vector registers and the cache lines.
  package static let alignment = 64

  package init(_ demands: [Demand]) {
    offsets = [Int](repeating: 0, count: demands.count)
    let order = demands.indices.sorted { left, right in
      (demands[right].bytes, left) < (demands[left].bytes, right)
    }
    var placed: [Int] = []
    for demand in order {
      var offset = 0
      // What is placed is kept in the order of its place, so that the first gap is the lowest.
      for other in placed
      where demands[other].lifetime.overlaps(demands[demand].lifetime) {
        if offset + demands[demand].bytes <= offsets[other] { break }
        offset = max(offset, Self.aligned(offsets[other] + demands[other].bytes))
      }
      offsets[demand] = offset
      bytes = max(bytes, offset + demands[demand].bytes)
      let position = placed.firstIndex { offsets[$0] > offset } ?? placed.count
      placed.insert(demand, at: position)
    }
  }

  static func aligned(_ bytes: Int) -> Int { (bytes + alignment - 1) / alignment * alignment }
}

/// How fast a piece of work goes, by the shares of it that it tells as done.
///
/// A piece that was resumed tells a large share at once, which it did not do in this time: only what
/// was added since its first word counts.
package struct Pace {
  private var first: (share: Double, seconds: Double)?
  private var last = (share: 0.0, seconds: 0.0)

  /// The first tenths of a second say little.
  private static let leastSeconds = 0.2

  package init() {}

  /// Takes note of a share, 0...1, that was done so many seconds after the piece began.
  package mutating func add(share: Double, at seconds: Double) {
    last = (share, seconds)
    first = first ?? last
  }

  /// The seconds that are left so many seconds after the piece began; nil while that cannot be told.
  package func secondsLeft(at now: Double) -> Double? {
    guard let first, last.seconds - first.seconds >= Self.leastSeconds, last.share > first.share
    else { return nil }
    let secondsAShare = (last.seconds - first.seconds) / (last.share - first.share)
    return max(0, (1 - last.share) * secondsAShare - (now - last.seconds))
  }
}

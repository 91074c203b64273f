/// A rectangle with its sides along the axes.
struct Box: Equatable {
  var left: Double
  var top: Double
  var right: Double
  var bottom: Double

  func overlaps(_ other: Box) -> Bool {
    left < other.right && other.left < right && top < other.bottom && other.top < bottom
  }

  func contains(_ other: Box) -> Bool {
    left <= other.left && top <= other.top && right >= other.right && bottom >= other.bottom
  }
}

/// What is taken of a picture, to find a free place for labels beside their points.
struct LabelRoom {
  let bounds: Box
  private(set) var taken: [Box] = []

  init(_ bounds: Box) { self.bounds = bounds }

  mutating func take(_ box: Box) { taken.append(box) }

  /// Where a label stands: `x` and `y` of its text from the left end of its base line.
  struct Place {
    var x: Double
    var y: Double
    var box: Box
    /// Whether a line must lead from the point to it.
    var needsLeader: Bool
  }

  /// The free place nearest to a point, or nil where all around is taken.
  ///
  /// Beside the point is tried before above and below it, and near before far.
  mutating func place(_ text: String, size: Double, at point: (x: Double, y: Double)) -> Place? {
    let width = textWidth(text, size: size)
    for distance in [9.0, 16, 26, 38] {
      let middle = point.x - width / 2
      let candidates: [(x: Double, y: Double)] = [
        (point.x + distance, point.y + size * 0.35),
        (point.x - distance - width, point.y + size * 0.35),
        (middle, point.y - distance), (middle, point.y + distance + size * 0.75),
        (point.x + distance * 0.8, point.y - distance * 0.6),
        (point.x - distance * 0.8 - width, point.y - distance * 0.6),
        (point.x + distance * 0.8, point.y + distance * 0.6 + size * 0.75),
        (point.x - distance * 0.8 - width, point.y + distance * 0.6 + size * 0.75),
      ]
      for candidate in candidates {
        let box = Box(
          left: candidate.x - 1, top: candidate.y - size * 0.85, right: candidate.x + width + 1,
          bottom: candidate.y + size * 0.3)
        guard bounds.contains(box), !taken.contains(where: { $0.overlaps(box) }) else { continue }
        take(box)
        return Place(x: candidate.x, y: candidate.y, box: box, needsLeader: distance > 16)
      }
    }
    return nil
  }
}

/// Heights for labels that stand in a column: as near as may be to the wanted ones, in their order,
/// and at least `gap` apart.
///
/// - Parameters:
///   - wanted: the heights of what the labels are of, in any order.
///   - gap: the least distance.
///   - range: the heights between which labels may stand; they leave it downwards only where there
///     are too many.
/// - Returns: a height for each.
package func spread(_ wanted: [Double], gap: Double, within range: ClosedRange<Double>) -> [Double]
{
  let order = wanted.indices.sorted { (wanted[$0], $0) < (wanted[$1], $1) }
  var heights = wanted
  var least = range.lowerBound
  for index in order {
    heights[index] = max(wanted[index], least)
    least = heights[index] + gap
  }
  // What was pushed out at the bottom pushes the others up again.
  var most = max(range.upperBound, range.lowerBound + gap * Double(wanted.count - 1))
  for index in order.reversed() {
    heights[index] = min(heights[index], most)
    most = heights[index] - gap
  }
  return heights
}

import Glibc

/// What each pixel along one axis becomes: a weighted sum of neighbouring ones.
struct AxisFilter {
  /// The first pixel of a sum, and the weights from there on.
  struct Sum: Equatable {
    var first: Int
    var weights: [Float]
  }

  /// One for each pixel that comes out.
  var sums: [Sum]

  /// From so many pixels to so many: fewer are means of the stretches that they cover, a pixel that is
  /// covered in part counting by that part; more are interpolated linearly between the middles of the
  /// pixels, and beyond the outermost middles have their values.
  static func resizing(from count: Int, to target: Int) -> AxisFilter {
    let scale = Double(count) / Double(target)
    return AxisFilter(
      sums: (0..<target).map { place in
        if target < count {
          let (start, end) = (Double(place) * scale, Double(place + 1) * scale)
          let (first, last) = (Int(start), min(count, Int(end.rounded(.up))))
          return Sum(
            first: first,
            weights: (first..<last).map { pixel in
              Float((min(end, Double(pixel + 1)) - max(start, Double(pixel))) / scale)
            })
        }
        let middle = (Double(place) + 0.5) * scale - 0.5
        let first = Int(middle.rounded(.down))
        let share = Float(middle - Double(first))
        if first < 0 || share == 0 { return Sum(first: max(0, first), weights: [1]) }
        return first + 1 < count
          ? Sum(first: first, weights: [1 - share, share]) : Sum(first: count - 1, weights: [1])
      })
  }

  /// A Gaussian of a standard deviation in pixels, cut off at 4 of them; the outermost pixels are
  /// thought to go on beyond the edges.
  static func gaussian(_ deviation: Double, count: Int) -> AxisFilter {
    let radius = Int(4 * deviation + 0.5)
    let kernel = (-radius...radius).map { exp(-Double($0 * $0) / (2 * deviation * deviation)) }
    let total = kernel.reduce(0, +)
    return AxisFilter(
      sums: (0..<count).map { place in
        let (first, last) = (max(0, place - radius), min(count - 1, place + radius))
        var weights = [Double](repeating: 0, count: last - first + 1)
        for (index, weight) in kernel.enumerated() {
          let pixel = min(max(place - radius + index, first), last)
          weights[pixel - first] += weight / total
        }
        return Sum(first: first, weights: weights.map { Float($0) })
      })
  }

  /// Whether every pixel stays as it is.
  func isIdentity(on count: Int) -> Bool {
    sums.count == count
      && sums.indices.allSatisfy { sums[$0] == Sum(first: $0, weights: [1]) }
  }
}

extension PictureValues {
  /// What two filters make of each channel, one along its rows, then one along its columns.
  func filtered(horizontally rows: AxisFilter, vertically columns: AxisFilter) -> PictureValues {
    let wide = rows.isIdentity(on: width) ? self : alongRows(rows)
    return columns.isIdentity(on: height) ? wide : wide.alongColumns(columns)
  }

  private func alongRows(_ filter: AxisFilter) -> PictureValues {
    let target = filter.sums.count
    var result = [Float](repeating: 0, count: channels * height * target)
    let source = values.span
    for row in 0..<channels * height {
      for (place, sum) in filter.sums.enumerated() {
        let first = row * width + sum.first
        var total: Float = 0
        for index in sum.weights.indices { total += sum.weights[index] * source[first + index] }
        result[row * target + place] = total
      }
    }
    return PictureValues(channels: channels, height: height, width: target, values: result)
  }

  private func alongColumns(_ filter: AxisFilter) -> PictureValues {
    let target = filter.sums.count
    var result = [Float](repeating: 0, count: channels * target * width)
    let source = values.span
    var output = result.mutableSpan
    for channel in 0..<channels {
      for (place, sum) in filter.sums.enumerated() {
        let start = (channel * target + place) * width
        for index in sum.weights.indices {
          let (weight, from) = (sum.weights[index], (channel * height + sum.first + index) * width)
          for column in 0..<width { output[start + column] += weight * source[from + column] }
        }
      }
    }
    return PictureValues(channels: channels, height: target, width: width, values: result)
  }
}

import Matrices

extension GreyPicture {
  /// Numbers over time as shades: time runs to the right, the first column of the matrix is at the
  /// bottom.
  ///
  /// - Parameters:
  ///   - values: `frames` × `bins`, one or more of each.
  ///   - low: what becomes black, as everything below; nil for the smallest.
  ///   - high: what becomes white, as everything above; nil for the largest.
  ///   - width: frames that are missing on the right are black, those beyond are left out; nil for all.
  ///   - height: the same for bins, on top.
  package init(
    spectrogram values: Matrix, from low: Float? = nil, to high: Float? = nil, width: Int? = nil,
    height: Int? = nil
  ) {
    let (smallest, largest) = values.bounds
    let low = low ?? smallest
    let range = (high ?? largest) - low
    let (width, height) = (width ?? values.rows, height ?? values.columns)
    var pixels = [UInt8](repeating: 0, count: width * height)
    for frame in 0..<min(width, values.rows) {
      let row = values.row(frame)
      for bin in 0..<min(height, values.columns) {
        let share = range > 0 ? (row[bin] - low) / range : 0
        pixels[(height - 1 - bin) * width + frame] =
          UInt8((min(max(share.isNaN ? 0 : share, 0), 1) * 255).rounded())
      }
    }
    self.init(width: width, height: height, pixels: pixels)
  }
}

extension Matrix {
  /// The smallest and the largest element; infinities where there is none.
  fileprivate var bounds: (Float, Float) {
    let elements = self.elements
    var (low, high) = (Float.infinity, -Float.infinity)
    for index in elements.indices {
      low = min(low, elements[index])
      high = max(high, elements[index])
    }
    return (low, high)
  }
}

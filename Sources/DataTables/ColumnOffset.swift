/// What is subtracted from a column before it is stored in single precision, so that large values with
/// small differences, such as times since 1970, keep the digits that tell rows apart.
///
/// Most columns have 0. Models that scale, compare or separate rows give the same answers for a shifted
/// column, so nothing is added again.
enum ColumnOffset {
  /// Rows that are looked at, evenly over the table.
  static let mostSampledRows = 1024

  /// Single precision may lose this share of a column's spread.
  private static let tolerableLoss = 0x1p-12

  /// - Parameter values: some of the column's values in double precision; not a number where missing.
  /// - Returns: the median where rounding takes more than ``tolerableLoss`` of the quartiles' distance,
  ///   else 0.
  static func offset(of values: some Sequence<Double>) -> Double {
    let sorted = values.filter(\.isFinite).sorted()
    guard let first = sorted.first, let last = sorted.last, first < last else { return 0 }
    let loss = sorted.reduce(0) { max($0, abs(Double(Float($1)) - $1)) }
    let quartiles = sorted[sorted.count * 3 / 4] - sorted[sorted.count / 4]
    let spread = quartiles > 0 ? quartiles : last - first
    return loss > spread * tolerableLoss ? sorted[sorted.count / 2] : 0
  }
}

/// The score interval of the difference of two shares of the same rows (Tango 1998): the differences
/// that McNemar's test, made for them instead of 0, does not reject.
///
/// It keeps near its coverage where Wald's interval and the percentile bootstrap do not: with few
/// rows, and with rows of which few are right for only one.
///
/// - Parameters:
///   - onlyFirst: the share of rows that only the first has right, 0...1.
///   - onlySecond: the share of rows that only the second has right, 0...1.
///   - count: the number of rows, or the effective number of a clustered sample; more than 0.
///   - quantile: the normal distribution's, 1.96 for 95 %, or Student's t for clustered samples.
/// - Returns: the interval of the first's share less the second's, within −1...1.
package func pairedScoreInterval(
  onlyFirst: Double, onlySecond: Double, count: Double, quantile: Double
) -> ClosedRange<Double> {
  let low = -largestDifference(onlySecond, onlyFirst, count, quantile)
  return low...max(low, largestDifference(onlyFirst, onlySecond, count, quantile))
}

/// The largest difference b − c that is not rejected.
private func largestDifference(
  _ b: Double, _ c: Double, _ count: Double, _ quantile: Double
) -> Double {
  bisect(from: b - c, to: 1) { supposed in
    // The most likely share that only the second has right, given the difference.
    let linear = (2 - b + c) * supposed - b - c
    let constant = -c * supposed * (1 - supposed)
    let share = (max(0, linear * linear - 8 * constant).squareRoot() - linear) / 4
    let variance = max(0, 2 * share + supposed * (1 - supposed)) / count
    return supposed - (b - c) < quantile * variance.squareRoot()
  }
}

/// Holm's adjustment of p-values for their number (Holm 1979): those at most the level, after it, are
/// false together no more often than the level.
///
/// - Parameter p: p-values in any order.
/// - Returns: the adjusted ones in the same order, at most 1, never smaller than the given.
package func holm(_ p: [Double]) -> [Double] {
  var adjusted = p
  var largest = 0.0
  for (rank, index) in p.indices.sorted(by: { (p[$0], $0) < (p[$1], $1) }).enumerated() {
    largest = max(largest, min(1, p[index] * Double(p.count - rank)))
    adjusted[index] = largest
  }
  return adjusted
}

/// The ranks of values, doubled so that those of equal values, the mean of their places, are whole.
///
/// - Parameter values: in any order; those within 1e-12 of their neighbour are equal, as accuracies
///   that differ by rounding are.
/// - Returns: 2 for the smallest … 2n for the largest, in the order of the values.
func doubledRanks(_ values: [Double]) -> [Int] {
  let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
  var ranks = [Int](repeating: 0, count: values.count)
  for tied in ties(order, values) {
    for index in order[tied] { ranks[index] = tied.lowerBound + 1 + tied.upperBound }
  }
  return ranks
}

/// The stretches of equal values among sorted places.
func ties(_ order: [Int], _ values: [Double]) -> [Range<Int>] {
  var stretches: [Range<Int>] = []
  var start = 0
  for place in order.indices
  where place + 1 == order.count || values[order[place + 1]] - values[order[place]] > 1e-12 {
    stretches.append(start..<place + 1)
    start = place + 1
  }
  return stretches
}

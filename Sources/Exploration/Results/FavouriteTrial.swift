/// The trial chosen most often, of equally frequent ones the first, and how often; nil for none.
package func favouriteTrial(_ winners: [Int]) -> (trial: Int, count: Int)? {
  var counts: [Int: Int] = [:]
  for winner in winners { counts[winner, default: 0] += 1 }
  return counts.min { ($1.value, $0.key) < ($0.value, $1.key) }.map { ($0.key, $0.value) }
}

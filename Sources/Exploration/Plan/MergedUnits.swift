/// Joins groups that share identical rows, and rows that are identical.
///
/// - Returns: a unit for each row, numbered by first appearance; nil when each row is its own.
func mergedUnits(rowCount: Int, groups: [Int]?, identicalRows: [[Int]]) -> [Int]? {
  if groups == nil, identicalRows.isEmpty { return nil }
  let start = groups ?? Array(0..<rowCount)
  var parent = Array(0...(start.max() ?? 0))
  func root(_ node: Int) -> Int {
    var node = node
    while parent[node] != node {
      parent[node] = parent[parent[node]]
      node = parent[node]
    }
    return node
  }
  for set in identicalRows {
    for row in set.dropFirst() {
      let (a, b) = (root(start[set[0]]), root(start[row]))
      parent[max(a, b)] = min(a, b)
    }
  }
  var numbers: [Int: Int] = [:]
  return start.map { group in
    let key = root(group)
    let number = numbers[key] ?? numbers.count
    numbers[key] = number
    return number
  }
}

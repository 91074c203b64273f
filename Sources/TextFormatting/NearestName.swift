/// The name most like a mistyped one, for “did you mean …?”; nil when none is close.
package func nearestName(to typed: String, among names: [String]) -> String? {
  // Of one or two letters any other name is as near as the right one.
  let limit = typed.count < 3 ? 0 : max(1, typed.count / 3)
  var best: (name: String, distance: Int)?
  for name in names {
    let distance = editDistance(Array(typed.lowercased()), Array(name.lowercased()))
    let isPrefix = typed.count >= 2 && name.lowercased().hasPrefix(typed.lowercased())
    if distance <= limit || isPrefix, distance < best?.distance ?? Int.max {
      best = (name, distance)
    }
  }
  return best?.name
}

/// The number of letters inserted, removed, replaced or exchanged with their neighbour.
func editDistance(_ a: [Character], _ b: [Character]) -> Int {
  guard a.count <= 64, b.count <= 64 else { return Int.max }
  var before: [Int] = []
  var previous = Array(0...b.count)
  for i in a.indices {
    var current = [i + 1]
    for j in b.indices {
      var distance = min(
        previous[j + 1] + 1, current[j] + 1, previous[j] + (a[i] == b[j] ? 0 : 1))
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
        distance = min(distance, before[j - 1] + 1)
      }
      current.append(distance)
    }
    before = previous
    previous = current
  }
  return previous[b.count]
}

/// The end of an error about an unknown name: the nearest one, or all of a short list.
package func suggestion(for typed: String, among names: [String]) -> String {
  if let nearest = nearestName(to: typed, among: names) { return "did you mean “\(nearest)”?" }
  return switch names.count {
  case 0: "none is known here"
  case 1: "known is \(names[0])"
  default: "known are \(names.joined(separator: ", "))"
  }
}

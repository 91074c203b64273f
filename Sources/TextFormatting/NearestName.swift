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
  return names.isEmpty ? "none is known here" : "known are \(names.joined(separator: ", "))"
}

/// A pattern of names in which `*` stands for any text and `?` for any one character.
package struct NamePattern: Equatable, Sendable {
  package let text: String

  package init(_ text: String) { self.text = text }

  package func matches(_ name: String) -> Bool {
    matches(Array(text)[...], Array(name)[...])
  }

  private func matches(_ pattern: ArraySlice<Character>, _ name: ArraySlice<Character>) -> Bool {
    // The last star and the name's place when it was met: where a mismatch starts again.
    var (pattern, name) = (pattern, name)
    var restart: (ArraySlice<Character>, ArraySlice<Character>)?
    while true {
      if pattern.first == "*" {
        pattern = pattern.dropFirst()
        restart = (pattern, name)
      } else if let letter = pattern.first, let other = name.first, letter == other || letter == "?"
      {
        pattern = pattern.dropFirst()
        name = name.dropFirst()
      } else if pattern.isEmpty, name.isEmpty {
        return true
      } else if let (star, place) = restart, !place.isEmpty {
        restart = (star, place.dropFirst())
        (pattern, name) = (star, place.dropFirst())
      } else {
        return false
      }
    }
  }
}

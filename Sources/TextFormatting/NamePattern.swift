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

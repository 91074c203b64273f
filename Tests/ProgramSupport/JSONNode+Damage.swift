import JSONText

extension JSONNode {
  /// The same JSON with one place changed: a number made another, a part removed, doubled or emptied.
  ///
  /// - Parameter below: a number drawn below another, which decides what and where.
  /// - Returns: the damaged JSON.
  package func damaged(_ below: (Int) -> Int) -> JSONNode {
    switch content {
    case .object(var members) where !members.isEmpty:
      let place = below(members.count)
      switch below(8) {
      case 0: members.remove(at: place)
      case 1: members[place].value = .null
      default: members[place].value = members[place].value.damaged(below)
      }
      return JSONNode(.object(members))
    case .array(var elements) where !elements.isEmpty:
      let place = below(elements.count)
      switch below(6) {
      case 0: elements.remove(at: place)
      case 1: elements.append(elements[place])
      case 2: elements = []
      default: elements[place] = elements[place].damaged(below)
      }
      return JSONNode(elements)
    case .integer(let integer):
      return [-1, 0, 1, integer &+ 1, integer &- 1, 99, 1_000_000_000_000].map { JSONNode($0) }[
        below(7)]
    case .number: return [0, -1.5, 1e300, .null].map { $0 as JSONNode }[below(4)]
    case .boolean(let boolean): return boolean ? false : true
    case .string: return ["", "linear", "median"].map { $0 as JSONNode }[below(3)]
    case .null, .array, .object: return 7
    }
  }
}

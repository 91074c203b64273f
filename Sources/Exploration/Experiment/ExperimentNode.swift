import JSONText
import Learning

/// A value of the experiment file with the path that leads to it, for errors that name both.
struct ExperimentNode {
  let node: JSONNode
  let path: String
  let file: String

  func error(_ problem: ExperimentError.Problem, at position: JSONPosition? = nil)
    -> ExperimentError
  {
    ExperimentError(file: file, position: position ?? node.position, path: path, problem)
  }

  func unexpected(_ expected: String) -> ExperimentError {
    error(.unexpected(expected: expected, found: found))
  }

  /// What stands here, for the second half of “expected …, found …”.
  var found: String {
    switch node.content {
    case .array, .object: node.kind
    default: node.compactText
    }
  }

  private func nested(_ node: JSONNode, _ suffix: String) -> ExperimentNode {
    ExperimentNode(
      node: node,
      path: path.isEmpty && suffix.hasPrefix(".") ? String(suffix.dropFirst()) : path + suffix,
      file: file)
  }

  // MARK: Objects and lists

  /// The members of an object whose names are all known.
  func members(_ known: [String], expected: String = "an object") throws(ExperimentError)
    -> [String: ExperimentNode]
  {
    guard let members = node.members else { throw unexpected(expected) }
    var result: [String: ExperimentNode] = [:]
    for member in members {
      guard known.contains(member.name) else {
        throw error(.unknownKey(member.name, known: known), at: member.namePosition)
      }
      result[member.name] = nested(member.value, "." + member.name)
    }
    return result
  }

  /// The members of an object in their order, whatever their names.
  func orderedMembers() throws(ExperimentError) -> [(
    name: String, position: JSONPosition?, value: ExperimentNode
  )] {
    guard let members = node.members else { throw unexpected("an object") }
    return members.map { ($0.name, $0.namePosition, nested($0.value, "." + $0.name)) }
  }

  /// The elements of a list that is not empty.
  func elements(_ what: String) throws(ExperimentError) -> [ExperimentNode] {
    guard let elements = node.elements else { throw unexpected("a list") }
    guard !elements.isEmpty else { throw error(.emptyList(what)) }
    return elements.enumerated().map { nested($0.element, "[\($0.offset)]") }
  }

  // MARK: Single values

  func string(_ expected: String = "a string") throws(ExperimentError) -> String {
    guard let string = node.string else { throw unexpected(expected) }
    return string
  }

  func boolean() throws(ExperimentError) -> Bool {
    guard let boolean = node.boolean else { throw unexpected("true or false") }
    return boolean
  }

  func number(_ bounds: Bounds) throws(ExperimentError) -> Double {
    let value = try setting(.number(bounds))
    return value.number ?? .nan
  }

  func integer(_ bounds: Bounds) throws(ExperimentError) -> Int {
    let value = try setting(.integer(bounds))
    return value.integer ?? 0
  }

  func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ type: Choice.Type
  ) throws(ExperimentError) -> Choice {
    let names = Choice.allCases.map(\.rawValue)
    let value = try setting(.choice(names))
    guard let choice = value.string.flatMap({ Choice(rawValue: $0) }) else {
      throw unexpected(names.joined(separator: ", "))
    }
    return choice
  }

  /// A value that a setting's domain accepts.
  func setting(_ domain: SettingDomain) throws(ExperimentError) -> JSONNode {
    do throws(SettingRefusal) {
      return try domain.accept(node)
    } catch {
      throw self.error(
        .refusedSetting(expected: error.expected, found: found, suggestion: error.suggestion))
    }
  }
}

import FileSystem
import JSONText
import Learning

/// A promise of the contract that a model or transformation does not keep.
public struct Violation: Equatable, Sendable, CustomStringConvertible {
  /// The check that failed, as in `saving`.
  public var check: String
  /// What was seen.
  public var details: String

  /// The check and what was seen.
  public var description: String { "\(check): \(details)" }
}

extension Component {
  /// A usable name, help for every setting, and defaults within their own ranges; what is wrong,
  /// otherwise.
  static func flawInDescription() -> String? {
    if name.isEmpty || name.contains("+") { return "“\(name)” is no usable name" }
    for setting in settings {
      if setting.help.isEmpty { return "the setting \(setting.name) has no help" }
      if (try? setting.domain.accept(setting.defaultValue)) == nil {
        return "the default of \(setting.name) is not \(setting.domain.words)"
      }
    }
    return nil
  }
}

/// A value after it was written to an archive and read back.
func savedAndLoaded<Value: Codable>(_ value: Value) throws -> Value {
  let folder = try Path.makeTemporaryFolder("explore-contract")
  defer { try? folder.remove() }
  try Archive(folder).write(value)
  return try Archive(folder).read { node, attachments in
    try node.decode(Value.self, attachments: attachments)
  }
}

/// Collects the violations of one subject.
struct ContractLog {
  private(set) var violations: [Violation] = []

  /// Runs one check: what it returns, or the error it throws, is a violation.
  mutating func check(_ name: String, _ body: () throws -> String?) {
    do {
      if let details = try body() { violations.append(Violation(check: name, details: details)) }
    } catch {
      violations.append(Violation(check: name, details: "threw \(error)"))
    }
  }
}

import FileSystem
import JSONText
import TextFormatting

/// What is wrong with an experiment file, and where.
package struct ExperimentError: Error, Equatable, CustomStringConvertible {
  package enum Problem: Equatable, Sendable {
    case syntax(String)
    case unknownKey(String, known: [String])
    case unknownName(String, kind: String, known: [String])
    case unexpected(expected: String, found: String)
    case refusedSetting(expected: String, found: String, suggestion: String?)
    case missingKey(String)
    case emptyList(String)
    case repeatedName(String, kind: String)
    case notTogether(String)
    case unsetVariable(String)
    case notAvailable(String)
  }

  package var file: String
  package var position: JSONPosition?
  /// As in `models[0].logistic.C`; empty for the whole file.
  package var path: String
  package var problem: Problem

  package init(file: String, position: JSONPosition?, path: String, _ problem: Problem) {
    self.file = file
    self.position = position
    self.path = path
    self.problem = problem
  }

  package var description: String {
    var place = file
    if let position { place += ", line \(position.line), column \(position.column)" }
    if !path.isEmpty { place += ": \(path)" }
    return place + ": " + words
  }

  private var words: String {
    switch problem {
    case .syntax(let message):
      return message
    case .unknownKey(let name, let known):
      return "unknown key “\(name)”; \(suggestion(for: name, among: known))"
    case .unknownName(let name, let kind, let known):
      return "unknown \(kind) “\(name)”; \(suggestion(for: name, among: known))"
    case .unexpected(let expected, let found):
      return "expected \(expected), found \(found)"
    case .refusedSetting(let expected, let found, let near):
      return "expected \(expected), found \(found)"
        + (near.map { "; did you mean “\($0)”?" } ?? "")
    case .missingKey(let name):
      return "“\(name)” is missing"
    case .emptyList(let what):
      return "the list is empty; expected at least one \(what)"
    case .repeatedName(let name, let kind):
      return "two \(kind) are called “\(name)”; give one another name with “as”"
    case .notTogether(let reason):
      return reason
    case .unsetVariable(let name):
      return
        "the environment variable \(name) is not set; set it to the folder of the data"
    case .notAvailable(let what):
      return "\(what) is not available in this version"
    }
  }
}

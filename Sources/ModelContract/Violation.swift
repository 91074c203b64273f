/// A promise of the contract that a model or transformation does not keep.
public struct Violation: Equatable, Sendable, CustomStringConvertible {
  /// The check that failed, as in `saving`.
  public var check: String
  /// What was seen.
  public var details: String

  /// The check and what was seen.
  public var description: String { "\(check): \(details)" }
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

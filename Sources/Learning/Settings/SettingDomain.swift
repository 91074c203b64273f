import JSONText
import TextFormatting

/// The lower and upper bound of a number, either of which may be missing.
public struct Bounds: Equatable, Sendable {
  /// The smallest value; nil for none.
  public var lower: Double?
  /// The largest value; nil for none.
  public var upper: Double?
  /// Whether the lower bound itself is allowed.
  public var includesLower: Bool
  /// Whether the upper bound itself is allowed.
  public var includesUpper: Bool

  /// Bounds; without arguments, none.
  public init(
    lower: Double? = nil, upper: Double? = nil, includesLower: Bool = true,
    includesUpper: Bool = true
  ) {
    self.lower = lower
    self.upper = upper
    self.includesLower = includesLower
    self.includesUpper = includesUpper
  }

  /// Whether a number lies within the bounds; infinities and not-a-number never do.
  public func contains(_ number: Double) -> Bool {
    guard number.isFinite else { return false }
    if let lower, includesLower ? number < lower : number <= lower { return false }
    if let upper, includesUpper ? number > upper : number >= upper { return false }
    return true
  }

  /// The bounds in words, as in `from 1 to 5` or `above 0`; empty without bounds.
  var words: String {
    let low = lower.map { (includesLower ? "from " : "above ") + shortest($0) }
    let high = upper.map {
      (includesUpper ? (lower == nil || !includesLower ? "up to " : "to ") : "below ")
        + shortest($0)
    }
    return [low, high].compactMap { $0 }.joined(
      separator: includesLower && includesUpper ? " " : " and ")
  }
}

/// A range that says where it begins and ends.
public protocol BoundedRange {
  /// The ends of the range.
  var bounds: Bounds { get }
}

extension ClosedRange: BoundedRange where Bound: SettingNumber {
  /// Both ends, included.
  public var bounds: Bounds { Bounds(lower: lowerBound.double, upper: upperBound.double) }
}

extension Range: BoundedRange where Bound: SettingNumber {
  /// Both ends, the upper one excluded.
  public var bounds: Bounds {
    Bounds(lower: lowerBound.double, upper: upperBound.double, includesUpper: false)
  }
}

extension PartialRangeFrom: BoundedRange where Bound: SettingNumber {
  /// The lower end, included.
  public var bounds: Bounds { Bounds(lower: lowerBound.double) }
}

/// A number that can bound a setting.
public protocol SettingNumber: Comparable {
  /// The number as a `Double`.
  var double: Double { get }
}

extension Double: SettingNumber {
  /// The number itself.
  public var double: Double { self }
}

extension Int: SettingNumber {
  /// The number as a `Double`.
  public var double: Double { Double(self) }
}

/// The values a setting can take.
public indirect enum SettingDomain: Equatable, Sendable {
  /// A number within bounds.
  case number(Bounds)
  /// A whole number within bounds.
  case integer(Bounds)
  /// `true` or `false`.
  case boolean
  /// One of some names.
  case choice([String])
  /// A value or none, which is written `null` or by a name.
  case optional(SettingDomain, none: String)
  /// A list of values.
  case list(SettingDomain)
}

/// Why a value cannot be a setting's.
package struct SettingRefusal: Error, Equatable {
  /// What would have been allowed, as in `a number above 0`.
  package var expected: String
  /// For a choice that was mistyped, the nearest one.
  package var suggestion: String?
}

extension SettingDomain {
  /// The allowed values in words, as in `a number above 0`.
  package var words: String {
    switch self {
    case .number(let bounds):
      ["a number", bounds.words].filter { !$0.isEmpty }.joined(separator: " ")
    case .integer(let bounds):
      ["a whole number", bounds.words].filter { !$0.isEmpty }.joined(separator: " ")
    case .boolean: "true or false"
    case .choice(let names): names.map { "“\($0)”" }.joined(separator: " or ")
    case .optional(let domain, let none): domain.words + " or “\(none)”"
    case .list(let domain): "a list, each element \(domain.words)"
    }
  }

  /// The value as the setting's type reads it: names for none become `null`.
  ///
  /// - Throws: ``SettingRefusal`` when the value is of another type or out of range.
  package func accept(_ node: JSONNode) throws(SettingRefusal) -> JSONNode {
    switch self {
    case .number(let bounds):
      if let number = node.number, bounds.contains(number) { return JSONNode(number) }
    case .integer(let bounds):
      if let integer = node.integer, bounds.contains(Double(integer)) { return JSONNode(integer) }
    case .boolean:
      if node.boolean != nil { return node }
    case .choice(let names):
      guard let name = node.string else { break }
      if names.contains(name) { return node }
      throw SettingRefusal(expected: words, suggestion: nearestName(to: name, among: names))
    case .optional(let domain, let none):
      if node.isNull || node.string == none { return .null }
      do throws(SettingRefusal) {
        return try domain.accept(node)
      } catch {
        throw SettingRefusal(expected: words, suggestion: error.suggestion)
      }
    case .list(let domain):
      guard let elements = node.elements else { break }
      var accepted: [JSONNode] = []
      for element in elements { accepted.append(try domain.accept(element)) }
      return JSONNode(accepted)
    }
    throw SettingRefusal(expected: words, suggestion: nil)
  }

  /// How a table shows a value: `null` by its name, numbers as short as can be.
  package func text(for node: JSONNode) -> String {
    switch self {
    case .optional(let domain, let none): return node.isNull ? none : domain.text(for: node)
    case .list(let domain):
      return "[" + (node.elements ?? []).map { domain.text(for: $0) }.joined(separator: ",") + "]"
    case .choice: return node.string ?? node.compactText
    case .number: return node.number.map { shortest($0) } ?? node.compactText
    case .integer, .boolean: return node.compactText
    }
  }

  /// The JSON Schema of one value.
  package var schema: JSONNode {
    switch self {
    case .number(let bounds): return bounds.schema(type: "number")
    case .integer(let bounds): return bounds.schema(type: "integer")
    case .boolean: return ["type": "boolean"]
    case .choice(let names): return ["enum": JSONNode(names)]
    case .optional(let domain, let none):
      return ["anyOf": [domain.schema, ["enum": [nil, JSONNode(none)]]]]
    case .list(let domain): return ["type": "array", "items": domain.schema]
    }
  }
}

extension Bounds {
  fileprivate func schema(type: String) -> JSONNode {
    var members = [JSONNode.Member("type", JSONNode(type))]
    if let lower {
      members.append(.init(includesLower ? "minimum" : "exclusiveMinimum", JSONNode(lower)))
    }
    if let upper {
      members.append(.init(includesUpper ? "maximum" : "exclusiveMaximum", JSONNode(upper)))
    }
    return JSONNode(.object(members))
  }
}

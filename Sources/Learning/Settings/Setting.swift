/// A setting of a model or transformation, declared once: its help, default and range.
///
/// ```swift
/// @Setting("L2 penalty on the weights", in: 0.0...) var alpha = 1.0
/// ```
///
/// The experiment reader, the tuner, `explore describe` and the schema all read this line. The name
/// of the property is the name in the experiment file, and its value the default.
@propertyWrapper
public struct Setting<Value: SettingValue>: Sendable {
  /// The value.
  public var wrappedValue: Value
  /// One line on what the setting does.
  let help: String
  let domain: SettingDomain

  init(value: Value, help: String, domain: SettingDomain) {
    wrappedValue = value
    self.help = help
    self.domain = domain
  }

  /// A setting whose type says all there is to say of its values.
  public init(wrappedValue: Value, _ help: String) {
    self.init(value: wrappedValue, help: help, domain: Value.domain(within: Bounds()))
  }

  /// A number within a range, such as `0.0...`, `1...` or `0.0..<1.0`.
  public init(wrappedValue: Value, _ help: String, in range: some BoundedRange) {
    self.init(value: wrappedValue, help: help, domain: Value.domain(within: range.bounds))
  }

  /// A number above a bound, the bound excluded.
  public init(wrappedValue: Value, _ help: String, above bound: Double) {
    let bounds = Bounds(lower: bound, includesLower: false)
    self.init(value: wrappedValue, help: help, domain: Value.domain(within: bounds))
  }

  /// A number above a bound, the bound excluded, or none, which the experiment file writes as `null`
  /// or by its name.
  public init<Number>(
    wrappedValue: Value, _ help: String, above bound: Double, none: String
  ) where Value == Number? {
    let bounds = Bounds(lower: bound, includesLower: false)
    self.init(
      value: wrappedValue, help: help,
      domain: .optional(Number.domain(within: bounds), none: none))
  }

  /// A number within a range, or none, which the experiment file writes as `null` or by its name.
  public init<Number>(
    wrappedValue: Value, _ help: String, in range: some BoundedRange, none: String
  ) where Value == Number? {
    self.init(
      value: wrappedValue, help: help,
      domain: .optional(Number.domain(within: range.bounds), none: none))
  }
}

extension Setting: Codable {
  /// Reads the plain value; what is declared about it stays with the declaration.
  public init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer().decode(Value.self)
    self.init(wrappedValue: value, "")
  }

  /// Writes the plain value.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(wrappedValue)
  }
}

/// A type a setting can have.
public protocol SettingValue: Codable, Sendable {
  /// The values a setting of this type can take.
  static func domain(within bounds: Bounds) -> SettingDomain
}

/// An enumeration of names as a setting: the experiment file uses the raw values.
public protocol SettingChoice: SettingValue, RawRepresentable<String>, CaseIterable {}

extension SettingChoice {
  /// One of the cases.
  public static func domain(within bounds: Bounds) -> SettingDomain {
    .choice(allCases.map(\.rawValue))
  }
}

extension Double: SettingValue {
  /// A number.
  public static func domain(within bounds: Bounds) -> SettingDomain { .number(bounds) }
}

extension Int: SettingValue {
  /// A whole number.
  public static func domain(within bounds: Bounds) -> SettingDomain { .integer(bounds) }
}

extension Bool: SettingValue {
  /// `true` or `false`.
  public static func domain(within bounds: Bounds) -> SettingDomain { .boolean }
}

extension Optional: SettingValue where Wrapped: SettingValue {
  /// A value or none.
  public static func domain(within bounds: Bounds) -> SettingDomain {
    .optional(Wrapped.domain(within: bounds), none: "none")
  }
}

extension Array: SettingValue where Element: SettingValue {
  /// A list of values.
  public static func domain(within bounds: Bounds) -> SettingDomain {
    .list(Element.domain(within: bounds))
  }
}

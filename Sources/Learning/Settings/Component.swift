import JSONText

/// What models and transformations have in common: a name, settings, and how they are described.
///
/// The stored properties marked ``Setting`` are the settings; a plain `init()` gives the defaults.
public protocol Component: Codable, Sendable {
  /// The name in experiment files and tables.
  static var name: String { get }
  /// One line on what it is.
  static var summary: String { get }
  /// The paper or definition it follows.
  static var reference: String { get }
  /// Counts the changes of its results: results of an older revision are computed again.
  static var revision: Int { get }
  /// The default settings.
  init()

  /// Whether its results depend on random numbers with these settings.
  var usesChance: Bool { get }

  /// Whether the settings go together, each being in its own range already.
  ///
  /// - Throws: ``FitError/failed(_:)`` with the reason when they do not.
  func checkSettings() throws

  /// Whether it can be fitted to data of this shape, or the reason why not.
  func accepts(_ shape: DataShape) -> Acceptance

  /// The work and memory that fitting takes, roughly; measured times correct it.
  func cost(for shape: DataShape) -> Cost
}

extension Component {
  /// Nothing is said.
  public static var summary: String { "" }
  /// Nothing is cited.
  public static var reference: String { "" }
  /// The first revision.
  public static var revision: Int { 1 }
  /// No chance.
  public var usesChance: Bool { false }
  /// All combinations are fine.
  public func checkSettings() throws {}
  /// Any data.
  public func accepts(_ shape: DataShape) -> Acceptance { .yes }
  /// One operation and one float an element.
  public func cost(for shape: DataShape) -> Cost {
    Cost(operations: shape.elements, bytes: 4 * shape.elements)
  }
}

/// The size of the data that something is to be fitted to.
public struct DataShape: Equatable, Sendable {
  /// Training rows.
  public var rows: Int
  /// What the columns of a row are, after the transformation where a model is asked.
  public var layout: RowLayout
  /// Classes of the whole data set; some may have no training row.
  public var classes: Int

  /// A shape; no number may be negative.
  public init(rows: Int, layout: RowLayout, classes: Int) {
    self.rows = rows
    self.layout = layout
    self.classes = classes
  }

  /// Rows of features; none of the three may be negative.
  public init(rows: Int, columns: Int, classes: Int) {
    self.init(rows: rows, layout: RowLayout(features: columns), classes: classes)
  }

  /// The columns of a row, of pictures too.
  public var columns: Int { layout.columns }

  /// Rows × columns.
  public var elements: Double { Double(rows) * Double(columns) }
}

/// Whether something can be done, or the reason why not.
public enum Acceptance: Equatable, Sendable {
  /// It can.
  case yes
  /// It cannot, for this reason, which completes “skipped: …”.
  case no(String)
}

/// Work and memory, as far as they can be told beforehand.
public struct Cost: Equatable, Sendable {
  /// Additions and multiplications, to the order of magnitude.
  public var operations: Double
  /// Bytes held at once, beside the training data.
  public var bytes: Double
  /// What the bytes are for, as in `57,802 parameters, 1.2 MB of weights`; empty where there is nothing
  /// to say.
  public var details: String

  /// Both numbers are 0 or more; measured times of earlier cells correct the operations.
  public init(operations: Double, bytes: Double, details: String = "") {
    self.operations = operations
    self.bytes = bytes
    self.details = details
  }
}

/// Why a fit gave no model.
public enum FitError: Error, Equatable, CustomStringConvertible {
  /// It cannot be done, for this reason.
  case failed(String)
  /// The numbers grew without bound.
  case diverged(String)

  /// The reason.
  public var description: String {
    switch self {
    case .failed(let reason), .diverged(let reason): reason
    }
  }
}

/// One setting, as its declaration describes it.
package struct SettingDescription: Sendable {
  package var name: String
  package var help: String
  package var domain: SettingDomain
  package var defaultValue: JSONNode
  /// The property that holds the group it is declared in; nil for one of the component's own.
  package var group: String?
}

private protocol DeclaredSetting {
  func description(name: String) throws -> SettingDescription
}

extension Setting: DeclaredSetting {
  fileprivate func description(name: String) throws -> SettingDescription {
    SettingDescription(
      name: name, help: help, domain: domain, defaultValue: try JSONNode(encoding: wrappedValue))
  }
}

/// Settings that several components have in common, declared once: a component stores the group, and
/// experiment files give its settings beside the component's own.
public protocol SettingGroup: Codable, Sendable {}

extension Component {
  /// The settings in the order of their declarations, those of groups among them.
  package static var settings: [SettingDescription] { descriptions(of: Self()) }

  private static func descriptions(of value: Any) -> [SettingDescription] {
    Mirror(reflecting: value).children.flatMap { label, value -> [SettingDescription] in
      if let group = value as? any SettingGroup {
        return descriptions(of: group).map { setting in
          var setting = setting
          setting.group = setting.group ?? label.map { settingName($0) }
          return setting
        }
      }
      guard let label, let setting = value as? any DeclaredSetting else { return [] }
      // The stored property of a wrapped one carries an underscore.
      let name = settingName(String(label.drop { $0 == "_" }))
      return (try? setting.description(name: name)).map { [$0] } ?? []
    }
  }

  /// The component with some settings replaced, each already accepted by its domain.
  ///
  /// - Parameter values: an object whose names are settings.
  /// - Throws: `JSONDecodingError` or ``FitError`` when the values are not valid together.
  package init(settings values: JSONNode) throws {
    func replaced(_ node: JSONNode) -> JSONNode {
      JSONNode(
        .object(
          (node.members ?? []).map { member in
            // Only groups are objects.
            member.value.members == nil
              ? .init(member.name, values[settingName(member.name)] ?? member.value)
              : .init(member.name, replaced(member.value))
          }))
    }
    self = try replaced(try JSONNode(encoding: Self())).decode(Self.self)
    try checkSettings()
  }

  /// All settings by name, those of groups among them.
  package var settingValues: JSONNode {
    get throws {
      func flattened(_ node: JSONNode) -> [JSONNode.Member] {
        (node.members ?? []).flatMap { member in
          member.value.members == nil
            ? [.init(settingName(member.name), member.value)] : flattened(member.value)
        }
      }
      return JSONNode(.object(flattened(try JSONNode(encoding: self))))
    }
  }
}

/// What experiment files call a property: `learningRate` is `learning_rate`.
private func settingName(_ property: String) -> String {
  var name = ""
  for character in property {
    let beginsWord = character.isUppercase && name.last?.isLowercase == true
    name += beginsWord ? "_" + character.lowercased() : String(character)
  }
  return name
}

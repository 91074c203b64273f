import JSONText
import Learning
import TextFormatting

/// A model, transformation, scaling or tuner as the experiment file names it: with the values to try for
/// each of its settings.
struct ComponentRequest {
  /// What the file gives one setting.
  struct Values {
    var name: String
    var domain: SettingDomain
    /// One value, or the several that are tuned; none for a range.
    var list: [JSONNode]
    var range: ValueRange?
    /// Where the values stand.
    var node: ExperimentNode
  }

  var type: any Component.Type
  /// Where its settings stand, or its name.
  var node: ExperimentNode
  /// The name given by `as`, for tables.
  var alias: String?
  /// In the order of the file.
  var settings: [Values] = []

  var name: String { type.name }

  /// What may be tried, as the stage of a chain or alone; labels of a chain begin with the stage's name.
  func space(stage: Int = 0, isLabelled: Bool = false) -> SearchSpace {
    SearchSpace(
      settings.map { setting in
        let bounds = setting.domain.bounds
        return SearchSpace.Dimension(
          name: setting.name, label: isLabelled ? "\(name).\(setting.name)" : setting.name,
          stage: stage, values: setting.list, range: setting.range,
          lower: bounds.flatMap { $0.includesLower ? $0.lower : nil },
          upper: bounds.flatMap { $0.includesUpper ? $0.upper : nil })
      })
  }

  /// Values for all settings, in their order, in words: of the tuned ones, or of all.
  func text(_ values: some Collection<JSONNode>, onlyTuned: Bool = false) -> String {
    zip(settings, values).filter { setting, _ in !onlyTuned || setting.list.count != 1 }
      .map { setting, value in "\(setting.name)=\(setting.domain.text(for: value))" }
      .joined(separator: " ")
  }

  /// Refuses settings that cannot be decoded or do not go together.
  func check(_ settings: JSONNode) throws(ExperimentError) {
    func make<Kind: Component>(_ type: Kind.Type) throws { _ = try Kind(settings: settings) }
    let type = type
    do {
      try make(type)
    } catch {
      throw node.error(.notTogether("\(name): \(error)"))
    }
  }
}

/// The product, or `Int.max` where it is larger.
func cappedProduct(_ factors: [Int]) -> Int {
  factors.reduce(1) { product, factor in
    let (next, overflows) = product.multipliedReportingOverflow(by: factor)
    return overflows ? .max : next
  }
}

extension ExperimentNode {
  /// Refuses more combinations of values than anyone waits for, before they are made.
  func checkCombinations(_ count: Int) throws(ExperimentError) {
    let most = Experiment.mostCombinations
    guard count <= most else {
      throw error(
        .notTogether(
          "\(count == .max ? "too many" : "\(count)") combinations of values; at most \(most) are "
            + "tried, give fewer values"))
    }
  }

  /// Reads a name, or an object of one name and its settings; `as` may stand in either object.
  ///
  /// - Parameters:
  ///   - kind: `model` or `transformation`.
  ///   - known: all names.
  ///   - type: the component of a name.
  /// - Returns: what is asked for, with all values to try.
  /// - Throws: ``ExperimentError`` for an unknown name or setting, or a value that it cannot have.
  func component(
    _ kind: String, known: [String], type: (String) -> (any Component.Type)?
  ) throws(ExperimentError) -> ComponentRequest {
    if let name = node.string {
      guard let type = type(name) else {
        throw error(.unknownName(name, kind: kind, known: known))
      }
      return ComponentRequest(type: type, node: self)
    }
    guard node.members != nil else {
      throw unexpected("a \(kind)’s name, or an object of its name")
    }
    var alias: String?
    var request: ComponentRequest?
    for (name, position, value) in try orderedMembers() {
      if name == "as" {
        alias = try value.alias()
        continue
      }
      guard let component = type(name) else {
        throw error(.unknownName(name, kind: kind, known: known), at: position)
      }
      guard request == nil else {
        throw error(.notTogether("an object names one \(kind) only"), at: position)
      }
      request = try value.settings(of: component)
    }
    guard var request else { throw unexpected("the name of a \(kind)") }
    if alias != nil, request.alias != nil {
      throw error(.notTogether("“as” stands here twice; give one name"))
    }
    request.alias = alias ?? request.alias
    return request
  }

  private func alias() throws(ExperimentError) -> String {
    let alias = try string("a name")
    try checkPart(ofCellName: alias, at: node.position)
    return alias
  }

  /// Refuses what cannot be part of a cell's name.
  func checkPart(ofCellName name: String, at position: JSONPosition?) throws(ExperimentError) {
    func refusal(_ expected: String) -> ExperimentError {
      error(.unexpected(expected: expected, found: quotedJSON(name)), at: position)
    }
    guard !name.isEmpty else { throw refusal("a name that is not empty") }
    guard !name.contains("+"), !name.contains("*"), !name.contains("?") else {
      throw refusal("a name without “+”, “*” and “?”, which patterns of cells use")
    }
  }

  private func settings(
    of component: any Component.Type
  ) throws(ExperimentError) -> ComponentRequest {
    var request = ComponentRequest(type: component, node: self)
    let declared = component.settings
    for (key, position, value) in try orderedMembers() {
      if key == "as" {
        request.alias = try value.alias()
        continue
      }
      guard let setting = declared.first(where: { $0.name == key }) else {
        throw error(.unknownKey(key, known: declared.map(\.name) + ["as"]), at: position)
      }
      let isRange = value.isRange
      request.settings.append(
        .init(
          name: key, domain: setting.domain,
          list: isRange ? [] : try value.values(setting.domain),
          range: isRange ? try value.range(of: setting.domain) : nil, node: value))
    }
    return request
  }

  /// One value, or a list of values to tune; for a setting that is itself a list, a list of lists.
  private func values(_ domain: SettingDomain) throws(ExperimentError) -> [JSONNode] {
    let isListOfValues: Bool
    if case .list = domain {
      isListOfValues = node.elements?.first?.elements != nil
    } else {
      isListOfValues = node.elements != nil
    }
    if domain.numbers != nil, node.members != nil {
      throw error(.notTogether("a range is written as in {\"from\": 1, \"to\": 10}"))
    }
    guard isListOfValues else { return [try setting(domain)] }
    try checkCombinations(node.elements?.count ?? 0)
    var values: [JSONNode] = []
    for element in try elements("value") {
      let value = try element.setting(domain)
      guard !values.contains(value) else {
        throw element.error(.notTogether("the value \(value.compactText) stands here twice"))
      }
      values.append(value)
    }
    return values
  }

  private var isRange: Bool {
    (node.members ?? []).contains { $0.name == "from" || $0.name == "to" }
  }

  /// `{"from": 0.1, "to": 1000, "scale": "log"}`, both ends among the values of the setting.
  private func range(of domain: SettingDomain) throws(ExperimentError) -> ValueRange {
    guard let numbers = domain.numbers else {
      throw error(.notTogether("a range is one of numbers; this setting takes \(domain.words)"))
    }
    let members = try members(["from", "to", "scale", "step"])
    func end(_ key: String) throws(ExperimentError) -> Double {
      guard let node = members[key] else { throw error(.missingKey(key)) }
      return try node.setting(numbers).number ?? 0
    }
    var range = ValueRange(from: try end("from"), to: try end("to"))
    if case .integer = numbers { range.isInteger = true }
    guard range.from < range.to, max(abs(range.from), abs(range.to)) <= ValueRange.largest else {
      throw error(
        .notTogether("a range goes from a number to a larger one, neither beyond ±1e15"))
    }
    if let scale = members["scale"] { range.scale = try scale.choice(ValueRange.Scale.self) }
    if range.scale == .log, range.from <= 0 {
      throw (members["from"] ?? self).error(
        .notTogether("a log scale has no 0 and nothing below; begin above 0"))
    }
    if let node = members["step"] {
      let least = Bounds(lower: 0, includesLower: false)
      let step = try node.setting(range.isInteger ? .integer(least) : .number(least)).number ?? 1
      guard range.scale == .linear else {
        throw node.error(.notTogether("“step” goes with a linear scale only"))
      }
      let length = range.to - range.from
      guard step <= length, length / step <= ValueRange.largest else {
        throw node.error(
          .notTogether("the range is \(shortest(length)) long; that does not go with this step"))
      }
      range.step = step
    }
    return range
  }
}

extension SettingDomain {
  /// The numbers among the values; nil where there are none.
  fileprivate var numbers: SettingDomain? {
    switch self {
    case .number, .integer: self
    case .optional(let domain, _): domain.numbers
    case .boolean, .choice, .list: nil
    }
  }

  /// The bounds of these numbers.
  fileprivate var bounds: Bounds? {
    switch numbers {
    case .number(let bounds), .integer(let bounds): bounds
    default: nil
    }
  }
}

import JSONText
import Learning

/// A model or transformation as the experiment file names it: with the values to try for each of
/// its settings.
struct ComponentRequest {
  var name: String
  /// The name given by `as`, for tables.
  var alias: String?
  /// In the order of the file; one value, or the several that are tuned.
  var settings: [(name: String, domain: SettingDomain, values: [JSONNode])] = []

  /// How many combinations of the values there are; `Int.max` for more than can be counted.
  var combinationCount: Int { cappedProduct(settings.map(\.values.count)) }

  /// Every combination of the values, those of the last setting changing fastest.
  var combinations: [(settings: JSONNode, text: String, tunedText: String)] {
    var combinations: [[(Int, JSONNode)]] = [[]]
    for (index, setting) in settings.enumerated() {
      combinations = combinations.flatMap { known in
        setting.values.map { known + [(index, $0)] }
      }
    }
    return combinations.map { chosen in
      func text(_ chosen: [(Int, JSONNode)]) -> String {
        chosen.map { index, value in
          "\(settings[index].name)=\(settings[index].domain.text(for: value))"
        }.joined(separator: " ")
      }
      return (
        JSONNode(.object(chosen.map { .init(settings[$0.0].name, $0.1) })), text(chosen),
        text(chosen.filter { settings[$0.0].values.count > 1 })
      )
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
      guard type(name) != nil else { throw error(.unknownName(name, kind: kind, known: known)) }
      return ComponentRequest(name: name)
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
      request = try value.settings(of: component, name: name)
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
    of component: any Component.Type, name: String
  ) throws(ExperimentError) -> ComponentRequest {
    var request = ComponentRequest(name: name)
    let declared = component.settings
    for (key, position, value) in try orderedMembers() {
      if key == "as" {
        request.alias = try value.alias()
        continue
      }
      guard let setting = declared.first(where: { $0.name == key }) else {
        throw error(.unknownKey(key, known: declared.map(\.name) + ["as"]), at: position)
      }
      request.settings.append((key, setting.domain, try value.values(setting.domain)))
    }
    try checkCombinations(request.combinationCount)
    try check(request, component)
    return request
  }

  /// One value, or a list of values to tune; for a setting that is itself a list, a list of lists.
  private func values(_ domain: SettingDomain) throws(ExperimentError) -> [JSONNode] {
    if let members = node.members, members.contains(where: { $0.name == "from" || $0.name == "to" })
    {
      throw error(.notTogether("a range cannot be tried by the grid; give a list of values"))
    }
    let isListOfValues: Bool
    if case .list = domain {
      isListOfValues = node.elements?.first?.elements != nil
    } else {
      isListOfValues = node.elements != nil
    }
    guard isListOfValues else { return [try setting(domain)] }
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

  /// Whether all combinations can be decoded and go together.
  private func check(
    _ request: ComponentRequest, _ component: any Component.Type
  ) throws(ExperimentError) {
    for combination in request.combinations {
      func make(_ type: (some Component).Type) throws {
        _ = try type.init(settings: combination.settings)
      }
      do {
        try make(component)
      } catch {
        throw self.error(.notTogether("\(request.name): \(error)"))
      }
    }
  }
}

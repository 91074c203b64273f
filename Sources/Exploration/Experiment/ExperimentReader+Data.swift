import DataTables
import FileSystem
import Glibc
import Learning
import TextFormatting

extension ExperimentReader {
  private static let tableKeys = [
    "table", "label", "columns", "ignore", "missing", "duplicates", "join", "groups",
  ]
  private static let sourcesToCome = ["pictures"]

  func data(
    _ node: ExperimentNode, split: SplitRequest
  ) throws(ExperimentError) -> Experiment.DataSource {
    if let key = node.node.members?.first(where: { Self.sourcesToCome.contains($0.name) }) {
      throw node.error(.notAvailable("“\(key.name)” as data"), at: key.namePosition)
    }
    let members = try node.members(
      Self.tableKeys + ["builtin"] + Self.soundSources + Self.soundKeys)
    if Self.soundSources.contains(where: { members[$0] != nil }) {
      return .sound(try sound(node, members, split: split))
    }
    if let key = node.node.members?.first(where: { Self.soundKeys.contains($0.name) }) {
      throw node.error(
        .notTogether("“\(key.name)” goes with “audio” and “synthetic” only"), at: key.namePosition)
    }
    if let builtin = members["builtin"] {
      let names = BuiltInTable.all.map(\.name)
      let name = try builtin.string("the name of a built-in table")
      guard names.contains(name) else {
        throw builtin.error(.unknownName(name, kind: "built-in table", known: names))
      }
      if let other = node.node.members?.first(where: { $0.name != "builtin" }) {
        throw node.error(
          .notTogether("“\(other.name)” does not go with “builtin”"), at: other.namePosition)
      }
      guard split.group == nil, split.textColumns.isEmpty else {
        throw builtin.error(
          .notTogether("a built-in table has no groups and no columns to split by"))
      }
      return .builtIn(name)
    }
    guard let table = members["table"] else { throw node.error(.missingKey("table")) }
    guard let label = members["label"] else { throw node.error(.missingKey("label")) }
    var request = TableRequest(path: try path(table), label: try label.string("a column’s name"))
    request.columns = try members["columns"].map(columnPatterns) ?? []
    if let ignore = members["ignore"], ignore.node.elements?.isEmpty != true {
      request.ignore = try columnPatterns(ignore)
    }
    if let missing = members["missing"] {
      request.missing = try missing.choice(TableRequest.Missing.self)
    }
    if let duplicates = members["duplicates"] {
      request.duplicates = try duplicates.choice(TableRequest.Duplicates.self)
    }
    request.join = try members["join"].map(join)
    if let groups = members["groups"] {
      for (name, _, value) in try groups.orderedMembers() {
        request.groups.append(try group(name, value))
      }
    }
    request.textColumns = split.textColumns
    return .table(request)
  }

  func columnPatterns(_ node: ExperimentNode) throws(ExperimentError) -> [NamePattern] {
    try node.elements("column").map { element throws(ExperimentError) in
      NamePattern(try element.string("a column’s name"))
    }
  }

  private func extract(_ node: ExperimentNode) throws(ExperimentError) -> TableRequest.Extract {
    if let column = node.node.string { return .init(column: column) }
    let members = try node.members(
      ["column", "pattern"], expected: "a column’s name, or an object")
    guard let column = members["column"] else { throw node.error(.missingKey("column")) }
    return .init(
      column: try column.string("a column’s name"), pattern: try members["pattern"].map(pattern))
  }

  private func pattern(_ node: ExperimentNode) throws(ExperimentError) -> String {
    let pattern = try node.string("a regular expression")
    do {
      _ = try Regex(pattern)
    } catch {
      throw node.error(.notTogether("this is not a regular expression: \(error)"))
    }
    return pattern
  }

  func join(_ node: ExperimentNode) throws(ExperimentError) -> TableRequest.Join {
    let members = try node.members(["table", "key", "from"])
    guard let table = members["table"] else { throw node.error(.missingKey("table")) }
    guard let key = members["key"] else { throw node.error(.missingKey("key")) }
    guard let from = members["from"] else { throw node.error(.missingKey("from")) }
    return .init(
      table: try path(table), key: try key.string("a column’s name"), from: try extract(from))
  }

  func group(
    _ name: String, _ node: ExperimentNode
  ) throws(ExperimentError) -> TableRequest.Group {
    if let column = node.node.string { return .init(name: name, from: .init(column: column)) }
    let members = try node.members(
      ["column", "pattern", "missing"], expected: "a column’s name, or an object")
    guard let column = members["column"] else { throw node.error(.missingKey("column")) }
    return .init(
      name: name,
      from: .init(
        column: try column.string("a column’s name"), pattern: try members["pattern"].map(pattern)),
      fallback: try members["missing"].map { node throws(ExperimentError) in
        try node.string("a group’s or column’s name")
      })
  }

  // MARK: Splits

  func split(_ node: ExperimentNode) throws(ExperimentError) -> SplitRequest {
    let kinds = ["holdout", "folds", "parts", "file"]
    let members = try node.members(kinds + ["validation", "stratified", "ungrouped", "group"])
    let given = kinds.filter { members[$0] != nil }
    guard given.count == 1, let kind = members[given[0]] else {
      throw node.error(.notTogether("give one of “holdout”, “folds”, “parts” and “file”"))
    }
    let validation =
      try members["validation"].map { node throws(ExperimentError) in
        try node.number(Experiment.validationShareBounds)
      }
    if let node = members["validation"], ["holdout", "folds"].contains(given[0]) {
      throw node.error(.notTogether("“validation” stands inside “\(given[0])”"))
    }
    var request: SplitRequest
    switch given[0] {
    case "holdout": request = SplitRequest(try holdout(kind))
    case "folds": request = SplitRequest(try folds(kind))
    case "parts":
      let members = try kind.members(["column"])
      guard let column = members["column"] else { throw kind.error(.missingKey("column")) }
      request = SplitRequest(
        .parts(column: try column.string("a column’s name"), validation: validation ?? 0.15))
    default: request = SplitRequest(.file(try path(kind), validation: validation ?? 0.15))
    }
    if let stratified = members["stratified"] { request.isStratified = try stratified.boolean() }
    if let ungrouped = members["ungrouped"] { request.isUngrouped = try ungrouped.boolean() }
    if let group = members["group"] {
      request.group = try group.string("a group’s name")
      if request.isUngrouped {
        throw group.error(.notTogether("“group” does not go with “ungrouped”"))
      }
    }
    return request
  }

  private func holdout(_ node: ExperimentNode) throws(ExperimentError) -> SplitRequest.Kind {
    let members = try node.members(["validation", "test"])
    let test = try members["test"]?.number(Experiment.testShareBounds) ?? 0.15
    let validation =
      try members["validation"]?.number(Experiment.validationShareBounds) ?? 0.15
    guard test + validation < 1 else {
      throw node.error(.notTogether("validation and test leave no rows for training"))
    }
    return .holdout(validation: validation, test: test)
  }

  private func folds(_ node: ExperimentNode) throws(ExperimentError) -> SplitRequest.Kind {
    let members = try node.members(["count", "repeats", "validation", "inner", "column"])
    if let column = members["column"] {
      if let other = node.node.members?.first(where: { $0.name != "column" }) {
        throw node.error(
          .notTogether("“\(other.name)” does not go with official folds by “column”"),
          at: other.namePosition)
      }
      return .officialFolds(column: try column.string("a column’s name"))
    }
    guard let countNode = members["count"] else { throw node.error(.missingKey("count")) }
    let count = try countNode.integer(Experiment.foldsBounds)
    let repeats = try members["repeats"]?.integer(Experiment.repeatsBounds) ?? 1
    if let inner = members["inner"] {
      if let validation = members["validation"] {
        throw validation.error(.notTogether("“validation” does not go with “inner”"))
      }
      let innerMembers = try inner.members(["folds"])
      guard let folds = innerMembers["folds"] else { throw inner.error(.missingKey("folds")) }
      let innerCount = try folds.integer(Experiment.innerFoldsBounds)
      try checkFits(count * repeats * innerCount, node)
      return .folds(count: count, repeats: repeats, selection: .inner(folds: innerCount))
    }
    try checkFits(count * repeats, node)
    let validation =
      try members["validation"]?.number(Experiment.validationShareBounds) ?? 0.15
    guard validation + 1 / Double(count) < 1 else {
      throw node.error(.notTogether("validation and test leave no rows for training"))
    }
    return .folds(count: count, repeats: repeats, selection: .validation(validation))
  }

  private func checkFits(_ count: Int, _ node: ExperimentNode) throws(ExperimentError) {
    guard count <= Experiment.mostFits else {
      throw node.error(
        .notTogether(
          "folds × repeats × inner folds are \(count); at most \(Experiment.mostFits) are done"))
    }
  }

  // MARK: Paths

  /// A path with environment variables put in, relative to the experiment file's folder.
  func path(_ node: ExperimentNode) throws(ExperimentError) -> Path {
    let text = try node.string("a path")
    guard !text.isEmpty else { throw node.unexpected("a path") }
    var expanded = ""
    var rest = text[...]
    while let dollar = rest.firstIndex(of: "$") {
      expanded += rest[..<dollar]
      rest = rest[rest.index(after: dollar)...]
      let isBraced = rest.first == "{"
      if isBraced { rest = rest.dropFirst() }
      let name = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
      rest = rest.dropFirst(name.count)
      if isBraced {
        guard rest.first == "}" else { throw node.error(.notTogether("“${” has no “}”")) }
        rest = rest.dropFirst()
      }
      guard !name.isEmpty else {
        throw node.error(.notTogether("“$” is not followed by the name of a variable"))
      }
      guard let value = getenv(String(name)) else {
        throw node.error(.unsetVariable(String(name)))
      }
      expanded += String(cString: value)
    }
    expanded += rest
    // What a variable holds is meant from where the command runs, a plain path from the file.
    let fromFile = file.folder / expanded
    return text.hasPrefix("$") && !fromFile.exists ? Path(expanded) : fromFile
  }
}

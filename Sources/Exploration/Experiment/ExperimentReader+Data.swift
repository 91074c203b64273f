import DataTables
import FileSystem
import Glibc
import Learning
import TextFormatting

extension ExperimentReader {
  private static let dataKeys =
    [
      "table", "builtin", "label", "columns", "ignore", "missing", "duplicates", "join", "groups",
    ] + soundSources + soundKeys + pictureFileKeys + pictureKeys
  /// The keys of `data` that an input may give otherwise; the others say which rows there are, and
  /// what is to be learnt from them.
  static let inputKeys = ["columns", "ignore"] + soundKeys + windowKeys + pictureKeys

  // MARK: Inputs

  /// The representations of the data; without any named ones the data as it is.
  func inputs(
    _ node: ExperimentNode?, of data: ExperimentNode, splits: [SplitRequest]
  ) throws(ExperimentError) -> [Experiment.Input] {
    let whole = try self.data(data, splits: splits)
    guard let node else { return [.init(name: "", data: whole)] }
    var inputs: [Experiment.Input] = []
    for (name, position, value) in try node.orderedMembers() {
      try node.checkPart(ofCellName: name, at: position)
      inputs.append(.init(name: name, data: try self.data(data, overlaid: value, splits: splits)))
    }
    guard !inputs.isEmpty else {
      throw node.error(
        .notTogether(
          "there is no input; name one at least, as in {\"few\": {\"columns\": [\"a*\"]}}"))
    }
    return inputs
  }

  // MARK: Data

  /// The data, with what an input has otherwise: its members replace those of the data.
  private func data(
    _ node: ExperimentNode, overlaid input: ExperimentNode? = nil,
    splits: [SplitRequest]
  ) throws(ExperimentError) -> Experiment.DataSource {
    var members = try node.members(Self.dataKeys)
    if let input {
      if let key = input.node.members?.first(where: {
        Self.dataKeys.contains($0.name) && !Self.inputKeys.contains($0.name)
      }) {
        throw input.error(
          .notTogether(
            "“\(key.name)” is the same for all inputs and stands in “data”; an input may give "
              + Self.inputKeys.map { "“\($0)”" }.joined(separator: ", ")), at: key.namePosition)
      }
      members.merge(try input.members(Self.inputKeys)) { $1 }
    }
    let owners = [node, input].compactMap(\.self)
    if Self.soundSources.contains(where: { members[$0] != nil }) {
      for owner in owners {
        if let key = owner.node.members?.first(where: { Self.windowKeys.contains($0.name) }) {
          throw owner.error(
            .notTogether(
              "“\(key.name)” goes with “pictures” only; sound is cut by “segment_seconds”"),
            at: key.namePosition)
        }
      }
      return .sound(try sound(owners, members, splits: splits))
    }
    if members["pictures"] != nil {
      return .pictures(try pictures(owners, members, splits: splits))
    }
    for owner in owners {
      if let key = owner.node.members?.first(where: {
        (Self.pictureFileKeys + Self.pictureKeys).contains($0.name)
      }) {
        throw owner.error(
          .notTogether("“\(key.name)” goes with “pictures”, or with a “picture” of sound, only"),
          at: key.namePosition)
      }
      if let key = owner.node.members?.first(where: { Self.soundKeys.contains($0.name) }) {
        throw owner.error(
          .notTogether("“\(key.name)” goes with “audio” and “synthetic” only"),
          at: key.namePosition)
      }
    }
    let columns = try members["columns"].map(columnPatterns) ?? []
    if let builtin = members["builtin"] {
      let names = BuiltInTable.all.map(\.name)
      let name = try builtin.string("the name of a built-in table")
      guard names.contains(name) else {
        throw builtin.error(.unknownName(name, kind: "built-in table", known: names))
      }
      for owner in [node, input].compactMap(\.self) {
        let other = owner.node.members?.first { !["builtin", "columns"].contains($0.name) }
        if let other {
          throw owner.error(
            .notTogether("“\(other.name)” does not go with “builtin”"), at: other.namePosition)
        }
      }
      guard splits.allSatisfy({ $0.group == nil && $0.textColumns.isEmpty }) else {
        throw builtin.error(
          .notTogether("a built-in table has no groups and no columns to split by"))
      }
      return .builtIn(name, columns: columns)
    }
    guard let table = members["table"] else { throw node.error(.missingKey("table")) }
    guard let label = members["label"] else { throw node.error(.missingKey("label")) }
    var request = TableRequest(path: try path(table), label: try label.string("a column’s name"))
    request.columns = columns
    if let ignore = members["ignore"], ignore.node.elements?.isEmpty != true {
      request.ignore = try columnPatterns(ignore)
    }
    if let missing = members["missing"] {
      request.missing = try missing.choice(TableRequest.Missing.self)
    }
    try readRows(members, splits: splits, into: &request)
    return .table(request)
  }

  /// What tables, sound and pictures have in common: equal rows, side tables and groups.
  func readRows(
    _ members: [String: ExperimentNode], splits: [SplitRequest],
    into request: inout TableRequest
  ) throws(ExperimentError) {
    if let duplicates = members["duplicates"] {
      request.duplicates = try duplicates.choice(TableRequest.Duplicates.self)
    }
    request.join = try members["join"].map(join)
    if let groups = members["groups"] {
      for (name, _, value) in try groups.orderedMembers() {
        request.groups.append(try group(name, value))
      }
    }
    request.textColumns = distinct(splits.flatMap(\.textColumns))
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

  /// The ways of dividing the rows, each with the node that asks for it: those of `protocols`, else
  /// the one of `split`, else the default.
  func protocols(
    _ node: ExperimentNode?, split: ExperimentNode?
  ) throws(ExperimentError) -> [(request: Experiment.SplitProtocol, node: ExperimentNode?)] {
    guard let node else {
      let standard = SplitRequest(.holdout(validation: 0.15, test: 0.15))
      return [(.init(name: "", split: try split.map(self.split) ?? standard), split)]
    }
    if let split {
      throw split.error(.notTogether("“split” does not go with “protocols”; make it one of them"))
    }
    var protocols: [(request: Experiment.SplitProtocol, node: ExperimentNode?)] = []
    for (name, position, value) in try node.orderedMembers() {
      try node.checkPart(ofCellName: name, at: position)
      protocols.append((.init(name: name, split: try self.split(value)), value))
    }
    guard !protocols.isEmpty else {
      throw node.error(
        .notTogether(
          "there is no protocol; name one at least, as in {\"rows\": {\"folds\": {\"count\": 5}}}"))
    }
    return protocols
  }

  func split(_ node: ExperimentNode) throws(ExperimentError) -> SplitRequest {
    let kinds = ["holdout", "folds", "leave_one_group_out", "parts", "file"]
    let members = try node.members(kinds + ["validation", "stratified", "ungrouped", "group"])
    let given = kinds.filter { members[$0] != nil }
    guard given.count == 1, let kind = members[given[0]] else {
      throw node.error(
        .notTogether("give one of “holdout”, “folds”, “leave_one_group_out”, “parts” and “file”"))
    }
    let validation =
      try members["validation"].map { node throws(ExperimentError) in
        try node.number(Experiment.validationShareBounds)
      }
    if let node = members["validation"],
      ["holdout", "folds", "leave_one_group_out"].contains(given[0])
    {
      throw node.error(.notTogether("“validation” stands inside “\(given[0])”"))
    }
    var request: SplitRequest
    switch given[0] {
    case "holdout": request = SplitRequest(try holdout(kind))
    case "folds": request = SplitRequest(try folds(kind))
    case "leave_one_group_out":
      let members = try kind.members(["validation", "inner"])
      request = SplitRequest(.leaveOneGroupOut(selection: try foldSelection(members)))
    case "parts":
      let members = try kind.members(["column"])
      guard let column = members["column"] else { throw kind.error(.missingKey("column")) }
      request = SplitRequest(
        .parts(column: try column.string("a column’s name"), validation: validation ?? 0.15))
    default: request = SplitRequest(.file(try path(kind), validation: validation ?? 0.15))
    }
    if let stratified = members["stratified"] { request.isStratified = try stratified.boolean() }
    if let ungrouped = members["ungrouped"] { request.isUngrouped = try ungrouped.boolean() }
    if let ungrouped = members["ungrouped"], request.isUngrouped, request.kind.isLeaveOneGroupOut {
      throw ungrouped.error(.notTogether("“ungrouped” does not go with “leave_one_group_out”"))
    }
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
    let selection = try foldSelection(members)
    switch selection {
    case .inner(let folds): try checkFits(count * repeats * folds, node)
    case .validation(let share):
      try checkFits(count * repeats, node)
      guard share + 1 / Double(count) < 1 else {
        throw node.error(.notTogether("validation and test leave no rows for training"))
      }
    }
    return .folds(count: count, repeats: repeats, selection: selection)
  }

  /// Which rows the settings of a fold are selected on, by `validation` or `inner`.
  private func foldSelection(
    _ members: [String: ExperimentNode]
  ) throws(ExperimentError) -> SplitRequest.FoldSelection {
    guard let inner = members["inner"] else {
      return .validation(
        try members["validation"]?.number(Experiment.validationShareBounds) ?? 0.15)
    }
    if let validation = members["validation"] {
      throw validation.error(.notTogether("“validation” does not go with “inner”"))
    }
    let innerMembers = try inner.members(["folds"])
    guard let folds = innerMembers["folds"] else { throw inner.error(.missingKey("folds")) }
    return .inner(folds: try folds.integer(Experiment.innerFoldsBounds))
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
      if let value = getenv(String(name)) {
        expanded += String(cString: value)
      } else if isDataNeeded {
        throw node.error(.unsetVariable(String(name)))
      }
    }
    expanded += rest
    // What a variable holds is meant from where the command runs, a plain path from the file.
    let fromFile = file.folder / expanded
    return text.hasPrefix("$") && !fromFile.exists ? Path(expanded) : fromFile
  }
}

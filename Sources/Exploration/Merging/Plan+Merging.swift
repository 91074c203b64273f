import JSONText
import TextFormatting

extension Plan {
  /// The plan of the whole that runs are parts of.
  ///
  /// A cell is computed, or to be computed, where one part has it so; what parts have in common must
  /// be the same.
  ///
  /// - Throws: ``PlanError`` that says what differs.
  init(merging parts: [RunMerge.Part]) throws {
    let plans = parts.map(\.plan)
    for (index, plan) in plans.enumerated().dropFirst() {
      // Limits decide no result, nor does what is compared, and a source may be called otherwise on
      // another machine.
      let differences = plans[..<index].enumerated().lazy.compactMap { earlier, first in
        let found = first.differences(to: plan).filter {
          !$0.isOnlyInOne && $0.what != "compare" && !$0.what.hasPrefix("limits.")
            && !$0.what.hasPrefix("source")
        }
        return found.isEmpty ? nil : (earlier, found)
      }.first
      guard let (earlier, found) = differences else { continue }
      let names = (parts[earlier].folder.path.string, parts[index].folder.path.string)
      throw PlanError(
        "\(names.0) and \(names.1) are not parts of one experiment: "
          + found.prefix(3).map { "\($0.subject.rawValue), \($0.what): \($0.words)" }
          .joined(separator: "; ")
          + (found.count > 3
            ? "; and \(found.count - 3) more, which “explore compare” lists" : ""))
    }
    var whole = plans[0]
    for plan in plans.dropFirst() {
      whole.protocols += plan.protocols.filter { own in
        !whole.protocols.contains { $0.name == own.name }
      }
      whole.inputs += plan.inputs.filter { own in !whole.inputs.contains { $0.name == own.name } }
      whole.transformations += plan.transformations.filter { own in
        !whole.transformations.contains { $0.name == own.name }
      }
      whole.models += plan.models.filter { own in
        !whole.models.contains { $0.name == own.name }
      }
    }
    for (kind, names) in [
      ("protocol", whole.protocols.map(\.name)), ("input", whole.inputs.map(\.name)),
    ] where names.count > 1 && names.contains("") {
      throw PlanError(
        "the runs are not parts of one experiment: some name their \(kind)s "
          + "(\(names.filter { !$0.isEmpty }.joined(separator: ", "))), and some have only one "
          + "without a name")
    }
    for index in whole.protocols.indices {
      whole.protocols[index].divisions = try whole.inputs.map { input in
        try whole.protocols[index].name.division(of: input.name, plans)
      }
    }
    whole.mergeCells(parts)
    if let reason = whole.inconsistency {
      throw PlanError("the runs cannot be put together: \(reason)")
    }
    self = whole
  }

  private mutating func mergeCells(_ parts: [RunMerge.Part]) {
    cells = sheets.flatMap { sheet in
      transformations.indices.flatMap { transformation in
        models.indices.map { model in
          Cell(
            protocol: sheet.protocol, input: sheet.input, transformation: transformation,
            model: model, skipReason: "in none of the merged runs", usesChance: false)
        }
      }
    }
    pieces = []
    let indexed = parts.map { ($0, Dictionary(grouping: $0.plan.pieces, by: \.cell)) }
    for index in cells.indices {
      let known = indexed.compactMap { part, pieces in
        part.plan.index(of: cells[index], in: self).map {
          (part: part, cell: part.plan.cells[$0], pieces: pieces[$0] ?? [])
        }
      }
      guard let first = known.first else { continue }
      let place = cells[index]
      cells[index] = first.cell
      (cells[index].protocol, cells[index].input) = (place.protocol, place.input)
      (cells[index].transformation, cells[index].model) = (place.transformation, place.model)
      /// Whether a part has all of the cell's records.
      func isComputed(_ own: (part: RunMerge.Part, cell: Cell, pieces: [Piece])) -> Bool {
        !own.pieces.isEmpty && own.pieces.allSatisfy { own.part.journal.cell($0.key) != nil }
      }
      let isLeftOut = !known.contains { $0.cell.skipReason == nil || isComputed($0) }
      cells[index].skipReason = isLeftOut ? first.cell.skipReason : nil
      guard let planned = known.first(where: { !$0.pieces.isEmpty }) else { continue }
      for (place, piece) in planned.pieces.enumerated() {
        // Other versions of the program may call a piece otherwise: what was computed counts.
        let keys = known.compactMap { own in
          own.pieces.indices.contains(place) ? (own.part, own.pieces[place].key) : nil
        }
        let good = keys.first { $0.0.journal.cell($0.1).map { $0.failure == nil } ?? false }
        let any = keys.first { $0.0.journal.cell($0.1) != nil }
        pieces.append(
          Piece(
            cell: index, split: piece.split, seedIndex: piece.seedIndex,
            key: (good ?? any)?.1 ?? piece.key))
      }
    }
  }
}

extension String {
  /// How a protocol of this name divides the rows of an input, in the first plan that has both.
  fileprivate func division(of input: String, _ plans: [Plan]) throws -> Plan.Division {
    for plan in plans {
      guard let own = plan.protocols.first(where: { $0.name == self }),
        let index = plan.inputs.firstIndex(where: { $0.name == input })
      else { continue }
      return own.divisions[index]
    }
    throw PlanError(
      "no run divides the rows of the input \(input) by the protocol \(self): runs of parts must have "
        + "each protocol for each input")
  }
}

extension PlanDifference {
  /// As in `42 and 43`.
  package var words: String {
    "\(first.isEmpty ? "nothing" : first) and \(second.isEmpty ? "nothing" : second)"
  }
}

/// The experiment that experiments of parts are parts of: the first one's text where all ask for the
/// same, else the lists of what is crossed put together.
///
/// - Throws: ``PlanError`` for a text that is no experiment.
func mergedText(_ texts: [String]) throws -> String {
  var nodes: [JSONNode] = []
  for text in texts {
    do throws(JSONSyntaxError) {
      nodes.append(try JSONNode(parsing: text))
    } catch {
      throw PlanError(
        "an experiment.json is damaged: line \(error.position.line): \(error.message)")
    }
  }
  guard let first = nodes.first, var members = first.members else { return texts.first ?? "" }
  if nodes.allSatisfy({ $0 == first }) { return texts[0] }
  for node in nodes.dropFirst() {
    for name in ["transformations", "models"] {
      // A transformation that is not given is none.
      let missing: JSONNode = name == "transformations" ? ["none"] : []
      let known = members.first { $0.name == name }?.value ?? missing
      let own = known.elements ?? [known]
      let value = node[name] ?? missing
      let added = (value.elements ?? [value]).filter { element in !own.contains(element) }
      guard !added.isEmpty else { continue }
      set(name, JSONNode(own + added))
    }
    for name in ["protocols", "inputs"] {
      guard let own = members.first(where: { $0.name == name })?.value.members,
        let others = node[name]?.members
      else { continue }
      let added = others.filter { other in !own.contains { $0.name == other.name } }
      if !added.isEmpty { set(name, JSONNode(.object(own + added))) }
    }
  }
  func set(_ name: String, _ value: JSONNode) {
    if let place = members.firstIndex(where: { $0.name == name }) {
      members[place].value = value
    } else {
      members.append(.init(name, value))
    }
  }
  return JSONNode(.object(members)).indentedText
}

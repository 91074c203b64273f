import FileSystem
import JSONText
import Learning
import TextFormatting

/// Runs of parts of one experiment, put together as one run: parts computed on other machines with
/// `--only`, or other protocols, inputs, transformations or models of it.
///
/// Nothing of the parts is changed.
package struct RunMerge {
  /// A run that is put together with others.
  package struct Part: Sendable {
    package var folder: RunFolder
    package var plan: Plan
    var journal: Journal
    var provenance: Provenance
    var experimentText: String

    /// Reads a run folder.
    ///
    /// - Throws: `DamagedFile` or `SystemError` when it is no run folder or cannot be read.
    init(_ folder: RunFolder) throws {
      self.folder = folder
      plan = try Plan(readingFrom: folder.plan)
      journal = try Journal(reading: folder.journals, repairing: false)
      provenance = Provenance(reading: folder)
      experimentText = try folder.experiment.readText()
    }

    /// A piece's record when it is good and its predictions can be read.
    func result(_ key: String, rows: Int) -> (record: CellRecord, predictions: Predictions)? {
      guard let record = journal.cell(key), record.failure == nil,
        let bytes = journal.testPredictions(key),
        let predictions = PredictionBlob(classCount: plan.classes.count)
          .predictions(in: bytes, rows: rows)
      else { return nil }
      return (record, predictions)
    }
  }

  package let parts: [Part]
  /// Of the whole.
  package let plan: Plan
  /// The experiment of the whole.
  let experimentText: String
  /// What is to be known: damage in the parts, results that two parts have otherwise.
  package private(set) var remarks: [String] = []
  /// The part that each piece of the plan is from; nil for those that none has computed.
  private var origins: [Int?] = []

  /// Reads runs and puts their plans together.
  ///
  /// - Throws: `PlanError` where they are not of one experiment and data, `DamagedFile` or `SystemError`
  ///   for what is no run folder or cannot be read.
  package init(_ folders: [RunFolder]) throws {
    parts = try folders.map { try Part($0) }
    plan = try Plan(merging: parts)
    experimentText = try mergedText(parts.map(\.experimentText))
    for part in parts {
      remarks += part.journal.problems.map { "\(part.folder.path.string): \($0)" }
    }
    compareResults()
  }

  /// Finds what is computed where, and whether all who computed it agree.
  private mutating func compareResults() {
    let threads = parts.map { $0.plan.limits.threads ?? 1 }
    if Set(threads).count > 1 {
      remarks.append(
        "the parts had limits.cell_threads of \(threads.map { "\($0)" }.joined(separator: ", ")): what "
          + "is fitted with several threads is computed anew where a resumed run has another number"
      )
    }
    var damaged = 0
    let keys = parts.map { $0.plan.keys(in: plan) }
    for (place, piece) in plan.pieces.enumerated() {
      let cell = plan.cells[piece.cell]
      let rows = plan.split(piece.split, of: cell).test.count
      var first: (part: Int, record: CellRecord, predictions: Predictions)?
      for (index, part) in parts.enumerated() {
        guard let key = keys[index][place] else { continue }
        guard let result = part.result(key, rows: rows) else {
          if part.journal.cell(key)?.failure == nil, part.journal.cell(key) != nil { damaged += 1 }
          continue
        }
        guard let known = first else {
          first = (index, result.record, result.predictions)
          continue
        }
        guard known.predictions != result.predictions else { continue }
        let difference = PredictionDifference(known.predictions, result.predictions)
        let fold = plan.place(of: piece)
        let paths = [known.record.arithmetic, result.record.arithmetic].compactMap { $0 }
        remarks.append(
          "\(plan.name(of: cell))\(fold.isEmpty ? "" : ", \(fold)"): "
            + "\(parts[known.part].folder.path.string) and \(part.folder.path.string) disagree, "
            + difference.words
            + (Set(paths).count > 1 ? " (computed by \(paths.joined(separator: " and ")))" : "")
            + "; the first counts")
      }
      origins.append(first?.part)
    }
    if damaged > 0 {
      remarks.append(
        "\(counted(damaged, "piece")) of work \(damaged == 1 ? "has" : "have") damaged predictions, "
          + "which no part of the whole is taken from")
    }
  }

  // MARK: Writing

  /// Writes the whole into a new or empty folder, which appears when it is complete.
  ///
  /// - Parameters:
  ///   - target: the folder.
  ///   - version: of the program, for the record.
  /// - Throws: ``RunError`` where the folder holds something, `SystemError` when it cannot be written.
  package func write(to target: RunFolder, version: String) throws {
    if target.path.exists {
      guard target.path.isFolder else {
        throw RunError("\(terminalText(target.path.string)) is a file; give a new folder")
      }
      guard try target.path.children().isEmpty else {
        throw RunError(
          "\(terminalText(target.path.string)) is not empty; merged runs need a new folder")
      }
    }
    let name =
      target.path.string.hasSuffix("/")
      ? String(target.path.string.dropLast()) : target.path.string
    let folder = RunFolder(Path(name + ".partial"))
    try folder.path.remove()
    do {
      try folder.journals.createFolder()
      try writeJournals(to: folder)
      try copyModels(to: folder)
      try copyCheckpoints(to: folder)
      try copySounds(to: folder)
      try folder.experiment.writeAtomically(experimentText)
      try plan.write(to: folder)
      try writeProvenance(to: folder, version: version)
      try folder.path.rename(to: target.path)
    } catch {
      try? folder.path.remove()
      throw error
    }
  }

  /// Of two good records the one in the last journal counts: the first part's stand last.
  private func writeJournals(to folder: RunFolder) throws {
    var number = 0
    for part in parts.reversed() where part.folder.journals.exists {
      for file in try part.folder.journals.children() where file.hasSuffix(".jsonl") {
        number += 1
        let name = String(file.dropLast(6))
        try part.journal.copy(
          name, to: folder.journals,
          as: Journal.name(number, role: String(name.drop { $0.isNumber || $0 == "-" })))
      }
    }
  }

  /// A cell's model is that of the part whose first piece counts.
  private func copyModels(to folder: RunFolder) throws {
    for (index, cell) in plan.cells.enumerated() {
      let name = plan.name(of: cell)
      let own = plan.pieces.indices.filter { plan.pieces[$0].cell == index }
      let likely = own.compactMap { origins[$0] }
      let sources = likely + parts.indices.filter { !likely.contains($0) }
      let source = sources.lazy.map { parts[$0].folder }.first { $0.model(of: name).isFolder }
      guard let source, !likely.isEmpty else { continue }
      try source.model(of: name).copy(to: folder.model(of: name))
      let key = source.modelKey(of: name)
      if key.exists { try key.copy(to: folder.modelKey(of: name)) }
    }
  }

  /// How far unfinished fits are.
  private func copyCheckpoints(to folder: RunFolder) throws {
    for (place, piece) in plan.pieces.enumerated() where origins[place] == nil {
      let source = parts.lazy.map { $0.folder.checkpoints(of: piece.key) }.first { $0.isFolder }
      try source?.copy(to: folder.checkpoints(of: piece.key))
    }
  }

  private func copySounds(to folder: RunFolder) throws {
    for source in [\RunFolder.samples, \RunFolder.unusedFiles] {
      let first = parts.lazy.map { $0.folder[keyPath: source] }.first { $0.exists }
      try first?.copy(to: folder[keyPath: source])
    }
  }

  private func writeProvenance(to folder: RunFolder, version: String) throws {
    var provenance = Provenance(reading: folder)
    provenance.addMerge(
      of: parts.enumerated().map { index, part in
        (part.folder.path, part.provenance, origins.count { $0 == index })
      }, version: version)
    try provenance.write(to: folder)
  }
}

extension Plan {
  /// The keys that this plan has for the pieces of another one; nil where it has none.
  fileprivate func keys(in other: Plan) -> [String?] {
    let own = Dictionary(pieces.map { ([$0.cell, $0.split, $0.seedIndex], $0.key) }) { first, _ in
      first
    }
    let cells = other.cells.map { index(of: $0, in: other) }
    return other.pieces.map { piece in
      cells[piece.cell].flatMap { own[[$0, piece.split, piece.seedIndex]] }
    }
  }

  /// Where this plan has a cell of another one; nil where it has none of its name.
  func index(of cell: Cell, in other: Plan) -> Int? {
    guard
      let own = protocols.firstIndex(where: { $0.name == other.protocols[cell.protocol].name }),
      let input = inputs.firstIndex(where: { $0.name == other.inputs[cell.input].name }),
      let transformation = transformations.firstIndex(where: {
        $0.name == other.transformations[cell.transformation].name
      }), let model = models.firstIndex(where: { $0.name == other.models[cell.model].name })
    else { return nil }
    return ((own * inputs.count + input) * transformations.count + transformation) * models.count
      + model
  }
}

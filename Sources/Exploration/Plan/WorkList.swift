import ContentHashing
import JSONText
import Learning

/// The pieces of work of a plan, each with the key of its result: a hash of everything that
/// determines it.
///
/// The coordinator and every worker make the same list from the same plan.
package struct WorkList {
  /// Fitting a chain of transformations to training rows, and applying it.
  package struct PreparationPiece {
    var key: String
    /// An input whose rows these are, and a protocol whose units they have.
    var sheet: Plan.Sheet
    var transformation: Int
    var variant: Int
    /// Where its rows are found: lists of them for every piece would be many times the plan.
    fileprivate var place: Place
    /// The name of its random stream.
    var stream: String
    var cost: Cost
  }

  /// Which rows of a cell a chain is fitted to.
  fileprivate enum Place {
    case fit(Int, split: Int, cell: Int)
    case final(split: Int, cell: Int)
    case all
  }

  /// Fitting a model's settings on one split, choosing among them and testing the winner.
  package struct CellPiece {
    package var key: String
    package var cell: Int
    var split: Int
    var seedIndex: Int
    /// For each variant of the transformation, the preparation of each selection fit.
    var selection: [[Int]]
    /// For each variant, the preparation the winner is fitted on.
    var final: [Int]
    /// All preparations it needs, each once.
    package var preparations: [Int]
    var stream: String
    var cost: Cost
    /// How many threads the fit of each setting that the plan lists works with.
    package var threads: [Int]
    /// The cores that it keeps busy.
    var cores: Int { threads.max() ?? 1 }
  }

  /// Fitting the setting that folds chose most often to all rows.
  package struct DeploymentPiece {
    var key: String
    package var cell: Int
    /// For each variant of the transformation.
    var preparations: [Int]
    var stream: String
    var cost: Cost
    /// How many threads the fit of each setting that the plan lists works with.
    var threads: [Int]
  }

  package private(set) var preparations: [PreparationPiece] = []
  package private(set) var cells: [CellPiece] = []
  package private(set) var deployments: [DeploymentPiece] = []
  /// The pieces of each cell of the plan, on whose results its figures are.
  package private(set) var piecesOfCell: [Range<Int>] = []
  /// The pieces of each cell that learn from subsets of its training rows, for the learning curve.
  package private(set) var subsetPiecesOfCell: [Range<Int>] = []
  private var indexOfKey: [String: Int] = [:]

  /// Counts changes of the harness that change results.
  private static let revision = 1

  private let plan: Plan
  private let registry: Registry
  private let estimates: Estimates
  /// For each sheet, which rows belong together where fits are told.
  private var unitsHashes: [Plan.Sheet: ContentHash] = [:]

  package init(_ plan: Plan, registry: Registry) {
    self.plan = plan
    self.registry = registry
    estimates = Estimates(plan: plan, registry: registry)
    for sheet in plan.sheets {
      var hasher = ContentHasher()
      hasher.add(plan.learningUnits(of: sheet) ?? [])
      unitsHashes[sheet] = hasher.hash
    }
    let splitRows = Self.splitRows(plan, unitsHashes)
    for (index, cell) in plan.cells.enumerated() {
      let first = cells.count
      let rows = splitRows[cell.sheet] ?? []
      let splits = plan.division(of: cell).splits.indices
      if cell.skipReason == nil {
        for seedIndex in 0..<plan.seeds(of: cell) {
          for split in splits {
            addCell(index, split: split, seedIndex: seedIndex, rows: rows[split])
          }
        }
      }
      piecesOfCell.append(first..<cells.count)
      if cell.skipReason == nil {
        // The draws are repetition enough; seeds are not crossed with them.
        for subset in splits.endIndex..<rows.count {
          addCell(index, split: subset, seedIndex: 0, rows: rows[subset])
        }
      }
      subsetPiecesOfCell.append(piecesOfCell[index].upperBound..<cells.count)
      if cell.skipReason == nil, plan.isFolds(cell) { addDeployment(index) }
    }
  }

  /// The rows that a chain is fitted to, and those that are only transformed, which follow them in the
  /// prepared matrix.
  func rows(of piece: PreparationPiece) -> (training: [Int], others: [Int]) {
    switch piece.place {
    case .all: return (Array(plan.inputs[piece.sheet.input].data.labels.indices), [])
    case .final(let split, let cell):
      let split = plan.split(split, of: plan.cells[cell])
      return (split.finalTraining, split.test)
    case .fit(let fit, let split, let cell):
      let split = plan.split(split, of: plan.cells[cell])
      let part = split.selection[fit]
      return (part.training, part.validation + (split.final == nil ? split.test : []))
    }
  }

  func key(of order: WorkOrder) -> String {
    switch order {
    case .preparation(let index): preparations[index].key
    case .cell(let index): cells[index].key
    case .deployment(let index, _): deployments[index].key
    }
  }

  package func cost(of order: WorkOrder) -> Cost {
    switch order {
    case .preparation(let index): preparations[index].cost
    case .cell(let index): cells[index].cost
    case .deployment(let index, _): deployments[index].cost
    }
  }

  /// The cores that a piece keeps busy.
  package func cores(of order: WorkOrder) -> Int {
    switch order {
    case .preparation: 1
    case .cell(let index): cells[index].cores
    case .deployment(let index, let setting): threads(of: setting, deployments[index])
    }
  }

  /// The threads that the fit of a setting to all rows works with; what was proposed is given as many as
  /// the settings that are listed.
  func threads(of setting: TrialSetting, _ piece: DeploymentPiece) -> Int {
    let number = plan.settings(of: plan.cells[piece.cell]).firstIndex(of: setting)
    return number.map { piece.threads[$0] } ?? piece.threads.max() ?? 1
  }

  /// The input whose rows a piece needs, and the protocol that divides them.
  func sheet(of order: WorkOrder) -> Plan.Sheet {
    switch order {
    case .preparation(let index): preparations[index].sheet
    case .cell(let index): plan.cells[cells[index].cell].sheet
    case .deployment(let index, _): plan.cells[deployments[index].cell].sheet
    }
  }

  /// What a piece's speed depends on: its model, or its transformation.
  func kind(of order: WorkOrder) -> MeasuredSpeeds.Kind {
    switch order {
    case .preparation(let index): .transformation(preparations[index].transformation)
    case .cell(let index): .model(plan.cells[cells[index].cell].model)
    case .deployment(let index, _): .model(plan.cells[deployments[index].cell].model)
    }
  }

  /// A list of rows as keys take it.
  private struct RowList {
    var count: Int
    var hash: ContentHash

    init(_ rows: [Int]) {
      count = rows.count
      hash = rows.withUnsafeBytes { ContentHash(of: $0) }
    }
  }

  /// What a split says of rows.
  private struct SplitRows {
    var hash: ContentHash
    /// How many earlier protocols have the very same split: each has records and models of its own.
    var twin: Int
    /// As in `0.4`, the repeat and the fold.
    var place: String
    /// The subset's share and draw, as in `, share 0.25, draw 2`.
    var subset: String
    var fits: [Fit]
    var final: RowList?
    var test: RowList

    struct Fit {
      var training, validation: RowList
      /// Where the winner is not fitted again; nil where it always is.
      var validationAndTest: RowList?
    }

    /// Whether the winner of a cell is fitted again.
    func refits(_ cell: Plan.Cell, _ plan: Plan) -> Bool {
      final != nil && !(plan.refit && cell.watchesValidation == true && fits.count == 1)
    }
  }

  /// The splits of each sheet, and after them those that learn from subsets.
  private static func splitRows(
    _ plan: Plan, _ unitsHashes: [Plan.Sheet: ContentHash]
  ) -> [Plan.Sheet: [SplitRows]] {
    var seen: [ContentHash: Int] = [:]
    var rows: [Plan.Sheet: [SplitRows]] = [:]
    for sheet in plan.sheets {
      let division = plan.division(sheet)
      rows[sheet] = (0..<division.splitCount).map { index in
        let split = division.split(index)
        let place = "\(split.repetition).\(split.fold)"
        let subset = division.subset(index).map { ", share \($0.share), draw \($0.draw)" } ?? ""
        var own = SplitRows(
          hash: split.rowsHash, twin: 0, place: place, subset: subset,
          fits: split.selection.map { fit in
            SplitRows.Fit(
              training: RowList(fit.training), validation: RowList(fit.validation),
              validationAndTest: split.final == nil || split.selection.count == 1
                ? RowList(fit.validation + split.test) : nil)
          }, final: split.final.map { RowList($0) }, test: RowList(split.test))
        var hasher = ContentHasher()
        hasher.add(sheet.input)
        if let units = unitsHashes[sheet] { hasher.add(units) }
        hasher.add(own.hash)
        hasher.add("\(place).0\(subset)")
        own.twin = seen[hasher.hash] ?? 0
        seen[hasher.hash] = own.twin + 1
        return own
      }
    }
    return rows
  }

  private mutating func addCell(_ index: Int, split: Int, seedIndex: Int, rows: SplitRows) {
    let cell = plan.cells[index]
    let place = "\(rows.place).\(seedIndex)\(rows.subset)"
    let variants = plan.transformations[cell.transformation].variants.indices
    let refitted = rows.refits(cell, plan) ? rows.final : nil
    var selection: [[Int]] = []
    var final: [Int] = []
    for variant in variants {
      let fits = rows.fits.enumerated().map { fit, part in
        preparation(
          cell, variant, training: part.training,
          others: (refitted == nil ? part.validationAndTest : nil) ?? part.validation,
          .fit(fit, split: split, cell: index), name: "\(place).\(fit)")
      }
      selection.append(fits)
      if let refitted {
        final.append(
          preparation(
            cell, variant, training: refitted, others: rows.test,
            .final(split: split, cell: index), name: "\(place).final"))
      } else if let only = fits.first {
        final.append(only)
      }
    }
    let needed = selection.flatMap { $0 } + final
    var hasher = cellHasher(cell, kind: "cell")
    for preparation in needed { hasher.add(preparations[preparation].key) }
    hasher.add(rows.hash)
    let stream = "\(plan.streamName(of: cell))/\(place)"
    hasher.add(stream)
    let (cost, threads) = estimate(
      cell, trainingRows: (refitted ?? rows.fits.first?.training)?.count ?? 0,
      selectionFits: rows.fits.count, hasFinalFit: refitted != nil)
    add(threads, to: &hasher)
    if rows.twin > 0 {
      hasher.add("twin")
      hasher.add(rows.twin)
    }
    cells.append(
      CellPiece(
        key: hasher.hash.description, cell: index, split: split, seedIndex: seedIndex,
        selection: selection, final: final, preparations: Set(needed).sorted(), stream: stream,
        cost: cost, threads: threads))
  }

  private mutating func addDeployment(_ index: Int) {
    let cell = plan.cells[index]
    let rows = RowList(Array(plan.inputs[cell.input].data.labels.indices))
    let variants = plan.transformations[cell.transformation].variants.indices
    let own = variants.map { variant in
      preparation(cell, variant, training: rows, others: RowList([]), .all, name: "all")
    }
    var hasher = cellHasher(cell, kind: "deployment")
    for piece in cells[piecesOfCell[index]] { hasher.add(piece.key) }
    for key in own.map({ preparations[$0].key }) { hasher.add(key) }
    let stream = "\(plan.streamName(of: cell))/all"
    hasher.add(stream)
    let (cost, threads) = estimate(
      cell, trainingRows: rows.count, selectionFits: 0, hasFinalFit: true)
    add(threads, to: &hasher)
    deployments.append(
      DeploymentPiece(
        key: hasher.hash.description, cell: index, preparations: own, stream: stream,
        cost: cost, threads: threads))
  }

  /// Other numbers of threads may give other bits; what one thread fits keeps its key.
  private func add(_ threads: [Int], to hasher: inout ContentHasher) {
    guard threads.contains(where: { $0 > 1 }) else { return }
    hasher.add("threads")
    hasher.add(threads)
  }

  /// What all pieces of a cell depend on.
  private func cellHasher(_ cell: Plan.Cell, kind: String) -> ContentHasher {
    let choice = plan.models[cell.model]
    var hasher = ContentHasher()
    hasher.add("\(kind) \(Self.revision)")
    hasher.add(plan.seed)
    hasher.add(plan.measure.rawValue)
    hasher.add(plan.balance.rawValue)
    if let units = unitsHashes[cell.sheet] { hasher.add(units) }
    hasher.add(choice.model)
    let type = registry.model(named: choice.model)
    hasher.add(type?.revision ?? 0)
    for label in plan.classes { hasher.add(label) }
    for variant in choice.variants { hasher.add(fullSettings(type, variant.settings)) }
    for variant in plan.transformations[cell.transformation].variants { hasher.add(variant.text) }
    addTuner(of: cell, to: &hasher)
    return hasher
  }

  /// A cell that tries all of its settings is the same whatever chose them.
  private func addTuner(of cell: Plan.Cell, to hasher: inout ContentHasher) {
    guard let stage = plan.tuner, let tuner = try? plan.makeTuner(),
      plan.settings(of: cell).count > 1
    else { return }
    let triesAll = plan.listsTrials(of: cell) && tuner.seconds == nil
    if triesAll, cell.settings == nil { return }
    hasher.add("settings")
    for setting in cell.settings ?? [] { hasher.add(setting) }
    if triesAll { return }
    hasher.add("tuner \(stage.name) \(type(of: tuner).revision)")
    hasher.add(stage.settings.compactText)
    let spaces = plan.models[cell.model].spaces.flatMap { try? JSONNode(encoding: $0) }
    hasher.add(spaces?.compactText ?? "")
  }

  private mutating func preparation(
    _ cell: Plan.Cell, _ variant: Int, training: RowList, others: RowList, _ place: Place,
    name: String
  ) -> Int {
    let transformation = cell.transformation
    let choice = plan.transformations[transformation]
    let data = plan.inputs[cell.input].data
    var hasher = ContentHasher()
    hasher.add("preparation \(Self.revision)")
    hasher.add(data.key)
    hasher.add(data.missing)
    if let units = unitsHashes[cell.sheet] { hasher.add(units) }
    for rows in [training, others] {
      hasher.add(rows.count)
      hasher.add(rows.hash)
    }
    for stage in [plan.scaling] + choice.variants[variant].stages {
      hasher.add(stage.name)
      let type = registry.transformation(named: stage.name)
      hasher.add(type?.revision ?? 0)
      hasher.add(fullSettings(type, stage.settings))
    }
    let stages = estimates.stages(transformation, variant)
    let stream = "\(choice.name).\(variant)/\(name)"
    if stages.contains(where: { $0.usesChance }) {
      hasher.add(plan.seed)
      hasher.add(stream)
    }
    let key = hasher.hash.description
    if let known = indexOfKey[key] { return known }
    let shape = DataShape(
      rows: training.count, layout: data.layout, classes: data.classes.count)
    preparations.append(
      PreparationPiece(
        key: key, sheet: cell.sheet, transformation: transformation, variant: variant,
        place: place, stream: stream,
        cost: estimates.preparation(
          transformation, variant, shape: shape, allRows: training.count + others.count
        ).cost))
    indexOfKey[key] = preparations.count - 1
    return preparations.count - 1
  }

  /// All settings, the defaults put in: adding a setting with a default changes the key.
  private func fullSettings(_ type: (any Component.Type)?, _ settings: JSONNode) -> String {
    func full<Kind: Component>(_ type: Kind.Type) -> String? {
      guard let component = try? Kind(settings: settings) else { return nil }
      return try? component.settingValues.compactText
    }
    return type.flatMap { full($0) } ?? settings.compactText
  }

  /// What a piece will take, and how many threads the fit of each of its settings works with.
  private func estimate(
    _ cell: Plan.Cell, trainingRows: Int, selectionFits: Int, hasFinalFit: Bool
  ) -> (cost: Cost, threads: [Int]) {
    let data = plan.inputs[cell.input].data
    let shape = DataShape(
      rows: trainingRows, layout: data.layout, classes: data.classes.count)
    let settings = plan.settings(of: cell)
    var total = Cost(operations: 0, bytes: 0)
    var threads = [Int](repeating: 1, count: settings.count)
    // One of the settings is fitted at the end.
    let fits =
      Double(selectionFits) * plan.procedure(of: cell).fits(settings: settings.count).budget
      / Double(settings.count) + (hasFinalFit ? 1 / Double(settings.count) : 0)
    for variant in plan.transformations[cell.transformation].variants.indices {
      let own = settings.indices.filter { settings[$0].transformation == variant }
      let models = own.compactMap { settings[$0].model }
      if own.isEmpty { continue }
      let prepared = estimates.preparation(
        cell.transformation, variant, shape: shape, allRows: trainingRows
      ).shape
      let cost = estimates.fitting(cell.model, models, shape: prepared)
      total.operations += cost.operations * fits
      total.bytes = max(total.bytes, cost.bytes)
      for (number, count) in zip(own, estimates.threads(cell.model, models, shape: prepared)) {
        threads[number] = count
      }
    }
    return (total, threads)
  }
}

extension Split {
  /// A name for all that the split says of rows.
  fileprivate var rowsHash: ContentHash {
    var hasher = ContentHasher()
    for fit in selection {
      hasher.add(fit.training)
      hasher.add(fit.validation)
    }
    hasher.add(finalTraining)
    hasher.add(test)
    return hasher.hash
  }
}

import AudioData
import DataTables
import FileSets
import FileSystem
import JSONText
import Learning
import Matrices
import TextFormatting
import Threads

extension Experiment.DataSource {
  /// Loads and checks the data.
  ///
  /// - Parameters:
  ///   - seed: the experiment's, which built-in music is made from.
  ///   - cache: where features of sounds and pictures are kept; nil to compute all of them and to hold
  ///     them in memory.
  ///   - jobs: threads at a time.
  ///   - isCancelled: asked now and then while sounds are read; yes ends that.
  ///   - onProgress: told now and then how many sounds are through.
  /// - Returns: the labelled rows.
  /// - Throws: `TableError`, `CatalogueError`, `MapCancelled`, or `SystemError` when a file cannot be
  ///   read.
  package func load(
    seed: Int, cache: Cache? = nil, jobs: Int = 1, isCancelled: () -> Bool = { false },
    onProgress: (MapProgress) -> Void = { _ in }
  ) throws -> Dataset {
    switch self {
    case .table(let request): return try Dataset(request)
    case .builtIn(let name, let columns):
      guard let table = BuiltInTable.all.first(where: { $0.name == name }) else {
        throw PlanError("there is no built-in table “\(name)”")
      }
      return try table.dataset(columns: columns)
    case .sound(let request):
      let dataset = try request.dataset(
        seed: seed, cache: cache?.sounds, scratch: scratch(cache), jobs: jobs,
        isCancelled: isCancelled, onProgress: onProgress)
      return try kept(dataset, in: cache)
    case .pictures(let request):
      let dataset = try request.dataset(
        scratch: scratch(cache), jobs: jobs, isCancelled: isCancelled, onProgress: onProgress)
      return try kept(dataset, in: cache)
    }
  }

  private func scratch(_ cache: Cache?) -> MatrixScratch { cache?.scratch ?? MatrixScratch(nil) }

  /// Pictures go from the file without a name to the one that the workers map.
  private func kept(_ dataset: Dataset, in cache: Cache?) throws -> Dataset {
    guard dataset.picture != nil, let cache else { return dataset }
    let key = dataset.hash.description
    try cache.store(table: dataset.features, key: key)
    var dataset = dataset
    dataset.features = cache.table(key) ?? dataset.features
    return dataset
  }

  fileprivate var missingRule: TableRequest.Missing {
    switch self {
    case .table(let request): request.missing
    case .builtIn, .sound, .pictures: .stop
    }
  }
}

extension Plan {
  /// Fixes the split and lists the cells.
  ///
  /// - Parameters:
  ///   - experiment: what is asked.
  ///   - datasets: the data of its inputs, loaded.
  ///   - registry: the models and transformations.
  ///   - only: patterns of the cells to compute; empty for all.
  /// - Throws: ``PlanError`` when the data cannot be split as asked or a pattern matches nothing,
  ///   ``ExperimentError`` for a bad split file.
  package init(
    _ experiment: Experiment, datasets: [Dataset], registry: Registry, only: [NamePattern] = []
  ) throws {
    let cells = experiment.protocols.indices.flatMap { index in
      experiment.inputs.indices.flatMap { input in
        experiment.transformations.indices.flatMap { transformation in
          experiment.models.indices.map { model in
            Cell(
              protocol: index, input: input, transformation: transformation, model: model,
              skipReason: nil,
              usesChance: experiment.usesChance(transformation, model, registry),
              watchesValidation: registry.model(named: experiment.models[model].model)
                .flatMap { $0.watchesValidation ? true : nil })
          }
        }
      }
    }
    let tunes =
      experiment.models.contains { $0.variants.count > 1 }
      || experiment.transformations.contains { $0.variants.count > 1 }
    let stops = cells.contains { $0.watchesValidation == true }
    let protocols = try experiment.protocols.map { own in
      do {
        return try SplitProtocol(own, experiment, datasets, tunes: tunes, stops: stops)
      } catch let error as PlanError where !own.name.isEmpty {
        throw PlanError("the protocol “\(own.name)”: \(error.description)")
      }
    }
    let classCount = datasets[0].classes.count
    if experiment.measure == .top3Accuracy, classCount <= 3 {
      throw PlanError("top3_accuracy cannot select settings with \(classCount) classes")
    }
    self.init(
      name: experiment.name, seed: experiment.seed, seeds: experiment.seeds,
      measure: experiment.measure, balance: experiment.balance, refit: experiment.refit,
      compare: experiment.compare.map(\.text), learningCurve: experiment.learningCurve,
      limits: experiment.limits, scaling: experiment.scaling,
      tuner: experiment.tuner.name == GridSearch.name ? nil : experiment.tuner,
      transformations: experiment.transformations, models: experiment.models,
      inputs: zip(experiment.inputs, datasets).map { Input($0, $1) }, protocols: protocols,
      cells: cells)
    limits.threads = limits.threads ?? Machine.cores
    let tuner = try makeTuner()
    for index in self.cells.indices {
      let cell = self.cells[index]
      self.cells[index].settings = drawnSettings(cell.transformation, cell.model, tuner)
    }
    decideSkips(experiment, registry)
    // Cells that are left out this time are among them: earlier runs may have finished some.
    pieces = WorkList(self, registry: registry).cells.map {
      Piece(cell: $0.cell, split: $0.split, seedIndex: $0.seedIndex, key: $0.key)
    }
    try leaveOut(allBut: only)
    guard self.cells.contains(where: { $0.skipReason == nil }) else {
      let first = self.cells.first.flatMap { cell in
        cell.skipReason.map { "; \(name(of: cell)): \($0)" }
      }
      throw PlanError("no cell is left to compute\(first ?? "")")
    }
  }

  private mutating func decideSkips(_ experiment: Experiment, _ registry: Registry) {
    let names = cells.map { cellName($0) }
    var shapes: [Sheet: DataShape] = [:]
    for sheet in sheets {
      let data = inputs[sheet.input].data
      shapes[sheet] = DataShape(
        rows: division(sheet).splits.map(\.finalTraining.count).max() ?? 0,
        layout: data.layout, classes: data.classes.count)
    }
    let estimates = Estimates(plan: self, registry: registry)
    for (index, name) in names.enumerated() {
      guard let shape = shapes[cells[index].sheet] else { continue }
      if experiment.skip.contains(where: { name.matches($0) }) {
        cells[index].skipReason = "left out by “skip”"
      } else if case .no(let reason) = estimates.acceptance(of: cells[index], shape: shape) {
        cells[index].skipReason = reason
      }
    }
  }

  private mutating func leaveOut(allBut only: [NamePattern]) throws {
    let names = cells.map { cellName($0) }
    for pattern in only where !names.contains(where: { $0.matches(pattern) }) {
      throw PlanError(
        "--only: the pattern “\(pattern.text)” matches no cell; "
          + suggestion(for: pattern.text, among: names.map(\.text)))
    }
    guard !only.isEmpty else { return }
    for (index, name) in names.enumerated()
    where cells[index].skipReason == nil && !only.contains(where: { name.matches($0) }) {
      cells[index].skipReason = "left out by --only"
    }
  }
}

extension Plan.Input {
  fileprivate init(_ input: Experiment.Input, _ dataset: Dataset) {
    self.init(
      name: input.name,
      data: Plan.Data(
        source: dataset.source, key: dataset.hash.description, columns: dataset.columns,
        picture: dataset.picture, classes: dataset.classes,
        offsets: dataset.offsets.isEmpty ? nil : dataset.offsets,
        missing: input.data.missingRule.rawValue,
        labels: dataset.labels, fileRows: dataset.fileRows, groupings: dataset.groupings,
        findings: dataset.findings))
  }
}

extension Plan.SplitProtocol {
  /// Divides the rows of all inputs.
  fileprivate init(
    _ own: Experiment.SplitProtocol, _ experiment: Experiment, _ datasets: [Dataset], tunes: Bool,
    stops: Bool
  ) throws {
    let request = own.split
    let shared = try SharedRows(
      datasets, inputs: experiment.inputs.map(\.name), request: request)
    var planner = SplitPlanner(
      dataset: shared.dataset, request: request,
      needsValidation: tunes || stops && request.offersValidation, mustValidate: tunes,
      seed: experiment.seed, rowName: shared.rowName)
    let splits = try planner.splits()
    let subsets = try planner.subsets(
      of: splits, shares: experiment.learningCurve, refits: experiment.refit)
    let grouping = SplitPlanner.grouping(of: shared.dataset, request)
    self.init(
      name: own.name,
      words: request.words(groupName: grouping?.name, validates: planner.needsValidation)
        + (shared.rowName == "row" ? "" : ", each \(shared.rowName) counted once"),
      isUngrouped: request.isUngrouped, isLeaveOneGroupOut: request.kind.isLeaveOneGroupOut,
      findings: planner.findings,
      divisions: try datasets.indices.map { index in
        let (own, findings) = try shared.splits(splits, of: index)
        var division = Plan.Division(
          datasets[index], request, own, findings: findings, refits: experiment.refit)
        division.add(
          subsets.map { subset in
            var subset = subset
            subset.rows = shared.rows(subset.rows, of: index)
            return subset
          }, datasets[index])
        return division
      })
  }
}

extension Plan.Division {
  fileprivate init(
    _ dataset: Dataset, _ request: SplitRequest, _ splits: [Split], findings: [DataFinding],
    refits: Bool
  ) {
    let grouping = SplitPlanner.grouping(of: dataset, request)
    let units = SplitPlanner.units(of: dataset, request)
    self.init(
      splits: splits, subsets: [],
      grouping: grouping.flatMap { own in
        dataset.groupings.firstIndex { $0.name == own.name }
      }, units: units ?? grouping?.groups,
      audit: LeakageAudit(dataset: dataset, request: request, splits: splits),
      findings: findings
        + LeakageAudit.selectionFindings(dataset, request, splits, units: units))
    guard refits else { return }
    for index in self.splits.indices where splits[index].selection.count == 1 {
      let fit = splits[index].selection[0]
      self.splits[index].final = (fit.training + fit.validation).sorted()
    }
  }

  /// Takes the subsets of all sizes that have rows of every class to learn from.
  fileprivate mutating func add(_ all: [Plan.Subset], _ dataset: Dataset) {
    var lacking: [Double: String] = [:]
    for subset in all where lacking[subset.share] == nil {
      let whole = splits[subset.split]
      let part = whole.learning(from: subset.rows)
      let left = Set(part.finalTraining.map { dataset.labels[$0] })
      // Inner folds may lack a class, as a model may then; they only choose settings.
      if let lost = Set(whole.finalTraining.map { dataset.labels[$0] }).subtracting(left).min() {
        lacking[subset.share] = "class “\(dataset.classes[lost])” has no training rows"
      } else if part.selection.contains(where: { $0.training.isEmpty }) {
        lacking[subset.share] = "an inner fold has no training rows"
      }
    }
    subsets = all.filter { lacking[$0.share] == nil }
    findings += lacking.sorted { $0.key < $1.key }.map { share, reason in
      DataFinding(
        .note, "the learning curve has no size of \(percentage(share)): \(reason)")
    }
  }
}

extension Experiment {
  /// Where no split was asked for, official folds of the data are the split.
  package mutating func settleSplit(for dataset: Dataset) {
    guard let column = dataset.officialFolds else { return }
    protocols[0].split.kind = .officialFolds(column: column)
  }

  fileprivate func usesChance(_ transformation: Int, _ model: Int, _ registry: Registry) -> Bool {
    func uses<Kind: Component>(_ type: Kind.Type, _ settings: JSONNode) -> Bool {
      (try? Kind(settings: settings).usesChance) ?? false
    }
    let choice = models[model]
    return
      ([scaling] + transformations[transformation].variants.flatMap(\.stages)).contains { stage in
        registry.transformation(named: stage.name).map { uses($0, stage.settings) } ?? false
      }
      || choice.variants.contains { variant in
        registry.model(named: choice.model).map { uses($0, variant.settings) } ?? false
      }
  }
}

extension SplitRequest {
  /// Whether there would be validation rows; tuning cannot do without, stopping early can.
  fileprivate var offersValidation: Bool {
    switch kind {
    case .holdout(let share, _), .folds(_, _, .validation(let share)),
      .leaveOneGroupOut(.validation(let share)), .parts(_, let share), .file(_, let share):
      share > 0
    case .folds, .leaveOneGroupOut, .officialFolds: true
    }
  }

  /// The split in words, for plans and reports; nothing is said of validation rows that nobody needs.
  fileprivate func words(groupName: String?, validates: Bool) -> String {
    var parts: [String]
    switch kind {
    case .holdout(let validation, let test):
      parts = [
        "holdout, "
          + (validates ? "\(percentage(validation)) validation, " : "")
          + "\(percentage(test)) test"
      ]
    case .folds(let count, let repeats, let selection):
      parts = [
        counted(count, "fold") + (repeats > 1 ? " × \(repeats) repeats" : "")
      ]
      if validates { parts.append(selection.words) }
    case .leaveOneGroupOut(let selection):
      parts = ["each \(groupName ?? "group") left out once"]
      if validates { parts.append(selection.words) }
    case .officialFolds(let column): parts = ["official folds by column “\(column)”"]
    case .parts(let column, _): parts = ["parts by column “\(column)”"]
    case .file(let path, _): parts = ["rows listed in \(path.name)"]
    }
    switch kind {
    case .holdout, .folds: parts.append(isStratified ? "stratified by class" : "not stratified")
    case .leaveOneGroupOut where !isStratified: parts.append("not stratified")
    default: break
    }
    if isUngrouped {
      parts.append("ungrouped: rows of a group may stand on both sides")
    } else if let groupName {
      switch kind {
      case .holdout, .folds: parts.append("rows of one \(groupName) kept together")
      case .leaveOneGroupOut: break
      default: parts.append("units: \(groupName)")
      }
    }
    return parts.joined(separator: ", ")
  }
}

extension SplitRequest.FoldSelection {
  fileprivate var words: String {
    switch self {
    case .validation(let share): "\(percentage(share)) validation in each"
    case .inner(let folds): "settings chosen by \(folds) inner folds"
    }
  }
}

import DataTables
import FileSystem
import Glibc
import JSONText
import Learning
import TextFormatting

extension Experiment {
  /// Reads an experiment file.
  ///
  /// - Parameters:
  ///   - path: the file; relative paths in it are relative to its folder.
  ///   - registry: the models and transformations it may name.
  ///   - isDataNeeded: whether paths will be opened: otherwise their variables need not be set.
  /// - Throws: ``ExperimentError``, or `SystemError` when the file cannot be read.
  package init(
    readingFrom path: Path, registry: Registry, isDataNeeded: Bool = true
  ) throws {
    let text = try path.readExperimentText()
    try self.init(text: text, file: path, registry: registry, isDataNeeded: isDataNeeded)
  }

  /// Reads an experiment file's text.
  package init(
    text: String, file: Path, registry: Registry, isDataNeeded: Bool = true
  ) throws(ExperimentError) {
    let node: JSONNode
    do throws(JSONSyntaxError) {
      node = try JSONNode(parsing: text)
    } catch {
      throw ExperimentError(
        file: file.string, position: error.position, path: "", .syntax(error.message))
    }
    let reader = ExperimentReader(file: file, registry: registry, isDataNeeded: isDataNeeded)
    self = try reader.experiment(
      ExperimentNode(node: node, path: "", file: file.string), text: text)
  }
}

extension Path {
  /// The text of a file that a person wrote.
  ///
  /// - Throws: ``ExperimentError`` where it is not UTF-8, `SystemError` when it cannot be read.
  func readExperimentText() throws -> String {
    let bytes = try readBytes()
    if let foreign = bytes.withUnsafeBytes({ ForeignText($0) }) {
      throw ExperimentError(
        file: "\(string), line \(foreign.line)", position: nil, path: "",
        .syntax(foreign.words(for: self)))
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// Turns the nodes of an experiment file into an experiment.
struct ExperimentReader {
  let file: Path
  let registry: Registry
  /// Whether paths will be opened: otherwise their variables need not be set.
  let isDataNeeded: Bool

  static let keys = [
    "$schema", "name", "seed", "data", "inputs", "scaling", "split", "protocols", "transformations",
    "models",
    "skip",
    "compare", "learning_curve",
    "tuner", "measure", "balance", "refit", "seeds", "limits",
  ]

  func experiment(_ root: ExperimentNode, text: String) throws(ExperimentError) -> Experiment {
    let members = try root.members(Self.keys, expected: "an experiment: an object")
    func required(_ key: String) throws(ExperimentError) -> ExperimentNode {
      guard let node = members[key] else { throw root.error(.missingKey(key)) }
      return node
    }
    let protocols = try self.protocols(members["protocols"], split: members["split"])
    var inputs = try self.inputs(
      members["inputs"], of: try required("data"), splits: protocols.map(\.request.split))
    if members["split"] == nil, members["protocols"] == nil {
      for index in inputs.indices { inputs[index].data.takeOfficialFolds() }
    }
    for own in protocols {
      if let node = own.node {
        try checkGroup(own.request.split, among: inputs[0].data.groupNames ?? [], at: node)
      }
    }
    let seed = try members["seed"]?.integer(Experiment.seedBounds) ?? 42
    let tuning = SettingReader(
      tuner: try members["tuner"].map(tuner) ?? GridSearch(), seed: seed, registry: registry)
    _ = try members["$schema"]?.string("the schema’s address")
    let models = try tuning.models(try required("models"))
    let transformations =
      try members["transformations"].map(tuning.transformations)
      ?? [.init(name: "none", variants: [.init(stages: [.init(name: "none")], text: "")])]
    let limits = try members["limits"].map(self.limits) ?? .init()
    if let node = members["tuner"], let seconds = tuning.tuner.seconds, seconds >= limits.seconds {
      throw node.error(
        .notTogether(
          "the tuner goes on for \(shortest(seconds)) s, but limits.cell_seconds stops a piece of work "
            + "after \(shortest(limits.seconds)) s; give one less or the other more"))
    }
    let cells = protocols.flatMap { own in
      inputs.flatMap { input in
        transformations.flatMap { transformation in
          models.map {
            CellName(
              protocol: own.request.name, input: input.name, transformation.name, $0.name)
          }
        }
      }
    }
    return Experiment(
      text: text, name: try name(required("name")),
      seed: seed, inputs: inputs,
      scaling: try members["scaling"].map(scaling) ?? .init(name: "none"),
      protocols: protocols.map(\.request),
      transformations: transformations, models: models,
      skip: try members["skip"].map { node throws(ExperimentError) in
        try patterns(node, of: cells)
      } ?? [],
      compare: try members["compare"].map { node throws(ExperimentError) in
        try patterns(node, of: cells)
      } ?? [],
      learningCurve: try members["learning_curve"].map(learningCurve) ?? [],
      tuner: tuning.tuner.stage,
      measure: try measure(members["measure"], models),
      balance: try members["balance"]?.choice(Experiment.Balance.self) ?? .none,
      refit: try members["refit"]?.boolean() ?? false,
      seeds: try members["seeds"]?.integer(Experiment.seedsBounds) ?? 1,
      limits: limits)
  }

  private func name(_ node: ExperimentNode) throws(ExperimentError) -> String {
    let name = try node.string("a name")
    guard !name.allSatisfy(\.isWhitespace) else {
      throw node.unexpected("a name that is not empty")
    }
    return name
  }

  private func patterns(
    _ node: ExperimentNode, of cells: [CellName]
  ) throws(ExperimentError) -> [NamePattern] {
    var patterns: [NamePattern] = []
    for element in try node.elements("pattern of cells, as in “polynomial+*”") {
      let pattern = NamePattern(try element.string("a pattern of cells, as in “polynomial+*”"))
      guard cells.contains(where: { $0.matches(pattern) }) else {
        throw element.error(.unknownName(pattern.text, kind: "cell", known: cells.map(\.text)))
      }
      patterns.append(pattern)
    }
    return patterns
  }

  private func checkGroup(
    _ split: SplitRequest, among known: [String], at node: ExperimentNode
  ) throws(ExperimentError) {
    if let group = split.group, !known.contains(group) {
      throw node.error(.unknownName(group, kind: "group", known: known))
    }
    if split.kind.isLeaveOneGroupOut, known.isEmpty {
      throw node.error(
        .notTogether("there is no group to leave out; name one in “groups” of the data"))
    }
  }

  /// The shares, ascending.
  private func learningCurve(_ node: ExperimentNode) throws(ExperimentError) -> [Double] {
    var shares: [Double] = []
    for element in try node.elements("share of the training rows") {
      let share = try element.number(Experiment.curveShareBounds)
      guard !shares.contains(share) else {
        throw element.error(.notTogether("the share \(shortest(share)) is given twice"))
      }
      shares.append(share)
    }
    return shares.sorted()
  }

  private func measure(
    _ node: ExperimentNode?, _ models: [Experiment.ModelChoice]
  ) throws(ExperimentError) -> Measure {
    guard let node else { return .accuracy }
    let measure = try node.choice(Measure.self)
    if measure == .logLoss {
      let without = models.filter { registry.model(named: $0.model)?.givesProbabilities == false }
      guard without.isEmpty else {
        throw node.error(
          .notTogether(
            "log_loss cannot select settings of \(without.map(\.name).joined(separator: ", ")): "
              + "their probabilities are uncalibrated while they are tuned"))
      }
    }
    return measure
  }

  private func limits(_ node: ExperimentNode) throws(ExperimentError) -> Experiment.Limits {
    let members = try node.members(["cell_seconds", "cell_memory_mb", "cell_threads"])
    var limits = Experiment.Limits()
    if let seconds = members["cell_seconds"] {
      limits.seconds = try seconds.number(Experiment.secondsBounds)
    }
    if let memory = members["cell_memory_mb"] {
      limits.megabytes = try memory.number(Experiment.megabytesBounds)
    }
    limits.threads = try members["cell_threads"]?.integer(Experiment.threadsBounds)
    return limits
  }

  private func scaling(_ node: ExperimentNode) throws(ExperimentError) -> Experiment.Stage {
    let request = try node.component("scaling", known: registry.scalings.map { $0.name }) { name in
      registry.scalings.first { $0.name == name }
    }
    guard let settings = request.onlySettings else {
      throw node.error(.notTogether("a scaling cannot be tuned; name one"))
    }
    try request.check(settings)
    return .init(name: request.name, settings: settings)
  }

  private func tuner(_ node: ExperimentNode) throws(ExperimentError) -> any Tuner {
    let request = try node.component("tuner", known: Tuners.all.map { $0.name }) { name in
      Tuners.all.first { $0.name == name }
    }
    guard let settings = request.onlySettings, request.alias == nil else {
      throw node.error(.notTogether("a tuner is not tuned itself, and has one name"))
    }
    try request.check(settings)
    do {
      return try Tuners.make(.init(name: request.name, settings: settings))
    } catch {
      throw node.error(.notTogether("\(error)"))
    }
  }
}

extension ComponentRequest {
  /// The settings, each of which has one value; nil where one has several.
  fileprivate var onlySettings: JSONNode? {
    guard settings.allSatisfy({ $0.list.count == 1 }) else { return nil }
    return JSONNode(.object(settings.map { .init($0.name, $0.list[0]) }))
  }
}

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
    let text = try path.readText()
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
    if let tuner = members["tuner"] { try checkTuner(tuner) }
    _ = try members["$schema"]?.string("the schema’s address")
    let models = try self.models(try required("models"))
    let transformations =
      try members["transformations"].map(transformations)
      ?? [.init(name: "none", variants: [.init(stages: [.init(name: "none")], text: "")])]
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
      seed: try members["seed"]?.integer(Experiment.seedBounds) ?? 42, inputs: inputs,
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
      measure: try measure(members["measure"], models),
      balance: try members["balance"]?.choice(Experiment.Balance.self) ?? .none,
      refit: try members["refit"]?.boolean() ?? false,
      seeds: try members["seeds"]?.integer(Experiment.seedsBounds) ?? 1,
      limits: try members["limits"].map(limits) ?? .init())
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
    if case .leaveOneGroupOut = split.kind, known.isEmpty {
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

  private func checkTuner(_ node: ExperimentNode) throws(ExperimentError) {
    let name: String
    if let string = node.node.string {
      name = string
    } else {
      let members = try node.orderedMembers()
      guard members.count == 1, let only = members.first else {
        throw node.unexpected("one tuner, as in {\"grid\": {}}")
      }
      name = only.name
      _ = try only.value.members([])
    }
    guard name == "grid" else {
      if ["random", "halving", "hyperband", "tpe"].contains(name) {
        throw node.error(.notAvailable("the tuner “\(name)”"))
      }
      throw node.error(.unknownName(name, kind: "tuner", known: ["grid"]))
    }
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

  // MARK: Transformations and models

  private func scaling(_ node: ExperimentNode) throws(ExperimentError) -> Experiment.Stage {
    let names = registry.scalings.map { $0.name }
    let request = try node.component("scaling", known: names) { name in
      registry.scalings.first { $0.name == name }
    }
    guard let only = request.combinations.first, request.combinations.count == 1 else {
      throw node.error(.notTogether("a scaling cannot be tuned; name one"))
    }
    return .init(name: request.name, settings: only.settings)
  }

  private func transformations(
    _ node: ExperimentNode
  ) throws(ExperimentError) -> [Experiment.TransformationChoice] {
    var choices: [Experiment.TransformationChoice] = []
    for element in try node.elements("transformation") {
      let choice = try transformation(element)
      guard !choices.contains(where: { $0.name == choice.name }) else {
        throw element.error(.repeatedName(choice.name, kind: "transformations"))
      }
      choices.append(choice)
    }
    return choices
  }

  /// A name, an object, or a list of both: a chain.
  private func transformation(
    _ node: ExperimentNode
  ) throws(ExperimentError) -> Experiment.TransformationChoice {
    let names = registry.transformations.map { $0.name }
    let links = node.node.elements == nil ? [node] : try node.elements("transformation")
    var requests: [ComponentRequest] = []
    for link in links {
      requests.append(
        try link.component("transformation", known: names) { registry.transformation(named: $0) })
    }
    try node.checkCombinations(cappedProduct(requests.map(\.combinationCount)))
    var variants: [Experiment.TransformationChoice.Variant] = [.init(stages: [], text: "")]
    for request in requests {
      variants = variants.flatMap { variant in
        request.combinations.map { combination in
          var extended = variant
          extended.stages.append(.init(name: request.name, settings: combination.settings))
          if !combination.tunedText.isEmpty {
            let text = combination.tunedText.split(separator: " ")
              .map { "\(request.name).\($0)" }.joined(separator: " ")
            extended.text += (extended.text.isEmpty ? "" : " ") + text
          }
          return extended
        }
      }
    }
    let name = requests.map { $0.alias ?? $0.name }.joined(separator: "-")
    return .init(name: name, variants: variants)
  }

  /// A model named twice under one name is the union of its settings.
  private func models(_ node: ExperimentNode) throws(ExperimentError) -> [Experiment.ModelChoice] {
    var choices: [Experiment.ModelChoice] = []
    let names = registry.models.map { $0.name }
    for element in try node.elements("model") {
      let request = try element.component("model", known: names) { registry.model(named: $0) }
      let name = request.alias ?? request.name
      let variants = request.combinations.map {
        Experiment.ModelChoice.Variant(settings: $0.settings, text: $0.text)
      }
      if let index = choices.firstIndex(where: { $0.name == name }) {
        guard choices[index].model == request.name else {
          throw element.error(.repeatedName(name, kind: "models"))
        }
        let known = choices[index].variants.map { fullSettings(request.name, $0.settings) }
        choices[index].variants += variants.filter {
          !known.contains(fullSettings(request.name, $0.settings))
        }
        try element.checkCombinations(choices[index].variants.count)
      } else {
        choices.append(.init(name: name, model: request.name, variants: variants))
      }
    }
    // One among others has to be told from them.
    for index in choices.indices where choices[index].variants.count > 1 {
      for variant in choices[index].variants.indices
      where choices[index].variants[variant].text.isEmpty {
        choices[index].variants[variant].text = "defaults"
      }
    }
    return choices
  }

  /// The settings with the defaults of those that are not given.
  private func fullSettings(_ model: String, _ settings: JSONNode) -> JSONNode {
    func full<Kind: Component>(_ type: Kind.Type) -> JSONNode? {
      try? Kind(settings: settings).settingValues
    }
    return registry.model(named: model).flatMap { full($0) } ?? settings
  }
}

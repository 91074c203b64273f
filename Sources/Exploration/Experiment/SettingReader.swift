import JSONText
import Learning
import Matrices

/// Reads the transformations and models of an experiment file, and lists or draws the settings that are
/// tried of each.
struct SettingReader {
  let tuner: any Tuner
  let seed: Int
  let registry: Registry

  // MARK: Transformations

  func transformations(
    _ node: ExperimentNode
  ) throws(ExperimentError) -> [Experiment.TransformationChoice] {
    try node.checkCombinations(node.node.elements?.count ?? 0)
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
    let name = requests.map { $0.alias ?? $0.name }.joined(separator: "-")
    let space = SearchSpace(
      requests.enumerated().flatMap { $1.space(stage: $0, isLabelled: true).dimensions })
    let points = try points(
      of: space, requests, requests.count == 1 ? requests[0].node : node,
      draws: tuner.transformationDraws,
      stream: "transformation \(name)")
    var variants: [Experiment.TransformationChoice.Variant] = []
    for point in points {
      var variant = Experiment.TransformationChoice.Variant(stages: [], text: "")
      var texts: [String] = []
      var rest = point[...]
      for (stage, request) in requests.enumerated() {
        let settings = space.settings(point, stage: stage)
        try request.check(settings)
        variant.stages.append(.init(name: request.name, settings: settings))
        texts += request.text(rest, onlyTuned: true).split(separator: " ")
          .map { "\(request.name).\($0)" }
        rest = rest.dropFirst(request.settings.count)
      }
      variant.text = texts.joined(separator: " ")
      variants.append(variant)
    }
    return .init(name: name, variants: variants, space: space.isTuned ? space : nil)
  }

  // MARK: Models

  /// A model named twice under one name is the union of its settings.
  func models(_ node: ExperimentNode) throws(ExperimentError) -> [Experiment.ModelChoice] {
    try node.checkCombinations(node.node.elements?.count ?? 0)
    var named: [(name: String, requests: [ComponentRequest], element: ExperimentNode)] = []
    let names = registry.models.map { $0.name }
    for element in try node.elements("model") {
      let request = try element.component("model", known: names) { registry.model(named: $0) }
      let name = request.alias ?? request.name
      if let index = named.firstIndex(where: { $0.name == name }) {
        guard named[index].requests[0].name == request.name else {
          throw element.error(.repeatedName(name, kind: "models"))
        }
        named[index].requests.append(request)
        named[index].element = element
      } else {
        named.append((name, [request], element))
      }
    }
    var choices: [Experiment.ModelChoice] = []
    for (name, requests, element) in named {
      var choice = Experiment.ModelChoice(
        name: name, model: requests[0].name,
        variants: try variants(of: requests, name: name, element))
      let spaces = requests.map { $0.space() }
      if choice.variants.count > 1 { choice.spaces = spaces }
      choices.append(choice)
    }
    return choices
  }

  private func variants(
    of requests: [ComponentRequest], name: String, _ element: ExperimentNode
  ) throws(ExperimentError) -> [Experiment.ModelChoice.Variant] {
    var lists: [[Experiment.ModelChoice.Variant]] = []
    var isComplete = true
    for (index, request) in requests.enumerated() {
      let space = request.space()
      var list: [Experiment.ModelChoice.Variant] = []
      let points = try points(
        of: space, [request], request.node, draws: tuner.draws, stream: "model \(name) \(index)")
      isComplete = isComplete && points.count == space.size
      for point in points {
        let settings = space.settings(point)
        try request.check(settings)
        list.append(.init(settings: settings, text: request.text(point)))
      }
      lists.append(list)
    }
    var variants = different(lists.flatMap { $0 }, of: requests[0])
    if let draws = tuner.draws, !isComplete || variants.count > draws {
      // Each in turn gives one.
      let longest = lists.map(\.count).max() ?? 0
      let inTurn = (0..<longest).flatMap { place in
        lists.filter { place < $0.count }.map { $0[place] }
      }
      variants = Array(different(inTurn, of: requests[0]).prefix(draws))
    } else if requests.count > 1 {
      try element.checkCombinations(variants.count)
    }
    // One among others has to be told from them.
    if variants.count > 1 {
      for index in variants.indices where variants[index].text.isEmpty {
        variants[index].text = "defaults"
      }
    }
    return variants
  }

  /// Those whose settings, the defaults put in, are not those of an earlier one.
  private func different(
    _ variants: [Experiment.ModelChoice.Variant], of request: ComponentRequest
  ) -> [Experiment.ModelChoice.Variant] {
    func full<Kind: Component>(_ type: Kind.Type, _ settings: JSONNode) -> JSONNode {
      (try? Kind(settings: settings).settingValues) ?? settings
    }
    var known: Set<String> = []
    return variants.filter {
      known.insert(full(request.type, $0.settings).compactText).inserted
    }
  }

  // MARK: What is tried

  /// All points of a space, or those that the tuner draws.
  private func points(
    of space: SearchSpace, _ requests: [ComponentRequest], _ node: ExperimentNode, draws: Int?,
    stream: String
  ) throws(ExperimentError) -> [SearchSpace.Point] {
    guard let draws else {
      for setting in requests.flatMap(\.settings) where setting.range != nil {
        throw setting.node.error(
          .notTogether(
            "the grid cannot try a range; give a list of values, or name a tuner that draws, as in "
              + "\"tuner\": \"random\" or \"tpe\""))
      }
      try node.checkCombinations(space.size ?? .max)
      return space.allPoints
    }
    var random = RandomStream(seed: seed, "tuner/\(stream)")
    return space.draws(draws, using: &random)
  }
}

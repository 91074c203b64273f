import JSONText
import Learning
import TextFormatting

/// What pieces of work will take, as their components tell it.
struct Estimates {
  let plan: Plan
  let registry: Registry
  /// The variants of each model, read once; nil for what the plan has wrong.
  private let models: [[(any Model)?]]

  init(plan: Plan, registry: Registry) {
    self.plan = plan
    self.registry = registry
    models = plan.models.map { choice in
      func read<Kind: Model>(_ type: Kind.Type) -> [(any Model)?] {
        choice.variants.map { try? Kind(settings: $0.settings) }
      }
      return registry.model(named: choice.model).map { read($0) } ?? []
    }
  }

  /// A chain's stages with their settings; empty where the plan names something unknown.
  func stages(_ transformation: Int, _ variant: Int) -> [any Transformation] {
    let stages =
      [plan.scaling] + plan.transformations[transformation].variants[variant].stages
    return stages.compactMap { stage in
      func make<Kind: Transformation>(_ type: Kind.Type) -> (any Transformation)? {
        try? Kind(settings: stage.settings)
      }
      return registry.transformation(named: stage.name).flatMap { make($0) }
    }
  }

  /// The cost of fitting a chain and applying it to all rows, and the shape that comes out.
  func preparation(
    _ transformation: Int, _ variant: Int, shape: DataShape, allRows: Int
  ) -> (cost: Cost, shape: DataShape) {
    var shape = shape
    var cost = Cost(operations: 0, bytes: 0)
    for stage in stages(transformation, variant) {
      let before = shape
      shape = stage.shape(from: shape)
      let isStreamed = shape.layout.picture != nil
      let prepared = before.prepared
      let own = stage.cost(for: prepared)
      let applied = Double(allRows) * Double(max(before.columns, shape.columns))
      cost.operations += own.operations + applied
      // Input and output of a stage are held together, those of pictures block by block.
      let held =
        isStreamed
        ? before.layout.features + shape.layout.features : before.columns + shape.columns
      cost.bytes = max(
        cost.bytes,
        (prepared.layout.picture == nil ? own.bytes : 0) + 4 * Double(allRows) * Double(held))
    }
    return (cost, shape)
  }

  /// The cost of fitting some of a model's settings, all by default, and scoring them.
  func fitting(_ model: Int, _ variants: [Int]? = nil, shape: DataShape) -> Cost {
    let choice = plan.models[model]
    func cost<Kind: Model>(_ type: Kind.Type) -> Cost {
      let list = (variants ?? Array(choice.variants.indices)).compactMap {
        models[model][$0] as? Kind
      }
      var cost = Kind.cost(of: list, for: shape)
      cost.operations += 1e5
      // Pictures stay in the file that they are mapped from.
      if shape.layout.picture == nil { cost.bytes += 4 * shape.elements }
      return cost
    }
    return registry.model(named: choice.model).map { cost($0) } ?? Cost(operations: 1, bytes: 0)
  }

  /// How many threads the fit of each of some of a model's settings works with.
  func threads(_ model: Int, _ variants: [Int], shape: DataShape) -> [Int] {
    let choice = plan.models[model]
    let most = plan.limits.threads ?? 1
    func threads<Kind: Model>(_ type: Kind.Type) -> [Int] {
      variants.map { variant in
        let model = models[model][variant] as? Kind
        return min(max(model?.threads(for: shape, atMost: most) ?? 1, 1), most)
      }
    }
    return registry.model(named: choice.model).map { threads($0) } ?? variants.map { _ in 1 }
  }

  /// Whether every stage and the model can take the data, and all of it fits the memory limit.
  func acceptance(of cell: Plan.Cell, shape: DataShape) -> Acceptance {
    for variant in plan.transformations[cell.transformation].variants.indices {
      var current = shape
      for stage in stages(cell.transformation, variant) {
        if case .no(let reason) = stage.accepts(current.prepared) {
          return .no("\(type(of: stage).name): \(reason)")
        }
        current = stage.shape(from: current)
      }
      let choice = plan.models[cell.model]
      func accepts<Kind: Model>(_ type: Kind.Type) -> Acceptance {
        for case let model as Kind in models[cell.model] {
          if case .no(let reason) = model.accepts(current) {
            return .no("\(choice.name): \(reason)")
          }
        }
        return .yes
      }
      if let type = registry.model(named: choice.model), case .no(let reason) = accepts(type) {
        return .no(reason)
      }
      let prepared = preparation(
        cell.transformation, variant, shape: shape,
        allRows: plan.inputs[cell.input].data.labels.count
      ).cost
      let fitted = fitting(cell.model, shape: current)
      let needed = prepared.bytes > fitted.bytes ? prepared : fitted
      if needed.bytes > plan.limits.megabytes * 1e6 {
        return .no(
          "needs about \(byteCount(needed.bytes)), more than limits.cell_memory_mb = "
            + shortest(plan.limits.megabytes)
            + (needed.details.isEmpty ? "" : ": \(needed.details)"))
      }
    }
    return .yes
  }
}

extension DataShape {
  /// What a transformation is given: of pictures with features behind them only these.
  fileprivate var prepared: DataShape {
    guard layout.picture != nil, layout.features > 0 else { return self }
    var shape = self
    shape.layout.picture = nil
    return shape
  }
}

import TextFormatting

/// The models and transformations a program knows, by name.
public struct Registry: Sendable {
  /// In the order they are listed.
  public private(set) var models: [any Model.Type] = []
  /// In the order they are listed; scalings are among them.
  public private(set) var transformations: [any Transformation.Type] = []

  /// A registry; a name that comes again replaces the earlier one.
  public init(models: [any Model.Type], transformations: [any Transformation.Type]) {
    add(models: models, transformations: transformations)
  }

  /// Adds models and transformations; a name that is known already is replaced.
  public mutating func add(
    models newModels: [any Model.Type] = [], transformations new: [any Transformation.Type] = []
  ) {
    for model in newModels {
      if let index = models.firstIndex(where: { $0.name == model.name }) {
        models[index] = model
      } else {
        models.append(model)
      }
    }
    for transformation in new {
      if let index = transformations.firstIndex(where: { $0.name == transformation.name }) {
        transformations[index] = transformation
      } else {
        transformations.append(transformation)
      }
    }
  }

  /// The model of a name.
  public func model(named name: String) -> (any Model.Type)? {
    models.first { $0.name == name }
  }

  /// The transformation of a name.
  public func transformation(named name: String) -> (any Transformation.Type)? {
    transformations.first { $0.name == name }
  }

  /// The transformations that may stand under `scaling`.
  public var scalings: [any Transformation.Type] { transformations.filter { $0.isScaling } }
}

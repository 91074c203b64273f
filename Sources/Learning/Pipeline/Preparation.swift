import JSONText
import Matrices

/// What happens to the columns before a model sees them: filling of missing values, scaling and
/// transformations, one after the other, all fitted on training rows.
package struct Preparation: Sendable {
  /// Whether missing values become the training median; otherwise there are none.
  package var fillsMissing: Bool
  package var stages: [any Transformation]

  package init(fillsMissing: Bool, stages: [any Transformation]) {
    self.fillsMissing = fillsMissing
    self.stages = stages
  }

  /// Fits every stage to the training rows as the stages before left them.
  ///
  /// - Returns: the fitted stages, and the training rows as the last one left them.
  /// - Throws: ``FitError`` naming the stage.
  package func fit(
    _ samples: Samples, columns names: [String], in context: FitContext
  ) throws -> (fitted: FittedPreparation, features: Matrix) {
    var samples = samples
    func replaceFeatures(_ features: Matrix) {
      samples = Samples(
        features: features, labels: samples.labels, classCount: samples.classCount,
        weights: samples.weights, units: samples.units)
    }
    var fitted = FittedPreparation(medians: nil, stages: [])
    if fillsMissing {
      let medians = try TrainingMedians(of: samples.features, columns: names)
      replaceFeatures(medians.fill(samples.features))
      fitted.medians = medians
    }
    for (index, stage) in stages.enumerated() {
      let name = type(of: stage).name
      if case .no(let reason) = stage.accepts(samples.shape) {
        throw FitError.failed("\(name): \(reason)")
      }
      var own = context
      own.random = context.random.derived(index)
      func fit(_ stage: some Transformation) throws {
        let transformation = try stage.fit(samples, in: own)
        fitted.stages.append(
          .init(name: name, settings: try stage.settingValues, fitted: transformation))
        replaceFeatures(transformation.transform(samples.features))
      }
      try fit(stage)
      guard samples.features.isFinite else {
        throw FitError.failed("\(name) gave values beyond the range of single precision")
      }
    }
    return (fitted, samples.features)
  }
}

/// The fitted stages that prepare columns for a model.
package struct FittedPreparation: Sendable {
  package struct Stage: Sendable {
    package var name: String
    package var settings: JSONNode
    package var fitted: any FittedTransformation
  }

  package var medians: TrainingMedians?
  package var stages: [Stage]

  package func transform(_ features: Matrix) -> Matrix {
    var features = medians?.fill(features) ?? features
    for stage in stages { features = stage.fitted.transform(features) }
    return features
  }
}

extension FittedPreparation: Encodable {
  private enum Key: CodingKey { case medians, stages }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encodeIfPresent(medians, forKey: .medians)
    try container.encode(stages, forKey: .stages)
  }

  /// Reads what `encode` wrote.
  ///
  /// - Throws: `JSONDecodingError` when a transformation is not known or its state does not fit.
  package init(
    decoding node: JSONNode, attachments: any JSONAttachments, registry: Registry
  ) throws {
    medians = try node["medians"]?.decode(TrainingMedians.self, attachments: attachments)
    stages = try (node["stages"]?.elements ?? []).map { stage in
      let name = stage["name"]?.string ?? ""
      guard let type = registry.transformation(named: name) else {
        throw JSONDecodingError(
          path: "stages", message: "this program knows no transformation “\(name)”")
      }
      func decode<Kind: Transformation>(_ type: Kind.Type) throws -> any FittedTransformation {
        try (stage["fitted"] ?? .null).decode(Kind.Fitted.self, attachments: attachments)
      }
      return Stage(name: name, settings: stage["settings"] ?? .null, fitted: try decode(type))
    }
  }
}

extension FittedPreparation.Stage: Encodable {
  private enum Key: CodingKey { case name, settings, fitted }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(name, forKey: .name)
    try container.encode(settings, forKey: .settings)
    try container.encode(fitted, forKey: .fitted)
  }
}

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

  /// Whether rows that are pictures are pictures afterwards.
  package var keepsPictures: Bool {
    !fillsMissing && stages.allSatisfy { type(of: $0).keepsPictures }
  }

  /// Whether rows are as they were.
  package var changesNothing: Bool {
    !fillsMissing && stages.allSatisfy { type(of: $0).changesNothing }
  }

  /// Fits every stage to the training rows as the stages before left them.
  ///
  /// Of pictures with features behind them only the features are prepared; the pixels stay as they are.
  ///
  /// - Parameters:
  ///   - samples: the training rows.
  ///   - names: the feature columns; the pixels of a picture are not among them.
  ///   - context: the random stream and the deadline.
  ///   - apply: transforms the training rows by a fitted stage.
  /// - Returns: the fitted stages, and the training rows as the last one left them.
  /// - Throws: ``FitError`` naming the stage, and what `apply` throws.
  package func fit(
    _ samples: Samples, columns names: [String], in context: FitContext,
    applying apply: (any FittedTransformation, Matrix) throws -> Matrix = { $0.transform($1) }
  ) throws -> (fitted: FittedPreparation, features: Matrix) {
    guard let picture = samples.layout.picture, samples.layout.features > 0 else {
      var (fitted, features) = try fitAll(samples, columns: names, in: context, applying: apply)
      if keepsPictures { fitted.picture = samples.layout.picture }
      return (fitted, features)
    }
    let behind = samples.replacing(features: samples.features.columns(picture.count...))
    var (fitted, features) = try fitAll(behind, columns: names, in: context, applying: apply)
    fitted.picture = picture
    fitted.pixels = picture.count
    return (fitted, samples.features.columns(..<picture.count).joined(with: features))
  }

  /// Fits every stage to all columns.
  private func fitAll(
    _ samples: Samples, columns names: [String], in context: FitContext,
    applying apply: (any FittedTransformation, Matrix) throws -> Matrix
  ) throws -> (fitted: FittedPreparation, features: Matrix) {
    var samples = samples
    func replaceFeatures(_ features: Matrix, _ layout: RowLayout? = nil) {
      samples = samples.replacing(features: features, layout: layout)
    }
    var fitted = FittedPreparation(medians: nil, stages: [])
    if fillsMissing {
      let all = (samples.layout.picture?.columnNames ?? []) + names
      let medians = TrainingMedians(of: samples.features)
      for column in medians.empty ?? [] {
        context.log.note(
          "column “\(all[Int(column)])” has no value in the training rows and is left out")
      }
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
        let features = try apply(transformation, samples.features)
        replaceFeatures(features, type(of: stage).keepsPictures ? samples.layout : nil)
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
  /// The picture that the rows have afterwards, too; nil where they have none any more.
  package var picture: PictureShape?
  /// The pixels before the features, which nothing changes; 0 where the picture is all there is.
  package var pixels = 0

  /// The prepared rows.
  package func transform(_ rows: Matrix) -> Matrix {
    guard pixels > 0 else { return transformAll(rows) }
    return rows.columns(..<pixels).joined(with: transformAll(rows.columns(pixels...)))
  }

  /// What the stages make of the columns behind the pixels.
  package func transformAll(_ features: Matrix) -> Matrix {
    var features = medians?.fill(features) ?? features
    for stage in stages { features = stage.fitted.transform(features) }
    return features
  }

  /// What the columns of prepared rows are.
  package func layout(ofColumns count: Int) -> RowLayout {
    RowLayout(picture: picture, features: count - (picture?.count ?? 0))
  }
}

extension FittedPreparation: Encodable {
  private enum Key: CodingKey { case medians, stages, picture, pixels }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encodeIfPresent(medians, forKey: .medians)
    try container.encode(stages, forKey: .stages)
    try container.encodeIfPresent(picture, forKey: .picture)
    if pixels > 0 { try container.encode(pixels, forKey: .pixels) }
  }

  /// Reads what `encode` wrote.
  ///
  /// - Throws: `JSONDecodingError` when a transformation is not known or its state does not fit.
  package init(
    decoding node: JSONNode, attachments: any JSONAttachments, registry: Registry
  ) throws {
    picture = try node["picture"]?.decode(PictureShape.self, attachments: attachments)
    pixels = try node["pixels"]?.decode(Int.self, attachments: attachments) ?? 0
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

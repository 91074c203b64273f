import FileSystem
import JSONText
import Matrices
import TextFormatting

/// Everything that is needed to predict the rows of a table: its columns by name, what to do with
/// missing values, the fitted preparation, the fitted model and the names of the classes.
package struct FittedPipeline: Sendable {
  /// The feature columns, in the order the preparation expects them; the pixels of a picture are not
  /// among them.
  package var columns: [String]
  /// What is subtracted from each column before all else; nil where nothing is.
  package var offsets: [Double]?
  /// The size of the picture whose pixels stand before the features; nil where rows have none.
  package var picture: PictureShape?
  /// What to do with a row that lacks a value: `stop`, `drop` or `median`.
  package var missing: String
  /// The class names, in order.
  package var classes: [String]
  /// The classes the model knows: those that had training rows.
  package var knownClasses: [Int]
  package var preparation: FittedPreparation
  package var modelName: String
  package var settings: JSONNode
  package var model: any FittedModel

  package init(
    columns: [String], offsets: [Double]? = nil, picture: PictureShape? = nil, missing: String,
    classes: [String], knownClasses: [Int], preparation: FittedPreparation, modelName: String,
    settings: JSONNode,
    model: any FittedModel
  ) {
    self.columns = columns
    self.offsets = offsets
    self.picture = picture
    self.missing = missing
    self.classes = classes
    self.knownClasses = knownClasses
    self.preparation = preparation
    self.modelName = modelName
    self.settings = settings
    self.model = model
  }

  /// All columns of a row by name, the pixels' too.
  package var allColumns: [String] { (picture?.columnNames ?? []) + columns }

  /// Predicts rows of the table's own columns.
  ///
  /// - Returns: the predictions; the probabilities of a row that cannot be predicted, as where its prepared
  ///   values are infinite, are not finite, and its class means nothing.
  /// - Throws: why no row can be predicted.
  package func predictions(for features: Matrix) throws -> Predictions {
    let prepared = preparation.transform(features)
    let predictions = try model.predictions(for: prepared)
      .spread(over: classes.count, known: knownClasses)
    guard !prepared.isFinite else { return predictions }
    return predictions.withoutRows { !prepared.rows($0..<$0 + 1).isFinite }
  }
}

extension Predictions {
  /// The same with probabilities that are no numbers in some rows.
  fileprivate func withoutRows(where isLeftOut: (Int) -> Bool) -> Predictions {
    Predictions(
      classes: classes,
      probabilities: Matrix(rows: probabilities.rows, columns: probabilities.columns) { row, span in
        let isLeftOut = isLeftOut(row)
        for column in 0..<span.count {
          span[column] = isLeftOut ? .nan : probabilities[row, column]
        }
      }, scores: scores)
  }
}

extension Predictions {
  /// Predictions of a model that knows some of the classes, as predictions over all of them: the
  /// unknown ones have probability 0 and the lowest score.
  package func spread(over classCount: Int, known: [Int]) -> Predictions {
    guard known.count < classCount else { return self }
    func spread(_ matrix: Matrix, filling other: Float) -> Matrix {
      Matrix(rows: matrix.rows, columns: classCount) { row, span in
        for column in 0..<classCount { span[column] = other }
        for (index, column) in known.enumerated() { span[column] = matrix[row, index] }
      }
    }
    return Predictions(
      classes: classes.map { known[$0] }, probabilities: spread(probabilities, filling: 0),
      scores: scores.map { spread($0, filling: -.greatestFiniteMagnitude) })
  }
}

extension FittedPipeline: Encodable {
  private enum Key: CodingKey {
    case format, columns, offsets, picture, missing, classes, knownClasses, preparation, model,
      settings,
      fitted
  }

  private static let format = "explore model 1"

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(Self.format, forKey: .format)
    try container.encode(columns, forKey: .columns)
    try container.encodeIfPresent(offsets, forKey: .offsets)
    try container.encodeIfPresent(picture, forKey: .picture)
    try container.encode(missing, forKey: .missing)
    try container.encode(classes, forKey: .classes)
    try container.encode(knownClasses, forKey: .knownClasses)
    try container.encode(preparation, forKey: .preparation)
    try container.encode(modelName, forKey: .model)
    try container.encode(settings, forKey: .settings)
    try container.encode(model, forKey: .fitted)
  }

  /// Reads a saved model.
  ///
  /// - Throws: ``DamagedFile``, or `SystemError` when a file cannot be read.
  package init(readingFrom folder: Path, registry: Registry) throws {
    self = try Archive(folder).read { node, attachments in
      func member<Value: Decodable>(_ key: Key, as type: Value.Type = Value.self) throws -> Value {
        guard let value = node[key.stringValue] else {
          throw JSONDecodingError(path: "", message: "“\(key.stringValue)” is missing")
        }
        return try value.decode(Value.self, attachments: attachments)
      }
      guard try member(.format) == Self.format else {
        throw JSONDecodingError(path: "format", message: "expected “\(Self.format)”")
      }
      let name: String = try member(.model)
      guard let type = registry.model(named: name) else {
        throw JSONDecodingError(path: "model", message: "this program knows no model “\(name)”")
      }
      func fitted<Kind: Model>(_ type: Kind.Type) throws -> any FittedModel {
        try member(.fitted, as: Kind.Fitted.self)
      }
      let pipeline = FittedPipeline(
        columns: try member(.columns),
        offsets: try node["offsets"].map {
          try $0.decode([Double].self, attachments: attachments)
        },
        picture: try node["picture"].map {
          try $0.decode(PictureShape.self, attachments: attachments)
        }, missing: try member(.missing),
        classes: try member(.classes), knownClasses: try member(.knownClasses),
        preparation: try FittedPreparation(
          decoding: node["preparation"] ?? .null, attachments: attachments, registry: registry),
        modelName: name, settings: try member(.settings), model: try fitted(type))
      if let reason = pipeline.inconsistency {
        throw JSONDecodingError(path: "", message: reason)
      }
      return pipeline
    }
  }

  /// What does not go together in a pipeline that was read from a file: each part must take the
  /// columns that the part before gives.
  private var inconsistency: String? {
    guard !columns.isEmpty || picture != nil, Set(columns).count == columns.count else {
      return "a column is missing or named twice"
    }
    guard offsets.map({ $0.count == columns.count && $0.allSatisfy(\.isFinite) }) ?? true else {
      return "the offsets and the columns do not fit"
    }
    guard ["stop", "drop", "median"].contains(missing),
      (missing == "median") == (preparation.medians != nil)
    else { return "the rule for missing values and the medians do not fit" }
    guard !knownClasses.isEmpty, knownClasses.allSatisfy(classes.indices.contains),
      zip(knownClasses, knownClasses.dropFirst()).allSatisfy({ $0 < $1 })
    else { return "“knownClasses” and “classes” do not fit" }
    if let picture {
      guard picture.isPossible, preparation.pixels == (columns.isEmpty ? 0 : picture.count) else {
        return "the picture and the preparation do not fit"
      }
    } else if preparation.pixels != 0 || preparation.picture != nil {
      return "there is no picture to prepare"
    }
    let pixels = preparation.pixels
    var count = (picture?.count ?? 0) + columns.count - pixels
    if let medians = preparation.medians, medians.medians.count != count {
      return "there are \(counted(medians.medians.count, "median")) for \(counted(count, "column"))"
    }
    for stage in preparation.stages {
      guard let next = stage.fitted.columns(from: count), next > 0 else {
        return "“\(stage.name)” does not fit \(counted(count, "column"))"
      }
      count = next
    }
    count += pixels
    if let kept = preparation.picture, kept != picture || kept.count > count {
      return "the picture and the preparation do not fit"
    }
    return model.fits(columns: count, classes: knownClasses.count)
      ? nil
      : "the fitted \(modelName) does not fit \(counted(count, "column")) and "
        + counted(knownClasses.count, "class", plural: "classes")
  }
}

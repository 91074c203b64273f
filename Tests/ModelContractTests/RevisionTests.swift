import FileSystem
import JSONText
import Learning
import Matrices
import Testing

import ExploreCommands
import ModelContract
import ProgramSupport

/// Results that change without a new revision would be taken from old journals.
///
/// `revisions.json` holds each component's revision beside what it makes of a small task. After a
/// change that is meant, raise the component's `revision` and record the file anew with
/// `EXPLORE_RECORD=1 scripts/test --filter RevisionTests`.
@Suite struct RevisionTests {
  private static let file = Path(#filePath).folder / "revisions.json"

  /// To three decimals, which other processors give too.
  private func rounded(_ values: Matrix) -> [Double] {
    (0..<values.rows).flatMap { values.rowElements($0) }.map {
      (Double($0) * 1000).rounded() / 1000
    }
  }

  /// The means of a few neighbouring rows, which are of different classes: where models differ.
  private func halfway(_ rows: Matrix) -> Matrix {
    Matrix(rows: 8, columns: rows.columns) { row, mean in
      for column in 0..<rows.columns {
        mean[column] = (rows[row, column] + rows[row + 1, column]) / 2
      }
    }
  }

  /// The settings, beside the defaults, that reach a component's other code.
  private static let settings = [
    "dummy": [#"{"strategy": "stratified"}"#],
    "logistic": [#"{"C": 0.01}"#],
    "svm": [
      #"{"kernel": "rbf", "C": 10}"#, #"{"kernel": "polynomial", "C": 5, "coef0": 1}"#,
    ],
    "ridge": [#"{"alpha": 0}"#],
    "tree": [#"{"depth": 2}"#],
    "forest": [#"{"trees": 7, "depth": 3, "columns": 2}"#],
    "knn": [#"{"k": 7, "weights": "distance"}"#],
    "pca": [#"{"components": 2}"#],
    "rbf": [#"{"centers": 8, "gamma": 0.05}"#],
    "polynomial": [#"{"degree": 3}"#],
    "select": [#"{"k": 2}"#],
  ]

  /// Small networks with little training, in place of the defaults: other processors give nearly the same.
  private static let networks = [
    "mlp": #"{"widths": [16, 8], "dropout": [0.1, 0.1], "epochs": 3}"#,
    "cnn": #"{"filters": [4], "hidden": 8, "epochs": 3}"#,
    "mini-vgg": #"{"filters": [4], "hidden": 8, "epochs": 3}"#,
    "resnet34": #"{"widths": [4, 8], "hidden": 8, "epochs": 3}"#,
  ]

  private func current() throws -> [(name: String, revision: Int, values: [Double])] {
    let task = ContractTask.clouds(seed: 77)
    // Fewer rows than columns: the other form of the linear solvers.
    let wide = ContractTask.clouds(rowsPerClass: 4, columns: 20, seed: 78)
    let pictures = ContractTask.pictures(PictureShape(height: 16, width: 14), seed: 79)
    func subjects<Kind: Component>(
      _ kind: Kind.Type, _ values: (Kind, ContractTask) throws -> [Double]
    ) throws -> [(name: String, revision: Int, values: [Double])] {
      let variants = try
        ([Self.networks[Kind.name] ?? "{}"] + Self.settings[Kind.name, default: []]).map {
          ($0, try Kind(settings: JSONNode(parsing: $0)))
        }
      return try variants.map { text, subject in
        ("\(Kind.name) \(text)", Kind.revision, try values(subject, task))
      }
        + (variants[0].1.accepts(task.samples.shape) == .yes
          ? [("\(Kind.name), wide", Kind.revision, try values(variants[0].1, wide))] : [])
    }
    func model<Kind: Model>(
      _ kind: Kind.Type
    ) throws -> [(name: String, revision: Int, values: [Double])] {
      try subjects(kind) { model, table in
        let task = model.accepts(table.samples.shape) == .yes ? table : pictures
        let fitted = try model.fit(task.samples, in: contractContext())
        let finished = try model.finish(fitted, for: task.samples, in: contractContext())
        let predictions = try finished.predictions(for: halfway(task.test))
        return rounded(predictions.probabilities) + predictions.classes.map { Double($0) }
      }
    }
    func transformation<Kind: Transformation>(
      _ kind: Kind.Type
    ) throws -> [(name: String, revision: Int, values: [Double])] {
      try subjects(kind) { transformation, task in
        let result = try transformation.fit(task.samples, in: contractContext())
          .transform(task.test)
        // The last columns are made of the most others.
        let last = max(0, result.columns - 6)
        return rounded(result.rows(0..<4).gathering(columns: Array(last..<result.columns)))
      }
    }
    return try Registry.standard.models.flatMap { try model($0) }
      + Registry.standard.transformations.flatMap { try transformation($0) }
  }

  /// A misspelt name would leave its settings out.
  @Test func settingsBelongToComponents() {
    let known = Set(
      Registry.standard.models.map { $0.name } + Registry.standard.transformations.map { $0.name })
    #expect(Set(Self.settings.keys).union(Self.networks.keys).isSubset(of: known))
  }

  @Test func resultsChangeWithTheRevisionOnly() throws {
    let changed = try RecordedRevisions(Self.file).mismatches(of: current()) { old, new in
      abs(old - new) < 2.5e-3
    }
    #expect(
      changed == [], "results and revision no longer belong together; see this file's comment")
  }
}

import JSONText
import Learning
import Matrices
import ProgramSupport
import Testing
import Transformations

/// Transformed matrices and measures, number by number, against scikit-learn's.
@Suite struct MatrixParityTests {
  private func compare(_ name: String) throws {
    let reference = try Fixture.read(name)
    let samples = try Fixture.scaledTraining(name, reference)
    let scaled = samples.features
    let context = FitContext(random: RandomStream(seed: 1))
    for (key, matrix) in [
      ("pca", try PrincipalComponents().fit(samples, in: context).transform(scaled)),
      ("polynomial", Polynomial().fit(samples, in: context).transform(scaled)),
    ] {
      let few = (reference[key]?["rows"]?.elements ?? []).compactMap(\.integer)
      let columns = (reference[key]?["columns"]?.elements ?? []).compactMap(\.integer)
      let values = (reference[key]?["values"]?.elements ?? []).map {
        ($0.elements ?? []).compactMap(\.number)
      }
      try #require(few.count == 4 && columns.count > 2)
      for (row, expected) in zip(few, values) {
        for (column, value) in zip(columns, expected) {
          #expect(
            abs(Double(matrix[row, column]) - value) < 1e-4, "\(name) \(key)[\(row), \(column)]")
        }
      }
    }
    let scores = Selection.scores(samples)
    let references = reference["f"]?.elements ?? []
    try #require(references.count == scores.count)
    for (own, expected) in zip(scores, references) {
      guard let value = expected.number else { continue }
      #expect(abs(own - value) < 1e-3 * max(1, value))
    }
  }

  @Test(arguments: ["wine", "breast-cancer", "digits"])
  func builtInTables(name: String) throws { try compare(name) }

  @Test(.enabled(if: OutsideData.folder != nil, "\(OutsideData.absence)"))
  func gtzan() throws { try compare("gtzan-30-sec") }

  /// Each measure on the same probabilities, to 1e-9.
  ///
  /// The cases have rows of every class and no ties; where classes are absent or tied our definitions
  /// differ from scikit-learn's on purpose (macro means leave out classes without test rows, ties for
  /// the third place count their share).
  @Test func measures() throws {
    let cases = try Fixture.read("measures").elements ?? []
    try #require(cases.count == 4)
    for node in cases {
      let classes = try #require(node["classes"]?.integer)
      let labels = (node["labels"]?.elements ?? []).compactMap(\.integer)
      let rows = (node["probabilities"]?.elements ?? []).map {
        ($0.elements ?? []).compactMap { $0.number.map { Float($0) } }
      }
      let evaluation = Evaluation(
        labels: labels, predictions: Predictions(probabilities: Matrix(rows)), classCount: classes)
      let members = node["measures"]?.members ?? []
      try #require(members.count >= 7)
      for member in members {
        let measure = try #require(Measure(rawValue: member.name))
        let expected = try #require(member.value.number)
        let own = try #require(evaluation[measure])
        #expect(
          abs(own - expected) < 1e-9, "\(member.name) of \(classes) classes: \(own), \(expected)")
      }
    }
  }
}

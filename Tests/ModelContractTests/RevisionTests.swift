import FileSystem
import Glibc
import JSONText
import Learning
import Matrices
import Testing

import ExploreCommands
import ModelContract

/// Results that change without a new revision would be taken from old journals.
///
/// `revisions.json` holds each component's revision beside what it makes of a small task. After a
/// change that is meant, raise the component's `revision` and record the file anew with
/// `EXPLORE_RECORD=1 scripts/test --filter RevisionTests`.
@Suite struct RevisionTests {
  private static let file = Path(#filePath).folder / "revisions.json"

  /// Four rows of predictions, or of transformed columns; to three decimals, which other processors
  /// give too.
  private func fingerprint(_ values: Matrix) -> [Double] {
    let few = values.rows(0..<min(4, values.rows))
    return (0..<few.rows).flatMap { few.rowElements($0) }.map {
      (Double($0) * 1000).rounded() / 1000
    }
  }

  private func current() throws -> [(name: String, revision: Int, values: [Double])] {
    let task = ContractTask.clouds(seed: 77)
    func model<Kind: Model>(_ type: Kind.Type) throws -> [Double] {
      let fitted = try Kind().fit(task.samples, in: contractContext())
      let finished = try Kind().finish(fitted, for: task.samples, in: contractContext())
      return fingerprint(finished.probabilities(of: task.test))
    }
    func transformation<Kind: Transformation>(_ type: Kind.Type) throws -> [Double] {
      let fitted = try Kind().fit(task.samples, in: contractContext())
      let result = fitted.transform(task.test)
      return fingerprint(result.gathering(columns: Array(0..<min(6, result.columns))))
    }
    return try Registry.standard.models.map {
      ("model \($0.name)", $0.revision, try model($0))
    }
      + Registry.standard.transformations.map {
        ("transformation \($0.name)", $0.revision, try transformation($0))
      }
  }

  @Test func resultsChangeWithTheRevisionOnly() throws {
    let current = try current()
    if getenv("EXPLORE_RECORD") != nil {
      let node = JSONNode(
        .object(
          current.map { name, revision, values in
            .init(
              name,
              ["revision": JSONNode(revision), "values": JSONNode(values.map { JSONNode($0) })])
          }))
      try Self.file.writeAtomically(node.indentedText)
    }
    let recorded = try JSONNode(parsing: Self.file.readBytes())
    for (name, revision, values) in current {
      let known = recorded[name]
      let old = known?["values"]?.elements?.compactMap(\.number) ?? []
      let isSame =
        old.count == values.count && zip(old, values).allSatisfy { abs($0 - $1) < 2.5e-3 }
      #expect(
        isSame && known?["revision"]?.integer == revision,
        "\(name): results and revision no longer belong together; see the comment in this file")
    }
  }
}

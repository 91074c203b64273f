import FileSystem
import Glibc
import JSONText

/// A file that holds the revisions of components beside numbers they gave.
///
/// Numbers that change without their revision would let caches and journals hand out results of an
/// older program.
package struct RecordedRevisions {
  package typealias Entry = (name: String, revision: Int, values: [Double])

  private let file: Path

  package init(_ file: Path) { self.file = file }

  /// The names of the components whose numbers and revision no longer belong together; with
  /// `EXPLORE_RECORD` in the environment the file is written anew before.
  ///
  /// - Throws: `SystemError` or `JSONSyntaxError` when the file cannot be read.
  package func mismatches(
    of current: [Entry], isSame: (_ old: Double, _ new: Double) -> Bool
  ) throws -> [String] {
    if getenv("EXPLORE_RECORD") != nil { try record(current) }
    let recorded = try JSONNode(parsing: file.readBytes())
    return current.filter { name, revision, values in
      let known = recorded[name]
      let old = known?["values"]?.elements?.compactMap(\.number) ?? []
      return old.count != values.count || !zip(old, values).allSatisfy(isSame)
        || known?["revision"]?.integer != revision
    }.map(\.name)
  }

  private func record(_ current: [Entry]) throws {
    let members = current.map { name, revision, values in
      JSONNode.Member(
        name, ["revision": JSONNode(revision), "values": JSONNode(values.map { JSONNode($0) })])
    }
    try file.writeAtomically(JSONNode(.object(members)).indentedText)
  }
}

import ContentHashing
import FileSystem
import JSONText
import Matrices

/// Appends records to a journal file of its own, and bytes to the file beside it.
///
/// What is appended is on disk before more is written, so that a crash can only tear the last lines.
package final class JournalWriter {
  /// The journal's name, without its ending.
  package let name: String
  private let lines: OutputFile
  private let blobs: OutputFile
  private var blobOffset = 0
  /// The loops that compute here: every record says them.
  private let arithmetic = ArithmeticPath.current.description

  /// - Throws: `SystemError` when a file of that name exists or cannot be created.
  package init(_ folder: Path, name: String) throws(SystemError) {
    self.name = name
    lines = try OutputFile(folder / "\(name).jsonl", .new)
    blobs = try OutputFile(folder / "\(name).bin", .new)
    folder.syncFolder()
  }

  /// Writes bytes that a record will refer to.
  package func add(_ bytes: [UInt8]) throws(SystemError) -> BlobReference {
    let reference = BlobReference(
      offset: blobOffset, bytes: bytes.count, hash: CheckedObject.check(of: bytes))
    try blobs.write(bytes)
    blobOffset += bytes.count
    return reference
  }

  /// Writes records; when this returns they, and the bytes they refer to, are on the disk.
  package func append(_ entries: [JournalEntry]) throws {
    try blobs.sync()
    try write(entries)
    try lines.sync()
  }

  /// Writes records that a kill cannot take any more, but power loss can until the next are appended.
  package func write(_ entries: [JournalEntry]) throws {
    var text = ""
    for entry in entries { text += try Self.line(entry, arithmetic: arithmetic) }
    try lines.write(Array(text.utf8))
  }

  static func line(_ entry: JournalEntry, arithmetic: String) throws -> String {
    let (kind, node): (String, JSONNode) =
      switch entry {
      case .preparation(let record): ("preparation", try JSONNode(encoding: record))
      case .trial(let record): ("trial", try JSONNode(encoding: record))
      case .cell(let record): ("cell", try JSONNode(encoding: record))
      case .deployment(let record): ("deployment", try JSONNode(encoding: record))
      }
    let members =
      [JSONNode.Member("kind", JSONNode(kind))] + (node.members ?? [])
      + [JSONNode.Member("arithmetic", JSONNode(arithmetic))]
    return CheckedObject.adding(checkTo: JSONNode(.object(members)).compactText) + "\n"
  }
}

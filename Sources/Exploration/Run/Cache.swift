import FileSystem
import Glibc
import JSONText
import Learning
import Matrices

/// Matrices that several pieces of work share, under the keys of their content.
///
/// All of it can be deleted at any time: what is missing is computed again.
package struct Cache: Sendable {
  package let folder: Path

  /// A cache in a folder, which is made.
  ///
  /// - Throws: `SystemError` when the folder cannot be made or written to.
  package init(_ folder: Path) throws(SystemError) {
    self.folder = folder
    try entries.createFolder()
    if access(entries.string, W_OK) != 0 { throw SystemError("write to", path: entries.string) }
  }

  /// `$EXPLORE_CACHE`, else `~/.cache/explore`; nil when there is no home folder either.
  package static var standardFolder: Path? {
    if let variable = getenv("EXPLORE_CACHE"), variable.pointee != 0 {
      return Path(String(cString: variable))
    }
    guard let home = getenv("HOME"), home.pointee != 0 else { return nil }
    return Path(String(cString: home)) / ".cache" / "explore"
  }

  private var entries: Path { folder / "entries" }
  private func entry(_ key: String) -> Path { entries / key }

  // MARK: Tables

  /// Keeps the features of a data set for the workers.
  package func store(table features: Matrix, key: String) throws(SystemError) {
    if entry(key).exists {
      entry(key).touch()
      return
    }
    try fill(key) { folder throws(SystemError) in
      try MatrixFile.write(features, to: folder / "rows.f32")
    }
  }

  /// nil when it is not there or damaged.
  package func table(_ key: String) -> Matrix? { MatrixFile.read(entry(key) / "rows.f32") }

  // MARK: Preparations

  /// A fitted chain of transformations with the rows it was applied to.
  struct Prepared {
    var fitted: FittedPreparation
    var rows: Matrix
    var seconds: Double
    var notes: [String]
  }

  private struct Manifest: Encodable {
    var preparation: FittedPreparation
    var seconds: Double
    var notes: [String]
  }

  func has(preparation key: String) -> Bool { (entry(key) / "rows.f32").exists }

  func store(_ prepared: Prepared, key: String) throws {
    let manifest = Manifest(
      preparation: prepared.fitted, seconds: prepared.seconds, notes: prepared.notes)
    try fill(key) { folder in
      try MatrixFile.write(prepared.rows, to: folder / "rows.f32")
      try Archive(folder).write(manifest)
    }
  }

  /// nil when it is not there or damaged.
  func preparation(_ key: String, registry: Registry) -> Prepared? {
    guard let rows = MatrixFile.read(entry(key) / "rows.f32") else { return nil }
    entry(key).touch()
    return try? Archive(entry(key)).read { node, attachments in
      Prepared(
        fitted: try FittedPreparation(
          decoding: node["preparation"] ?? .null, attachments: attachments, registry: registry),
        rows: rows, seconds: node["seconds"]?.number ?? 0,
        notes: (node["notes"]?.elements ?? []).compactMap(\.string))
    }
  }

  // MARK: Entries

  /// Fills a temporary folder, then gives it its name: an entry is whole or not there.
  private func fill<Failure: Error>(
    _ key: String, _ body: (Path) throws(Failure) -> Void
  ) throws(Failure) {
    let temporary = entries / "\(key).\(getpid()).partial"
    do {
      try? temporary.createFolder()
      try body(temporary)
      // Another worker may have been faster; its entry is as good.
      do { try temporary.rename(to: entry(key)) } catch { try? temporary.remove() }
    } catch {
      try? temporary.remove()
      throw error
    }
  }

  /// Removes the oldest entries until the rest fits, and what killed workers left half done.
  package func shrink(toBytes limit: Double) {
    guard let names = try? entries.children() else { return }
    var known: [(path: Path, bytes: Int, modified: Int)] = []
    for name in names {
      let path = entries / name
      guard let information = path.information else { continue }
      if name.hasSuffix(".partial") {
        let owner = name.split(separator: ".").dropLast().last.flatMap { Int32($0) }
        if owner.map({ kill($0, 0) != 0 }) ?? true { try? path.remove() }
        continue
      }
      let files = (try? path.children()) ?? []
      let bytes = files.reduce(0) { $0 + ((path / $1).information?.bytes ?? 0) }
      known.append((path, bytes, information.modified))
    }
    var total = known.reduce(0.0) { $0 + Double($1.bytes) }
    for entry in known.sorted(by: { $0.modified < $1.modified }) where total > limit {
      try? entry.path.remove()
      total -= Double(entry.bytes)
    }
  }
}

/// A matrix as a file that can be mapped: 64 bytes of header, then the elements row by row.
enum MatrixFile {
  private static let mark: UInt64 = 0x315F_7377_6F72_7845  // “Exrows_1”
  private static let headerBytes = 64

  static func write(_ matrix: Matrix, to path: Path) throws(SystemError) {
    var header = [UInt8](repeating: 0, count: headerBytes)
    header.withUnsafeMutableBytes { bytes in
      bytes.storeBytes(of: mark.littleEndian, toByteOffset: 0, as: UInt64.self)
      bytes.storeBytes(of: Int64(matrix.rows).littleEndian, toByteOffset: 8, as: Int64.self)
      bytes.storeBytes(of: Int64(matrix.columns).littleEndian, toByteOffset: 16, as: Int64.self)
    }
    let file = try OutputFile(path, .replacing)
    try file.write(header)
    try matrix.withBytes { bytes throws(SystemError) in try file.write(bytes) }
  }

  /// The matrix, mapped; nil when the file is not there or not whole.
  static func read(_ path: Path) -> Matrix? {
    guard let file = try? MappedFile(path), file.bytes >= headerBytes,
      file.start.loadUnaligned(as: UInt64.self).littleEndian == mark
    else { return nil }
    let rows = Int(file.start.loadUnaligned(fromByteOffset: 8, as: Int64.self).littleEndian)
    let columns = Int(file.start.loadUnaligned(fromByteOffset: 16, as: Int64.self).littleEndian)
    let (count, overflow) = rows.multipliedReportingOverflow(by: columns)
    guard rows >= 0, columns >= 0, !overflow, count <= (file.bytes - headerBytes) / 4,
      file.bytes == headerBytes + 4 * count
    else { return nil }
    return Matrix(rows: rows, columns: columns, mapping: file, offset: headerBytes)
  }
}

import AudioData
import FileSystem
import Glibc
import JSONText
import Learning
import Matrices

/// What several pieces of work or several runs share, under the keys of their content.
///
/// All of it can be deleted at any time: what is missing is computed again.
package struct Cache: Sendable {
  package let folder: Path

  /// A cache in a folder, which is made.
  ///
  /// - Throws: `SystemError` when the folder cannot be made or written to.
  package init(_ folder: Path) throws(SystemError) {
    self.folder = folder
    let entries = entries
    try Self.whileEmptied { () throws(SystemError) in
      try entries.createFolder()
      if access(entries.string, W_OK) != 0 { throw SystemError("write to", path: entries.string) }
    }
  }

  /// Tries again what fails because someone deleted the cache meanwhile.
  private static func whileEmptied<Failure: Error>(
    _ body: () throws(Failure) -> Void
  ) throws(Failure) {
    for _ in 0..<4 {
      do throws(Failure) {
        return try body()
      } catch {
        guard (error as? SystemError)?.code == ENOENT else { throw error }
      }
    }
    try body()
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

  /// The user's cache; nil where there is no place for it.
  ///
  /// - Throws: `SystemError` when the folder that someone chose cannot be used.
  package static func standard() throws(SystemError) -> Cache? {
    guard let folder = standardFolder else { return nil }
    do throws(SystemError) {
      return try Cache(folder)
    } catch {
      // A folder that someone chose is not silently replaced.
      if getenv("EXPLORE_CACHE") != nil { throw error }
      return nil
    }
  }

  /// Where large matrices are put together.
  package var scratch: MatrixScratch { MatrixScratch(entries) }

  // MARK: Sounds

  /// The features of sounds; they count as other entries do when the cache shrinks.
  package var sounds: FeatureCache { FeatureCache(entries) }

  // MARK: Tables

  /// Keeps the features of a data set for the workers; a damaged entry is replaced.
  ///
  /// - Throws: `SystemError` when there is no room for it.
  package func store(table features: Matrix, key: String) throws {
    let entry = entries / key
    if table(key) != nil { return entry.touch() }
    do {
      try fill(entry) { folder in
        try MatrixFile.write(features, to: folder / "rows.f32")
      } unless: {
        table(key) != nil
      }
    } catch let error as SystemError where error.isMissing {
      // Someone emptied the cache meanwhile; who looks for the table will ask for it again.
    }
  }

  /// nil when it is not there or damaged.
  package func table(_ key: String) -> Matrix? { MatrixFile.read(entries / key / "rows.f32") }

  // MARK: Preparations

  /// A fitted chain of transformations with the rows it was applied to.
  struct Prepared {
    var fitted: FittedPreparation
    var rows: Matrix
    var seconds: Double
    var notes: [String]
    /// What the columns of the rows are.
    var layout: RowLayout { fitted.layout(ofColumns: rows.columns) }
  }

  private struct Manifest: Encodable {
    var preparation: FittedPreparation
    var seconds: Double
    var notes: [String]
  }

  /// A preparation's entry; other loops than these give other bits.
  private func entry(preparation key: String) -> Path {
    let arithmetic = ArithmeticPath.current
    return entries / "\(key).\(arithmetic.kernels).\(arithmetic.blas)"
  }

  /// Whether the rows of a preparation are there; whether they are whole is seen by who reads them.
  func has(preparation key: String) -> Bool {
    MatrixFile.isThere(entry(preparation: key) / "rows.f32")
  }

  /// Keeps a preparation for the other workers; a damaged entry is replaced.
  ///
  /// - Throws: `SystemError` when there is no room for it.
  func store(_ prepared: Prepared, key: String, registry: Registry) throws {
    let manifest = Manifest(
      preparation: prepared.fitted, seconds: prepared.seconds, notes: prepared.notes)
    try fill(entry(preparation: key)) { folder in
      try MatrixFile.write(prepared.rows, to: folder / "rows.f32")
      try Archive(folder).write(manifest)
    } unless: {
      preparation(key, registry: registry) != nil
    }
  }

  /// Keeps a preparation whose rows are written block by block.
  ///
  /// - Parameters:
  ///   - fitted: the chain.
  ///   - key: its name.
  ///   - columns: of each row.
  ///   - start: when the work began.
  ///   - notes: what is to be said of it.
  ///   - registry: the transformations.
  ///   - rows: is given what takes the blocks, one after the other.
  /// - Returns: the preparation, its rows mapped.
  /// - Throws: `SystemError` when there is no room for it, and what `rows` throws.
  func store(
    _ fitted: FittedPreparation, key: String, columns: Int, since start: ContinuousClock.Instant,
    notes: [String], registry: Registry, rows: ((Matrix) throws -> Void) throws -> Void
  ) throws -> Prepared {
    let entry = entry(preparation: key)
    var seconds = 0.0
    try fill(entry) { folder in
      var writer = try MatrixFile.Writer(folder / "rows.f32", columns: columns)
      try rows { try writer.append($0) }
      try writer.finish()
      seconds = start.secondsAgo
      try Archive(folder).write(Manifest(preparation: fitted, seconds: seconds, notes: notes))
    } unless: {
      preparation(key, registry: registry) != nil
    }
    guard let rows = MatrixFile.read(entry / "rows.f32") else {
      throw SystemError("read", path: entry.string, code: ENOENT)
    }
    return Prepared(fitted: fitted, rows: rows, seconds: seconds, notes: notes)
  }

  /// nil when it is not there or damaged.
  func preparation(_ key: String, registry: Registry) -> Prepared? {
    let entry = entry(preparation: key)
    guard let rows = MatrixFile.read(entry / "rows.f32") else { return nil }
    entry.touch()
    return try? Archive(entry).read { node, attachments in
      Prepared(
        fitted: try FittedPreparation(
          decoding: node["preparation"] ?? .null, attachments: attachments, registry: registry),
        rows: rows, seconds: node["seconds"]?.number ?? 0,
        notes: (node["notes"]?.elements ?? []).compactMap(\.string))
    }
  }

  // MARK: Entries

  /// Fills a temporary folder, then gives it its name: an entry is whole or not there.
  ///
  /// Where another worker was faster, its entry is as good; something damaged makes way.
  private func fill(
    _ entry: Path, with body: (Path) throws -> Void, unless isWhole: () -> Bool
  ) throws {
    let temporary = Path(entry.string + ".\(getpid())" + Self.partialSuffix)
    defer { try? temporary.remove() }
    try Self.whileEmptied {
      try temporary.createFolder()
      try body(temporary)
      do {
        try temporary.rename(to: entry)
      } catch {
        if isWhole() { return }
        try entry.remove()
        try temporary.rename(to: entry)
      }
    }
  }

  private static let partialSuffix = ".partial"

  /// Nobody takes this long to write one file.
  private static let longestWriting = Duration.seconds(3600)

  /// Removes the oldest entries until the rest fits, and what killed workers left half done.
  package func shrink(toBytes limit: Double) {
    guard let names = try? entries.children() else { return }
    var known: [(path: Path, bytes: Int, modified: Int)] = []
    for name in names {
      let path = entries / name
      guard let information = path.information else { continue }
      // Its writer may sit on another machine, where this one cannot see whether it lives.
      if name.hasSuffix(Self.partialSuffix) {
        if information.age > Self.longestWriting { try? path.remove() }
        continue
      }
      let files = information.isFolder ? (try? path.children()) ?? [] : []
      let bytes =
        information.isFolder
        ? files.reduce(0) { $0 + ((path / $1).information?.bytes ?? 0) } : information.bytes
      known.append((path, bytes, information.modified))
    }
    var total = known.reduce(0.0) { $0 + Double($1.bytes) }
    for entry in known.sorted(by: { $0.modified < $1.modified }) where total > limit {
      try? entry.path.remove()
      total -= Double(entry.bytes)
    }
  }
}

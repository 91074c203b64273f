import FileSystem
import Learning
import TextFormatting

/// The models that a run folder keeps, each with the key of the piece of work that it is from, so that
/// one is not taken for that of another experiment of the same name, and is found again when its
/// cell's name changes.
struct KeptModels {
  let folder: RunFolder
  let registry: Registry
  /// The key of each cell's model, by the name of the cell's folder; models of old runs have none.
  private let keyOfFolder: [String: String]
  private let folderOfKey: [String: String]

  init(_ folder: RunFolder, registry: Registry) {
    self.folder = folder
    self.registry = registry
    var keyOfFolder: [String: String] = [:]
    var folderOfKey: [String: String] = [:]
    for name in (try? folder.cells.children()) ?? [] {
      guard let key = try? (folder.cells / name / Self.keyFile).readText() else { continue }
      keyOfFolder[name] = key
      folderOfKey[key] = folderOfKey[key] ?? name
    }
    self.keyOfFolder = keyOfFolder
    self.folderOfKey = folderOfKey
  }

  private static let keyFile = "key"

  /// Whether the model of a piece of work is there and whole, be it under a former name of its cell.
  func has(key: String, of cellName: String) -> Bool {
    guard let source = source(of: key, cellName) else { return false }
    return (try? FittedPipeline(readingFrom: folder.cells / source / "model", registry: registry))
      != nil
  }

  /// The cell folder that has a piece's model.
  private func source(of key: String, _ cellName: String) -> String? {
    let name = fileName(cellName)
    guard let own = keyOfFolder[name] else {
      return folder.model(of: cellName).exists ? name : folderOfKey[key]
    }
    return own == key ? name : folderOfKey[key]
  }

  /// Copies models to the cells whose name they do not have yet; cells may have exchanged their names.
  ///
  /// - Throws: `SystemError` when a file cannot be written.
  func adopt(_ wanted: [(key: String, cellName: String)]) throws(SystemError) {
    var copies: [(from: Path, to: Path, key: String)] = []
    for (key, cellName) in wanted {
      let name = fileName(cellName)
      guard let source = source(of: key, cellName), source != name else { continue }
      let copy = folder.partialModel(of: name)
      try copy.remove()
      try (folder.cells / source / "model").copy(to: copy)
      copies.append((copy, folder.cells / name / "model", key))
    }
    for (from, to, key) in copies { try Self.replace(to, by: from, key: key) }
  }

  /// Puts a written model in the place of an earlier one; the key comes last, so that what is torn
  /// belongs to no piece.
  static func replace(_ target: Path, by written: Path, key: String) throws(SystemError) {
    let keyFile = target.folder / keyFile
    try keyFile.writeAtomically("none")
    try target.remove()
    try written.rename(to: target)
    try keyFile.writeAtomically(key)
  }
}

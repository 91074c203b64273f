import FileSystem

/// Finds the files of one kind below folders and remembers what was passed over.
struct FolderWalk {
  private struct Place: Hashable {
    var device: UInt64
    var inode: UInt64
  }

  private let kind: FileKind
  private var visited: Set<Place> = []
  private(set) var omissions: [FileCatalogue.Omission] = []
  /// Files of other kinds, counted by their extension.
  private(set) var otherFiles: [String: Int] = [:]
  /// Files of the kind whose names begin with a dot.
  private(set) var hiddenFiles = 0
  /// Links to folders that were walked already.
  private(set) var repeatedFolders: [Path] = []

  init(_ kind: FileKind) { self.kind = kind }

  static func isHidden(_ name: String) -> Bool { name.hasPrefix(".") }

  /// Marks a folder as walked.
  ///
  /// - Returns: whether it is met for the first time.
  @discardableResult
  mutating func enter(_ folder: Path) -> Bool {
    guard let information = folder.information else { return true }
    return visited.insert(Place(device: information.device, inode: information.inode)).inserted
  }

  /// All files of the kind below a folder, however deep.
  mutating func files(below folder: Path) -> [Path] {
    guard enter(folder) else {
      repeatedFolders.append(folder)
      return []
    }
    let names: [String]
    do throws(SystemError) {
      names = try folder.children()
    } catch {
      omissions.append(.init(path: folder, reason: .unreadable(error)))
      return []
    }
    var found: [Path] = []
    for name in names {
      let path = folder / name
      if !Self.isHidden(name), path.isFolder {
        found += files(below: path)
      } else if let file = file(path, name) {
        found.append(file)
      }
    }
    return found
  }

  /// The path itself where it is one of the kind by its extension.
  mutating func file(_ path: Path, _ name: String) -> Path? {
    guard !Self.isHidden(name) else {
      if kind.extensions.contains(path.fileExtension) { hiddenFiles += 1 }
      return nil
    }
    // Whatever its name: it may be a folder of such files.
    guard let information = path.information else {
      omissions.append(.init(path: path, reason: .unreachable))
      return nil
    }
    guard kind.extensions.contains(path.fileExtension) else {
      otherFiles[path.fileExtension, default: 0] += 1
      return nil
    }
    guard information.isPlainFile else {
      omissions.append(.init(path: path, reason: .noPlainFile))
      return nil
    }
    return path
  }
}

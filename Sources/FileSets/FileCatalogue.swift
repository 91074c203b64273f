import DataTables
import FileSystem
import TextFormatting

/// One file of a data set: a song, a picture.
package struct Track: Equatable, Sendable {
  package var path: Path
  /// The file's own name, as in `blues.00000.wav`; its path below the catalogue's root where two
  /// files share a name.
  package var name: String
  /// Its class.
  package var label: String
  /// One of each of the catalogue's columns, empty where there is none.
  package var values: [String]

  package init(path: Path, name: String, label: String, values: [String] = []) {
    self.path = path
    self.name = name
    self.label = label
    self.values = values
  }
}

/// The files of one kind in a data set with their classes: a folder of class folders, a flat folder of files
/// named `<class>.<number>.<extension>`, or a CSV index.
///
/// Nothing is decoded. Files are sorted by the bytes of their paths below the root; those of an index
/// stay in its order.
package struct FileCatalogue: Sendable {
  /// A file or folder that is not among the tracks although it seems to belong there.
  package struct Omission: Equatable, Sendable {
    package enum Reason: Equatable, Sendable {
      /// An index names it and it is not there.
      case missing(line: Int)
      /// An index names it again.
      case repeated(line: Int, firstLine: Int)
      /// Its name does not tell its class, as those of the others do.
      case noClass
      /// A sound file beside the class folders.
      case besideClasses
      case unreadable(SystemError)
      /// A link that leads nowhere, or a name that is not UTF-8.
      case unreachable
      /// A pipe, a device or a socket.
      case noPlainFile
    }

    package var path: Path
    package var reason: Reason

    package var words: String {
      switch reason {
      case .missing(let line): "line \(line) of the index names it, but it is not there"
      case .repeated(let line, let firstLine):
        "line \(line) of the index names it again (first in line \(firstLine)); left out"
      case .noClass:
        "its name does not begin with a class, as in <class>.<number>.<extension>; left out"
      case .besideClasses: "it stands beside the class folders and so has no class; left out"
      case .unreadable(let error): error.description
      case .unreachable: "a link that leads nowhere, or a name that is not UTF-8; left out"
      case .noPlainFile: "it is no plain file; left out"
      }
    }

    /// What several of one kind are, after their number.
    fileprivate var summary: String {
      switch reason {
      case .missing: "files that the index names are not there"
      case .repeated: "lines of the index name a file again and are left out"
      case .noClass: "files whose names do not begin with a class are left out"
      case .besideClasses: "files beside the class folders have no class and are left out"
      case .unreadable: "folders cannot be read"
      case .unreachable: "links that lead nowhere or names that are not UTF-8 are left out"
      case .noPlainFile: "entries that are no plain files are left out"
      }
    }

    fileprivate var place: String {
      switch reason {
      case .missing(let line), .repeated(let line, _): "\(path) (line \(line))"
      default: path.string
      }
    }
  }

  /// Which files these are.
  package let kind: FileKind
  /// What was named: a folder or an index.
  package let source: Path
  /// The folder that the files' paths are told from.
  package private(set) var root: Path
  package var tracks: [Track] = []
  /// Further columns of an index, in its order.
  package private(set) var columns: [String] = []
  package private(set) var omissions: [Omission] = []
  /// What is odd about the folder as a whole.
  package private(set) var notes: [DataFinding] = []

  /// What a reader of the results must know of the folder; of many omissions of one kind their number
  /// and the first three.
  package var findings: [DataFinding] {
    var kinds: [(summary: String, omissions: [Omission])] = []
    var placeOfKind: [String: Int] = [:]
    for omission in omissions {
      let place = placeOfKind[omission.summary] ?? kinds.count
      if place == kinds.count {
        placeOfKind[omission.summary] = place
        kinds.append((omission.summary, []))
      }
      kinds[place].omissions.append(omission)
    }
    return notes
      + kinds.map { summary, omissions in
        guard omissions.count > 1 else {
          // What the system says names the folder already.
          if case .unreadable = omissions[0].reason {
            return DataFinding(.warning, omissions[0].words)
          }
          return DataFinding(.warning, "\(omissions[0].path): \(omissions[0].words)")
        }
        let examples = omissions.prefix(3).map(\.place).joined(separator: ", ")
        return DataFinding(
          .warning,
          "\(omissions.count) \(summary): \(examples)\(omissions.count > 3 ? " …" : "")")
      }
  }

  /// The classes, sorted by their bytes.
  package var classes: [String] {
    Set(tracks.map(\.label)).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// Lists a data set.
  ///
  /// - Parameters:
  ///   - source: a folder, or a CSV index.
  ///   - kind: the files to list.
  /// - Throws: ``CatalogueError`` where there is no such file or no class can be told.
  package init(_ source: Path, of kind: FileKind) throws(CatalogueError) {
    self.source = source
    self.kind = kind
    root = source
    guard let information = source.information else {
      throw CatalogueError(source, .unreadable(SystemError("open", path: source.string)))
    }
    if information.isFolder {
      try readFolder()
    } else if information.isPlainFile, source.fileExtension == "csv" {
      root = source.folder
      try readIndex()
    } else {
      throw CatalogueError(source, .noFolder(kind))
    }
    nameTracks()
  }

  /// All files of a kind below a folder, however deep, by the bytes of their paths.
  package static func files(below folder: Path, of kind: FileKind) -> [Path] {
    var walk = FolderWalk(kind)
    return walk.files(below: folder).sorted {
      $0.string.utf8.lexicographicallyPrecedes($1.string.utf8)
    }
  }

  /// A track's path below the root.
  package func relativePath(_ path: Path) -> String {
    let prefix = root.string.hasSuffix("/") ? root.string : root.string + "/"
    return path.string.hasPrefix(prefix) ? String(path.string.dropFirst(prefix.count)) : path.string
  }

  private mutating func nameTracks() {
    var counts: [String: Int] = [:]
    for track in tracks { counts[track.path.name, default: 0] += 1 }
    for index in tracks.indices {
      let path = tracks[index].path
      tracks[index].name = counts[path.name] == 1 ? path.name : relativePath(path)
    }
  }

  // MARK: Folders

  private mutating func readFolder() throws(CatalogueError) {
    if let inner = kind.innerFolder.map({ source / $0 }), inner.isFolder {
      root = inner
      notes.append(DataFinding(.note, "the \(kind.noun) files are those of \(inner)"))
    }
    var walk = FolderWalk(kind)
    let names: [String]
    do throws(SystemError) {
      names = try root.children()
    } catch {
      throw CatalogueError(root, .unreadable(error))
    }
    walk.enter(root)
    var (labelled, loose): ([Track], [Path]) = ([], [])
    var silentFolders: [String] = []
    for name in names {
      let path = root / name
      if !FolderWalk.isHidden(name), path.isFolder {
        let found = walk.files(below: path)
        if found.isEmpty, walk.omissions.last?.path != path { silentFolders.append(name) }
        labelled += found.map { Track(path: $0, name: "", label: name) }
      } else if let file = walk.file(path, name) {
        loose.append(file)
      }
    }
    omissions = walk.omissions
    if labelled.isEmpty {
      try readFlat(loose)
    } else {
      tracks = labelled
      omissions += loose.map { Omission(path: $0, reason: .besideClasses) }
      noteIndex(names)
    }
    // All begin with the root.
    tracks.sort { $0.path.string.utf8.lexicographicallyPrecedes($1.path.string.utf8) }
    noteLeftOut(walk, silentFolders)
  }

  private mutating func readFlat(_ files: [Path]) throws(CatalogueError) {
    guard let first = files.first else {
      throw CatalogueError(source, .noFiles(kind))
    }
    for file in files {
      if let label = Self.classNamed(in: file.name) {
        tracks.append(Track(path: file, name: "", label: label))
      } else {
        omissions.append(Omission(path: file, reason: .noClass))
      }
    }
    if tracks.count * 2 < files.count {
      let example = omissions.first { $0.reason == .noClass }?.path ?? first
      throw CatalogueError(source, .noClasses(example: example.name))
    }
  }

  /// The class that a file name as in `blues.00000.wav` begins with.
  package static func classNamed(in fileName: String) -> String? {
    let parts = fileName.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count >= 3, let number = parts.dropLast().last, !number.isEmpty,
      number.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 })
    else { return nil }
    let label = parts.dropLast(2).joined(separator: ".")
    return label.isEmpty ? nil : label
  }

  private mutating func noteIndex(_ names: [String]) {
    guard names.contains("index.csv") else { return }
    notes.append(
      DataFinding(
        .note,
        "\(root / "index.csv") is not used, as the classes are those of the folders; name it "
          + "instead of the folder for its columns"))
  }

  private mutating func noteLeftOut(_ walk: FolderWalk, _ silentFolders: [String]) {
    if !walk.otherFiles.isEmpty {
      let kinds = walk.otherFiles.sorted {
        ($1.value, $0.key) < ($0.value, $1.key)
      }
      let words = kinds.map { "\($0.value) \($0.key.isEmpty ? "without extension" : ".\($0.key)")" }
      let count = kinds.reduce(0) { $0 + $1.value }
      notes.append(
        DataFinding(
          .note,
          "left out: \(counted(count, "file")) of other kinds (\(words.joined(separator: ", ")))"))
    }
    if walk.hiddenFiles > 0 {
      notes.append(
        DataFinding(.note, "left out: \(counted(walk.hiddenFiles, "hidden \(kind.noun) file"))"))
    }
    if !silentFolders.isEmpty {
      notes.append(
        DataFinding(
          .note,
          "no class: \(counted(silentFolders.count, "folder")) without \(kind.noun) files ("
            + silentFolders.joined(separator: ", ") + ")"))
    }
    for folder in walk.repeatedFolders {
      notes.append(DataFinding(.warning, "\(folder): a link to a folder met before; not followed"))
    }
  }

  // MARK: An index

  private static let fileNames = ["file", "filename", "path"]
  private static let labelNames = ["label", "class", "genre", "category"]

  private mutating func readIndex() throws(CatalogueError) {
    let outcome: Result<Void, CatalogueError>
    do {
      outcome = try TableBytes(source).withBuffer { buffer in
        try readIndex(CSVScanner(buffer, path: source.string))
      }
    } catch let error as TableError {
      throw CatalogueError(source, .table(error))
    } catch let error as SystemError {
      throw CatalogueError(source, .unreadable(error))
    } catch {
      throw CatalogueError(source, .noFolder(kind))
    }
    try outcome.get()
    if tracks.isEmpty, omissions.isEmpty {
      throw CatalogueError(source, .table(TableError(path: source.string, .noRows)))
    }
  }

  private mutating func readIndex(
    _ start: CSVScanner
  ) throws(TableError) -> Result<Void, CatalogueError> {
    var scanner = start
    guard try scanner.nextRecord() else { throw TableError(path: source.string, .empty) }
    let header = scanner.cells.map { scanner.text($0) }
    func place(_ names: [String]) -> Int? {
      names.lazy.compactMap { name in header.firstIndex { $0.lowercased() == name } }.first
    }
    guard let fileColumn = place(Self.fileNames), let labelColumn = place(Self.labelNames) else {
      let names = place(Self.fileNames) == nil ? Self.fileNames : Self.labelNames
      return .failure(
        CatalogueError(
          source, line: scanner.recordLine, .missingColumn(names: names, known: header)))
    }
    let others = header.indices.filter { $0 != fileColumn && $0 != labelColumn }
    columns = others.map { header[$0] }
    var firstLines: [String: Int] = [:]
    while try scanner.nextRecord() {
      let (cells, line) = (scanner.cells, scanner.recordLine)
      guard cells.count == header.count else {
        throw TableError(
          path: source.string, line: line,
          .raggedRow(found: cells.count, expected: header.count))
      }
      for column in [fileColumn, labelColumn]
      where scanner.text(cells[column]).allSatisfy(\.isWhitespace) {
        return .failure(
          CatalogueError(source, line: line, .missingCell(column: header[column])))
      }
      let path = root / scanner.text(cells[fileColumn])
      let information = path.information
      // One file may be called by several paths.
      let identity = information.map { "\($0.device) \($0.inode)" } ?? path.string
      if let first = firstLines[identity] {
        omissions.append(
          Omission(path: path, reason: .repeated(line: line, firstLine: first)))
      } else if let information {
        let values = others.map { scanner.text(cells[$0]) }
        if information.isPlainFile {
          tracks.append(
            Track(path: path, name: "", label: scanner.text(cells[labelColumn]), values: values))
        } else {
          omissions.append(Omission(path: path, reason: .noPlainFile))
        }
      } else {
        omissions.append(Omission(path: path, reason: .missing(line: line)))
      }
      if firstLines[identity] == nil { firstLines[identity] = line }
    }
    return .success(())
  }
}

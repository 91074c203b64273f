import FileSystem
import Glibc
import TextFormatting

/// Moves files out of a data set so that nothing is lost: each move is written down and on the disk
/// before and after it, nothing is overwritten, and a copy to another file system is on the disk
/// before the original goes.
package struct Quarantine: ~Copyable {
  package struct Move: Equatable, Sendable {
    package var from: Path
    package var to: Path
    /// Why the file is still where it was; nil when it was moved.
    package var failure: String?
  }

  private let folder: Path
  private let record: OutputFile
  package private(set) var moves: [Move] = []

  package static let recordName = "quarantine.csv"

  /// - Parameter folder: made where it is not there; its `quarantine.csv` is continued.
  /// - Throws: `SystemError` when nothing can be written there.
  package init(_ folder: Path) throws(SystemError) {
    try folder.createFolder()
    let path = folder / Self.recordName
    let isThere = path.exists
    let record = try OutputFile(path, isThere ? .appending : .new)
    let last = isThere ? try path.readBytes().last : nil
    if last == nil {
      try record.write(Self.header)
    } else if last != UInt8(ascii: "\n") {
      // A line that a crash cut off would swallow the next one.
      try record.write([UInt8(ascii: "\n")])
    }
    try record.sync()
    folder.syncFolder()
    self.folder = folder
    self.record = record
  }

  private static let header = Array("state,file,from,to,problem,detail\n".utf8)

  /// Whether a folder lies inside another or is it, links resolved; a folder still to be made counts
  /// where it will be.
  package static func isInside(_ folder: Path, _ other: Path) -> Bool {
    guard let outer = resolved(other), let inner = resolved(folder) else { return false }
    return inner == outer || inner.hasPrefix(outer == "/" ? "/" : outer + "/")
  }

  private static func resolved(_ path: Path) -> String? {
    if let buffer = realpath(path.string, nil) {
      defer { free(buffer) }
      return String(cString: buffer)
    }
    guard path.folder != path, let folder = resolved(path.folder) else { return nil }
    return folder == "/" ? "/" + path.name : folder + "/" + path.name
  }

  /// Moves the file of a problem to the same place below the quarantine folder.
  ///
  /// Where that name is taken, a number is put before the extension. A file outside the data set's
  /// folder, which only an index can name, stays.
  ///
  /// - Throws: `SystemError` when the record cannot be written; the file is then where it was, or where
  ///   the record's last line says it was to go. A file that cannot be moved is no error: it is written
  ///   down in ``moves`` and the record.
  package mutating func take(_ problem: HealthProblem) throws(SystemError) {
    guard let places = Self.places(problem.file) else {
      let reason = "it lies outside the folder of the data set; nothing is moved from there"
      try write("failed: \(reason)", problem, problem.path)
      moves.append(Move(from: problem.path, to: problem.path, failure: reason))
      return
    }
    let wished = folder / places.joined(separator: "/")
    var number = 0
    while true {
      let target = number == 0 ? wished : Self.numbered(wished, number)
      if !Self.isTaken(target) {
        try write("moving", problem, target)
        let isMoved: Bool
        do throws(SystemError) {
          try target.folder.createFolder()
          isMoved = try Self.move(problem.path, to: target)
        } catch {
          try write("failed: \(error)", problem, target)
          moves.append(Move(from: problem.path, to: target, failure: error.description))
          return
        }
        if isMoved {
          moves.append(Move(from: problem.path, to: target))
          return try write("moved", problem, target)
        }
      }
      number += 1
    }
  }

  /// The folders and the name that a path below the data set's folder leads through; nil where it
  /// leads out of it, as an index may do.
  private static func places(_ file: String) -> [Substring]? {
    guard !file.hasPrefix("/") else { return nil }
    var places: [Substring] = []
    for place in file.split(separator: "/") where place != "." {
      if place != ".." {
        places.append(place)
      } else if places.popLast() == nil {
        return nil
      }
    }
    return places
  }

  private func write(
    _ state: String, _ problem: HealthProblem, _ target: Path
  ) throws(SystemError) {
    let fields = [
      state, problem.file, problem.path.string, target.string, problem.kind.rawValue,
      problem.detail,
    ]
    try record.write(Array((fields.map { csvField($0) }.joined(separator: ",") + "\n").utf8))
    try record.sync()
  }

  private static func numbered(_ path: Path, _ number: Int) -> Path {
    let parts = path.name.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count > 1 else { return Path("\(path.string) \(number)") }
    let name = "\(parts.dropLast().joined(separator: ".")) \(number).\(parts[parts.count - 1])"
    return path.folder / name
  }

  private static func isTaken(_ path: Path) -> Bool {
    var status = stat()
    return lstat(path.string, &status) == 0
  }

  /// - Returns: whether it was moved; not where the new name was taken in the meantime.
  private static func move(_ file: Path, to target: Path) throws(SystemError) -> Bool {
    var status = stat()
    try checked("read", file.string) { lstat(file.string, &status) }
    let isLink = status.st_mode & S_IFMT == S_IFLNK
    // A second name for the same file, then the first one goes: in no moment is there none.
    if !isLink, link(file.string, target.string) == 0 {
      target.folder.syncFolder()
    } else if !isLink, errno == EEXIST {
      return false
    } else {
      // Another file system, or one without second names. Of a link, what it leads to is copied.
      do throws(SystemError) {
        try copy(file, to: target)
      } catch {
        if error.code == EEXIST { return false }
        throw error
      }
      target.folder.syncFolder()
    }
    do throws(SystemError) {
      try checked("remove", file.string) { unlink(file.string) }
    } catch {
      // What has to stay where it is does not stand in the quarantine, too; an old name may go by
      // itself.
      if isTaken(file) {
        unlink(target.string)
        throw error
      }
    }
    file.folder.syncFolder()
    return true
  }

  private static func copy(_ file: Path, to target: Path) throws(SystemError) {
    let source = try MappedFile(file)
    let copy = try OutputFile(target, .new)
    do throws(SystemError) {
      try copy.write(source.buffer)
      try copy.sync()
    } catch {
      unlink(target.string)
      throw error
    }
    withExtendedLifetime(source) {}
    guard target.information?.bytes == source.bytes else {
      unlink(target.string)
      throw SystemError("copy", path: file.string, code: EIO)
    }
  }
}

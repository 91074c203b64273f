import Glibc

/// A file or folder, by name: absolute, or relative to the current folder.
package struct Path: Hashable, Sendable, CustomStringConvertible, ExpressibleByStringLiteral {
  package let string: String

  package init(_ string: String) { self.string = string }
  package init(stringLiteral value: String) { self.string = value }

  package var description: String { string }

  /// The part after the last slash.
  package var name: String {
    let trimmed = string.last == "/" ? string.dropLast() : string[...]
    return trimmed.lastIndex(of: "/").map { String(trimmed[trimmed.index(after: $0)...]) }
      ?? String(trimmed)
  }

  /// The folder that holds this file; `.` for a bare name.
  package var folder: Path {
    guard let slash = string.lastIndex(of: "/") else { return "." }
    return slash == string.startIndex ? "/" : Path(String(string[..<slash]))
  }

  package var isAbsolute: Bool { string.hasPrefix("/") }

  package static func / (folder: Path, name: String) -> Path {
    if name.hasPrefix("/") || folder.string.isEmpty || folder.string == "." { return Path(name) }
    return Path(folder.string.hasSuffix("/") ? folder.string + name : folder.string + "/" + name)
  }

  package static var currentFolder: Path {
    guard let buffer = getcwd(nil, 0) else { return "." }
    defer { free(buffer) }
    return Path(String(cString: buffer))
  }
}

extension Path {
  /// What the system knows of a file.
  package struct Information: Equatable {
    package var bytes: Int
    package var isFolder: Bool
    /// Whether it is neither a folder nor a pipe, a device or a socket.
    package var isPlainFile: Bool
    /// Nanoseconds since 1970.
    package var modified: Int
    /// Different for different files of one device.
    package var inode: UInt64
    package var device: UInt64

    /// The time since the last change.
    package var age: Duration {
      var now = timespec()
      clock_gettime(CLOCK_REALTIME, &now)
      return .nanoseconds(Int(now.tv_sec) * 1_000_000_000 + Int(now.tv_nsec) - modified)
    }
  }

  /// Follows links; nil when there is nothing there or it cannot be seen.
  package var information: Information? {
    var status = stat()
    guard stat(string, &status) == 0 else { return nil }
    return Information(
      bytes: Int(status.st_size), isFolder: status.st_mode & S_IFMT == S_IFDIR,
      isPlainFile: status.st_mode & S_IFMT == S_IFREG,
      modified: Int(status.st_mtim.tv_sec) * 1_000_000_000 + Int(status.st_mtim.tv_nsec),
      inode: UInt64(status.st_ino), device: UInt64(status.st_dev))
  }

  package var exists: Bool { information != nil }
  package var isFolder: Bool { information?.isFolder ?? false }

  /// The names in a folder, sorted by their bytes, without `.` and `..`.
  package func children() throws(SystemError) -> [String] {
    guard let stream = opendir(string) else { throw SystemError("read folder", path: string) }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// Makes the folder and those above it; fine when it exists.
  package func createFolder() throws(SystemError) {
    if try createLowestFolder() { return }
    // Another process may have made the folder above by now, which is as good.
    try folder.createFolder()
    guard try createLowestFolder() else {
      throw SystemError("create folder", path: string, code: ENOENT)
    }
  }

  /// - Returns: false where the folder above is missing.
  private func createLowestFolder() throws(SystemError) -> Bool {
    if mkdir(string, 0o777) == 0 { return true }
    // Looking at what is there overwrites the reason.
    let code = errno
    if isFolder { return true }
    guard code == ENOENT, folder != self else {
      throw SystemError("create folder", path: string, code: code)
    }
    return false
  }

  /// Removes a file, or a folder with all it holds; fine when there is nothing.
  package func remove() throws(SystemError) {
    var status = stat()
    guard lstat(string, &status) == 0 else { return }
    if status.st_mode & S_IFMT == S_IFDIR {
      for name in try children() { try (self / name).remove() }
      if rmdir(string) != 0, errno != ENOENT { throw SystemError("remove", path: string) }
    } else if unlink(string) != 0, errno != ENOENT {
      throw SystemError("remove", path: string)
    }
  }

  /// Renames over whatever has the new name; both must be on one file system.
  package func rename(to target: Path) throws(SystemError) {
    try checked("rename to \(target)", string) { Glibc.rename(string, target.string) }
  }

  /// Sets the time of the last change to now: the cache's mark of a recent use.
  package func touch() { utimensat(AT_FDCWD, string, nil, 0) }

  /// Opens a folder and syncs it, so that a file just created or renamed in it survives power loss.
  package func syncFolder() {
    let descriptor = open(string, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }
}

extension Path {
  /// Makes a folder of its own below `$TMPDIR`, or the system's temporary folder.
  package static func makeTemporaryFolder(_ prefix: String) throws(SystemError) -> Path {
    let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(base)/\(prefix)-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw SystemError("create folder", path: base) }
    return Path(
      String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self))
  }
}

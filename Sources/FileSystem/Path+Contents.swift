import Glibc

extension Path {
  /// What is read of a pipe or a device at most.
  private static let mostBytesOfDevice = 1 << 26

  /// The whole file.
  package func readBytes() throws(SystemError) -> [UInt8] {
    let descriptor = try checked("open", string) { open(string, O_RDONLY | O_CLOEXEC) }
    defer { close(descriptor) }
    if isFolder { throw SystemError("read", path: string, code: EISDIR) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    bytes.reserveCapacity((information?.bytes ?? 0) + 1)
    while true {
      let count = try checked("read", string) { read(descriptor, &buffer, buffer.count) }
      if count == 0 { return bytes }
      // A device may never end.
      if bytes.count > Self.mostBytesOfDevice, information?.isPlainFile == false {
        throw SystemError("read", path: string, code: EOVERFLOW)
      }
      bytes.append(contentsOf: buffer[..<count])
    }
  }

  /// Reads the file block by block, so that what is held does not grow with it.
  package func readBlocks(_ body: (UnsafeRawBufferPointer) -> Void) throws(SystemError) {
    let descriptor = try checked("open", string) { open(string, O_RDONLY | O_CLOEXEC) }
    defer { close(descriptor) }
    if isFolder { throw SystemError("read", path: string, code: EISDIR) }
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      let count = try checked("read", string) { read(descriptor, &buffer, buffer.count) }
      if count == 0 { return }
      buffer.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
    }
  }

  /// The whole file as text; bytes that are not UTF-8 become U+FFFD.
  package func readText() throws(SystemError) -> String {
    String(decoding: try readBytes(), as: UTF8.self)
  }

  /// Writes a temporary file beside this one, then renames it: readers see the old or the new.
  package func writeAtomically(_ text: String) throws(SystemError) {
    try writeAtomically(Array(text.utf8))
  }

  /// Writes a temporary file beside this one, then renames it: readers see the old or the new.
  ///
  /// Something that is not a plain file (a pipe, a device) is written in place.
  package func writeAtomically(_ bytes: [UInt8]) throws(SystemError) {
    try writeAtomically { (file: borrowing OutputFile) throws(SystemError) in
      try file.write(bytes)
    }
  }

  /// The same for bytes that come piece by piece.
  package func writeAtomically(
    _ write: (borrowing OutputFile) throws(SystemError) -> Void
  ) throws(SystemError) {
    var status = stat()
    if stat(string, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
      if status.st_mode & S_IFMT == S_IFDIR {
        throw SystemError("write", path: string, code: EISDIR)
      }
      try write(OutputFile(self, .existing))
      return
    }
    let temporary = Path(string + ".\(getpid()).partial")
    do throws(SystemError) {
      try write(OutputFile(temporary, .replacing))
      try temporary.rename(to: self)
    } catch {
      unlink(temporary.string)
      throw SystemError("write", path: string, code: error.code)
    }
  }
}

extension OutputFile {
  /// A new file in a folder that has no name any more: it is gone with its last user, and nobody can delete it.
  ///
  /// The folder is made where it is missing.
  ///
  /// - Throws: ``SystemError`` when it cannot be made.
  package static func scratch(in folder: Path) throws(SystemError) -> OutputFile {
    while true {
      let path = folder / "scratch.\(getpid()).\(UInt32.random(in: 0 ... .max)).partial"
      do throws(SystemError) {
        let file = try OutputFile(path, .scratch)
        unlink(path.string)
        return file
      } catch {
        if error.code == ENOENT {
          try folder.createFolder()
        } else if error.code != EEXIST {
          throw error
        }
      }
    }
  }
}

extension Path {
  /// Copies a file, or a folder with all it holds but files that were never finished; folders above
  /// the target are made, and the target must not exist.
  package func copy(to target: Path) throws(SystemError) {
    guard isFolder else {
      try target.folder.createFolder()
      return try copyFile(to: target)
    }
    try target.createFolder()
    for name in try children() where !name.hasSuffix(".partial") {
      try (self / name).copy(to: target / name)
    }
  }

  private func copyFile(to target: Path) throws(SystemError) {
    let source = try MappedFile(self)
    let file = try OutputFile(target, .new)
    if source.bytes > 0 { try file.write(source.buffer) }
    try file.sync()
    withExtendedLifetime(source) {}
  }
}

/// A file open for writing, closed when its owner goes.
package struct OutputFile: ~Copyable {
  package enum Creation {
    /// Empties what is there.
    case replacing
    /// Fails when there is something already.
    case new
    /// Writes behind what is there already.
    case appending
    /// A pipe or device that is there.
    case existing
    /// Fails when there is something already; can be mapped.
    case scratch

    var flags: Int32 {
      switch self {
      case .replacing: O_WRONLY | O_CREAT | O_TRUNC
      case .new: O_WRONLY | O_CREAT | O_EXCL | O_APPEND
      case .appending: O_WRONLY | O_APPEND
      case .existing: O_WRONLY
      case .scratch: O_RDWR | O_CREAT | O_EXCL
      }
    }
  }

  package let path: Path
  private let descriptor: Int32

  package init(_ path: Path, _ creation: Creation) throws(SystemError) {
    self.path = path
    descriptor = try checked("create", path.string) {
      open(path.string, O_CLOEXEC | creation.flags, 0o666)
    }
  }

  deinit { close(descriptor) }

  package func write(_ bytes: [UInt8]) throws(SystemError) {
    let result = bytes.withUnsafeBytes { buffer in
      Result { () throws(SystemError) in try write(buffer) }
    }
    try result.get()
  }

  package func write(_ bytes: UnsafeRawBufferPointer) throws(SystemError) {
    var rest = bytes[...]
    while let start = UnsafeRawBufferPointer(rebasing: rest).baseAddress {
      let count = try checked("write", path.string) {
        Glibc.write(descriptor, start, rest.count)
      }
      rest = rest.dropFirst(count)
      if rest.isEmpty { return }
    }
  }

  /// Replaces bytes that were written.
  package func overwrite(_ bytes: [UInt8], at offset: Int) throws(SystemError) {
    let count = try checked("write", path.string) {
      pwrite(descriptor, bytes, bytes.count, off_t(offset))
    }
    if count < bytes.count { throw SystemError("write", path: path.string, code: ENOSPC) }
  }

  /// What was written to a scratch file so far, mapped.
  package func mapped() throws(SystemError) -> MappedFile {
    try MappedFile(descriptor: descriptor, of: path)
  }

  /// Returns when the bytes are on the disk.
  package func sync() throws(SystemError) {
    try checked("sync", path.string) { fdatasync(descriptor) }
  }

  package consuming func writeAndClose(_ bytes: [UInt8]) throws(SystemError) {
    try write(bytes)
  }
}

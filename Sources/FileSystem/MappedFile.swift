import Glibc

/// A file mapped read-only: its pages are shared by every process that maps it, and stay readable
/// after the file is removed.
package final class MappedFile: Sendable {
  package let path: Path
  package let bytes: Int
  /// Tells the file, as it is now, from all others.
  package let identity: Identity

  package struct Identity: Hashable, Sendable {
    private let numbers: [Int]

    fileprivate init(_ status: stat) {
      numbers = [
        Int(status.st_dev), Int(status.st_ino), Int(status.st_size), status.st_mtim.tv_sec,
        status.st_mtim.tv_nsec, status.st_ctim.tv_sec, status.st_ctim.tv_nsec,
      ]
    }
  }

  // Sendable: the mapping is private, read-only and lives as long as this object.
  nonisolated(unsafe) package let start: UnsafeRawPointer

  /// - Throws: ``SystemError`` when the file cannot be opened or mapped.
  package convenience init(_ path: Path) throws(SystemError) {
    let descriptor = try checked("open", path.string) { open(path.string, O_RDONLY | O_CLOEXEC) }
    defer { close(descriptor) }
    try self.init(descriptor: descriptor, of: path)
  }

  /// A file that is open for reading; it may be closed afterwards.
  init(descriptor: Int32, of path: Path) throws(SystemError) {
    var status = stat()
    try checked("read", path.string) { fstat(descriptor, &status) }
    if status.st_mode & S_IFMT == S_IFDIR {
      throw SystemError("read", path: path.string, code: EISDIR)
    }
    self.path = path
    bytes = Int(status.st_size)
    identity = Identity(status)
    // An empty file cannot be mapped; one anonymous page stands in for it.
    let mapping =
      bytes > 0
      ? mmap(nil, bytes, PROT_READ, MAP_PRIVATE, descriptor, 0)
      : mmap(nil, 1, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let mapping, mapping != MAP_FAILED else { throw SystemError("map", path: path.string) }
    start = UnsafeRawPointer(mapping)
  }

  deinit { munmap(UnsafeMutableRawPointer(mutating: start), max(bytes, 1)) }

  /// Tells the system that the first bytes need no memory for now.
  package func release(_ end: Int) {
    let pageSize = Int(sysconf(Int32(_SC_PAGESIZE)))
    let whole = min(end, bytes) / pageSize * pageSize
    madvise(UnsafeMutableRawPointer(mutating: start), whole, MADV_DONTNEED)
  }

  package var buffer: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: start, count: bytes)
  }
}

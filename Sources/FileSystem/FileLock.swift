import Glibc

/// An advisory lock on a file, held until its owner goes or its process dies.
///
/// The file holds the process number of the holder, so that others can say who it is.
package final class FileLock: Sendable {
  private let descriptor: Int32

  /// - Returns: nil when another process holds the lock.
  /// - Throws: ``SystemError`` when the file cannot be created.
  package init?(_ path: Path) throws(SystemError) {
    let file = try checked("create", path.string) {
      open(path.string, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    }
    guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
      close(file)
      return nil
    }
    descriptor = file
    let holder = Array("\(getpid())\n".utf8)
    ftruncate(file, 0)
    pwrite(file, holder, holder.count, 0)
  }

  deinit { close(descriptor) }

  /// The process that holds or last held the lock, as far as the file tells.
  package static func holder(of path: Path) -> String? {
    guard let text = try? path.readText() else { return nil }
    let digits = text.prefix { $0.isNumber }
    return digits.isEmpty ? nil : String(digits)
  }
}

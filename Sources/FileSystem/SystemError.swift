import Glibc

/// A failed system call: what was tried, on which path, and the reason the system gave.
package struct SystemError: Error, Equatable, CustomStringConvertible {
  package var operation: String
  package var path: String
  package var code: Int32

  package init(_ operation: String, path: String, code: Int32 = errno) {
    self.operation = operation
    self.path = path
    self.code = code
  }

  /// Whether the file or folder does not exist.
  package var isMissing: Bool { code == ENOENT || code == ENOTDIR }

  /// Whether the disk, the quota or the file-size limit left no room.
  package var isOutOfSpace: Bool { code == ENOSPC || code == EDQUOT || code == EFBIG }

  package var description: String {
    if code == EOVERFLOW {
      return "cannot \(operation) \(path): it is no plain file and does not end"
    }
    let reason = isOutOfSpace ? "no space left" : String(cString: strerror(code)).lowercased()
    return "cannot \(operation) \(path): \(reason)"
  }
}

/// Repeats a system call that a signal interrupted, and turns −1 into an error.
///
/// - Throws: ``SystemError`` with the call's `errno`.
@discardableResult
package func checked<Result: FixedWidthInteger & SignedInteger>(
  _ operation: String, _ path: String, _ call: () -> Result
) throws(SystemError) -> Result {
  while true {
    let result = call()
    if result != -1 { return result }
    if errno != EINTR { throw SystemError(operation, path: path) }
  }
}

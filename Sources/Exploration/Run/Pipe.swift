import FileSystem
import Glibc

/// The number of an open file, closed when its owner goes.
struct Descriptor: ~Copyable {
  let number: Int32

  deinit { close(number) }

  /// Reads and writes return at once from now on.
  func stopBlocking() { _ = fcntl(number, F_SETFL, fcntl(number, F_GETFL) | O_NONBLOCK) }
}

/// A pipe, whose ends no other program inherits.
struct Pipe: ~Copyable {
  let readEnd: Descriptor
  let writeEnd: Descriptor

  /// - Throws: `SystemError` when there can be no more open files.
  init() throws(SystemError) {
    var ends: [Int32] = [-1, -1]
    try checked("make", "a pipe") { pipe(&ends) }
    let lowRead = Descriptor(number: ends[0])
    let lowWrite = Descriptor(number: ends[1])
    let read = try Self.raised(lowRead)
    let write = try Self.raised(lowWrite)
    readEnd = read
    writeEnd = write
  }

  /// A copy above the numbers that a worker finds its own ends under: laying those out must not
  /// overwrite one that is still to be laid out.
  private static func raised(_ low: borrowing Descriptor) throws(SystemError) -> Descriptor {
    let number = low.number
    return Descriptor(
      number: try checked("make", "a pipe") {
        fcntl(number, F_DUPFD_CLOEXEC, WorkerMessage.descriptor + 1)
      })
  }
}

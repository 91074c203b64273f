import FileSystem
import Glibc

/// The system allows this process less memory than OpenBLAS needs.
package struct TooLittleMemory: Error, Equatable, CustomStringConvertible {
  package var limit: MemoryLimit
  /// The least that could do, in megabytes.
  package var least: Double

  package var description: String {
    "\(limit.name) allows this program \(Int(limit.megabytes)) MB of memory, and the library for linear algebra "
      + "needs a buffer of \(Int(MemoryForBLAS.buffer)) MB for itself; raise it to \(Int(least.rounded(.up))) MB "
      + "and what the data need"
  }
}

/// A limit on the memory of this process and those that it starts.
package struct MemoryLimit: Equatable, Sendable {
  /// As a shell calls it: `ulimit -d` or `ulimit -v`.
  package var name: String
  package var megabytes: Double
  /// What counts against it by now.
  package var held: Double

  /// Those that are set.
  package static var all: [MemoryLimit] {
    let lines = (try? Path("/proc/self/status").readText())?.split(separator: "\n") ?? []
    func held(_ name: String) -> Double {
      let line = lines.first { $0.hasPrefix(name) }
      return line.flatMap { Double($0.filter(\.isNumber)) }.map { $0 * 1.024e-3 } ?? 0
    }
    return [(RLIMIT_DATA, "ulimit -d", "VmData:"), (RLIMIT_AS, "ulimit -v", "VmSize:")].compactMap {
      resource, name, count in
      var limit = rlimit()
      guard getrlimit(__rlimit_resource_t(UInt32(resource.rawValue)), &limit) == 0,
        limit.rlim_cur < rlim_t(Int64.max)
      else { return nil }
      return MemoryLimit(name: name, megabytes: Double(limit.rlim_cur) / 1e6, held: held(count))
    }
  }

  /// The one that is met first; nil where memory is not limited.
  package static var tightest: MemoryLimit? {
    all.min { $0.megabytes - $0.held < $1.megabytes - $1.held }
  }
}

/// The memory that OpenBLAS takes for itself before it computes anything: where the system refuses it, the
/// library asks again and again without end.
package enum MemoryForBLAS {
  /// Megabytes of a buffer, which each thread that computes needs: the `BUFFER_SIZE` of OpenBLAS on x86-64.
  package static let buffer = 134.217728
  /// Megabytes of small data, beside what is held at the start.
  private static let rest = 10.0
  private static let threads = "OPENBLAS_NUM_THREADS"

  /// Starts the program again with one thread in the library where memory is limited: the library's threads
  /// take their buffers when it is loaded, and the program never uses them.
  package static func useOneThreadUnderLimits() {
    guard MemoryLimit.tightest != nil, getenv(threads).map({ String(cString: $0) }) != "1" else {
      return
    }
    setenv(threads, "1", 1)
    execv("/proc/self/exe", CommandLine.unsafeArgv)
  }

  /// Looks whether there is room for the buffer; to be called before anything is computed.
  ///
  /// - Throws: ``TooLittleMemory`` where there is not.
  package static func check() throws(TooLittleMemory) {
    guard let limit = MemoryLimit.tightest else { return }
    let bytes = Int((buffer + rest) * 1e6)
    let trial = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let trial, trial != MAP_FAILED else {
      throw TooLittleMemory(limit: limit, least: limit.held + buffer + rest)
    }
    munmap(trial, bytes)
  }
}

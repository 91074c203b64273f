import FileSystem
import Glibc
import ProgramSupport

/// Runs a program to its end and watches the memory of it and of all processes it starts.
struct ProcessTree {
  struct Result {
    var program: Program.Result
    /// The most resident memory of all processes together, in bytes; pages that several map count
    /// several times.
    var peakBytes: Int
  }

  var program: Program
  /// Ends it after so many seconds.
  var limit = Double.infinity

  func run(_ arguments: [String], environment: [String: String] = [:]) throws -> Result {
    let running = try program.start(arguments, environment: environment)
    let start = ContinuousClock.now
    var peak = 0
    while true {
      peak = max(peak, Self.residentBytes(of: running.process))
      if let result = try running.poll() { return Result(program: result, peakBytes: peak) }
      if ContinuousClock.now - start > .seconds(limit.isFinite ? limit : 1e9) {
        for process in Self.descendants(of: running.process) { kill(process, SIGKILL) }
      }
      usleep(5000)
    }
  }

  private static func descendants(of process: pid_t) -> [pid_t] {
    let text = (try? Path("/proc/\(process)/task/\(process)/children").readText()) ?? ""
    return [process] + text.split(separator: " ").compactMap { pid_t($0) }.flatMap(descendants)
  }

  private static func residentBytes(of process: pid_t) -> Int {
    descendants(of: process).reduce(0) { sum, process in
      let text = (try? Path("/proc/\(process)/statm").readText()) ?? ""
      let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
      return sum + pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }
  }
}

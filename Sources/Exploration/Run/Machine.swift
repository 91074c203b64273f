import CLinux
import FileSystem
import Glibc

/// The machine, for the record of a run.
package enum Machine {
  /// The cores this process may use.
  package static var cores: Int {
    let status = (try? Path("/proc/self/status").readText()) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed_list:") }
    // As in 0-3,8: ranges and single numbers.
    let ranges = line?.split { $0 == ":" || $0 == "\t" }.last?.split(separator: ",") ?? []
    let count = ranges.reduce(0) { sum, range in
      let ends = range.split(separator: "-").compactMap { Int($0) }
      guard let first = ends.first, let last = ends.last else { return sum }
      return sum + last - first + 1
    }
    return count > 0 ? count : max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
  }

  static var processor: String {
    let text = (try? Path("/proc/cpuinfo").readText()) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
    let name = line?.split(separator: ":").last.map { String($0.drop { $0 == " " }) }
    return name ?? "unknown"
  }

  static var memoryMegabytes: Double {
    Double(sysconf(Int32(_SC_PHYS_PAGES))) * Double(sysconf(Int32(_SC_PAGESIZE))) / 1e6
  }

  /// The memory that is to be had now.
  static var availableMegabytes: Double {
    let text = (try? Path("/proc/meminfo").readText()) ?? ""
    return megabytes("MemAvailable:", in: text) ?? 1e6
  }

  static var system: String {
    var name = utsname()
    uname(&name)
    func text<Tuple>(_ tuple: Tuple) -> String {
      withUnsafeBytes(of: tuple) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
    return "\(text(name.sysname)) \(text(name.release)) \(text(name.machine))"
  }
}

/// What the system says of a process's memory.
enum ProcessMemory {
  /// Forgets the peak, after giving back what the allocator keeps.
  static func resetPeak() {
    malloc_trim(0)
    let file = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC)
    guard file >= 0 else { return }
    _ = write(file, "5", 1)
    close(file)
  }

  /// The largest resident size since the peak was reset; nil where the system does not tell.
  static func peakMegabytes() -> Double? { megabytes("VmHWM:", of: "self") }

  /// The resident memory of a process that is no file's; nil when it is gone.
  static func anonymousMegabytes(of process: pid_t) -> Double? {
    megabytes("RssAnon:", of: "\(process)")
  }

  private static func megabytes(_ name: String, of process: String) -> Double? {
    let text = try? Path("/proc/\(process)/status").readText()
    return text.flatMap { Exploration.megabytes(name, in: $0) }
  }
}

/// The value of a line as in `VmHWM:   1234 kB`, whose kilobytes have 1024 bytes; nil without one.
private func megabytes(_ name: String, in text: String) -> Double? {
  for line in text.split(separator: "\n") where line.hasPrefix(name) {
    let digits = line.dropFirst(name.count).drop { $0 == " " || $0 == "\t" }
      .prefix { $0.isNumber }
    return Double(digits).map { $0 * 1.024e-3 }
  }
  return nil
}

import CLinux
import FileSystem
import Glibc
import JSONText
import TextFormatting

/// The machine, as much of it as this process may use.
package enum Machine {
  /// The cores this process may use: whole ones, where a control group limits their time.
  package static var cores: Int { coreLimit?.value ?? allowedCores }

  /// The memory this process may use.
  static var memoryMegabytes: Double {
    (memoryLimit.map { Double($0.value) } ?? physicalBytes) / 1e6
  }

  /// The memory that is to be had now.
  static var availableMegabytes: Double {
    let text = (try? Path("/proc/meminfo").readText()) ?? ""
    let ofMachine = megabytes("MemAvailable:", in: text) ?? 1e6
    return min(ofMachine, ControlGroupLimits().availableBytes.map { Double($0) / 1e6 } ?? .infinity)
  }

  /// Cores and memory for the record, with the files of control groups that leave less than there is.
  package static var members: [JSONNode.Member] {
    var members: [JSONNode.Member] = [.init("cores", JSONNode(cores))]
    if let coreLimit { members.append(.init("cores_from", JSONNode(coreLimit.file))) }
    members.append(.init("memory_mb", JSONNode(Int(memoryMegabytes))))
    if let memoryLimit { members.append(.init("memory_from", JSONNode(memoryLimit.file))) }
    return members
  }

  /// What control groups leave, where it is less than there is, with the files that say so.
  package static var limitWords: String? {
    let words = [
      coreLimit.map { "\(counted($0.value, "core")) by \($0.file)" },
      memoryLimit.map { "\(byteCount(Double($0.value))) by \($0.file)" },
    ].compactMap { $0 }
    return words.isEmpty ? nil : "limited to " + words.joined(separator: ", ")
  }

  /// Where a control group leaves less than there is.
  private static var coreLimit: ControlGroupLimits.Limit? {
    ControlGroupLimits().cores.flatMap { $0.value < allowedCores ? $0 : nil }
  }

  private static var memoryLimit: ControlGroupLimits.Limit? {
    ControlGroupLimits().memory.flatMap { Double($0.value) < physicalBytes ? $0 : nil }
  }

  /// The cores that the process is not kept from.
  private static var allowedCores: Int {
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

  private static var physicalBytes: Double {
    Double(sysconf(Int32(_SC_PHYS_PAGES))) * Double(sysconf(Int32(_SC_PAGESIZE)))
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

  /// What counts against a limit on data; nil where the system does not tell.
  static func dataMegabytes() -> Double? { megabytes("VmData:", of: "self") }

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

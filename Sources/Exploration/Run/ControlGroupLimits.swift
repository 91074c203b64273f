import FileSystem

/// What control groups, such as that of a container, leave this process of the machine.
///
/// A group's limits hold for all groups inside it: of the process's own group and all around it, the
/// tightest counts. Both versions of the interface are read, which may be mounted side by side
/// (`man 7 cgroups`, and `cgroup-v2` and `cgroup-v1` of the kernel's documentation). What is missing or
/// cannot be understood sets no limit.
package struct ControlGroupLimits: Equatable {
  /// A limit and the file that sets it.
  package struct Limit: Equatable {
    package var value: Int
    package var file: String

    package init(_ value: Int, _ file: String) {
      self.value = value
      self.file = file
    }
  }

  /// Whole cores, at least 1.
  ///
  /// A part of a core does not count: when the threads have used the group's time, all are stopped until
  /// the next period, and those of a network wait for one another besides.
  package private(set) var cores: Limit?
  /// Bytes.
  package private(set) var memory: Limit?
  /// Bytes that can be had before a limit is met: of the files in memory, those not used lately give way.
  package private(set) var availableBytes: Int?

  /// - Parameter root: a folder that holds `/proc` and the mounted file systems; by default the system's.
  package init(root: String = "") {
    let system = ControlGroupFiles(root: root)
    for group in system.groups(around: "cpu") {
      guard let limit = group.cores, limit.value < cores?.value ?? .max else { continue }
      cores = limit
    }
    for group in system.groups(around: "memory") {
      guard let limit = group.memory else { continue }
      if limit.value < memory?.value ?? .max { memory = limit }
      let available = max(0, limit.value - group.usedBytes)
      availableBytes = min(available, availableBytes ?? .max)
    }
  }
}

/// The control groups of this process, as the system shows them.
private struct ControlGroupFiles {
  let root: String
  /// What each mounted hierarchy shows: `version`, the `options` it was mounted with, which name the
  /// controllers of version 1, the `group` that its topmost folder is, and that folder.
  private let mounts: [(version: Int, options: [Substring], group: String, folder: String)]
  /// The process's group in each hierarchy; version 2 has no controllers here.
  private let memberships: [(controllers: [Substring], group: String)]

  init(root: String) {
    self.root = root
    // As in "0::/user.slice" and "4:cpu,cpuacct:/docker/1a2b".
    let ownGroups = (try? Path("\(root)/proc/self/cgroup").readText()) ?? ""
    memberships = ownGroups.split(separator: "\n").compactMap { line in
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { return nil }
      return (fields[1].split(separator: ","), String(fields[2]))
    }
    // As in "31 24 0:27 /docker/1a2b /sys/fs/cgroup/cpu ro,relatime shared:9 - cgroup cgroup rw,cpu".
    let mountTable = (try? Path("\(root)/proc/self/mountinfo").readText()) ?? ""
    mounts = mountTable.split(separator: "\n").compactMap { line in
      let fields = line.split(separator: " ")
      guard let dash = fields.firstIndex(of: "-"), dash >= 5, fields.count > dash + 3 else {
        return nil
      }
      let version: Int
      switch fields[dash + 1] {
      case "cgroup": version = 1
      case "cgroup2": version = 2
      default: return nil
      }
      return (
        version, fields[dash + 3].split(separator: ","), unescaped(fields[3]),
        unescaped(fields[4])
      )
    }
  }

  /// The process's group and all around it that can be seen, the own one first, in every hierarchy that
  /// may have the controller.
  func groups(around controller: String) -> [ControlGroup] {
    memberships.flatMap { controllers, group -> [ControlGroup] in
      let version = controllers.isEmpty ? 2 : 1
      guard version == 2 || controllers.contains(Substring(controller)) else { return [] }
      let mounts = self.mounts.filter {
        $0.version == version && (version == 2 || $0.options.contains(Substring(controller)))
      }
      let parts = mounts.compactMap { mount in
        names(from: mount.group, to: group).map { (mount.folder, $0) }
      }
      // A group outside of what is mounted, as in a container with the file system of another: what is
      // seen is the best that is known.
      return (parts.isEmpty ? mounts.map { ($0.folder, []) } : parts).flatMap { folder, names in
        (0...names.count).reversed().map { count in
          let path = ([folder == "/" ? "" : folder] + names.prefix(count)).joined(separator: "/")
          return ControlGroup(root: root, folder: path, version: version)
        }
      }
    }
  }

  /// The folders that lead from a group to one inside it; nil for one that is not.
  private func names(from outer: String, to inner: String) -> [String]? {
    let (outer, inner) = (outer.split(separator: "/"), inner.split(separator: "/"))
    guard inner.starts(with: outer), !inner.contains("..") else { return nil }
    return inner.dropFirst(outer.count).map(String.init)
  }
}

/// The mount table writes blanks, backslashes and the like as in `\040`.
private func unescaped(_ field: Substring) -> String {
  let parts = field.split(separator: "\\", omittingEmptySubsequences: false)
  return parts.dropFirst().reduce(into: String(parts.first ?? "")) { text, part in
    guard let code = UInt8(part.prefix(3), radix: 8) else { return text += "\\" + part }
    text += String(UnicodeScalar(code)) + part.dropFirst(3)
  }
}

/// One group's folder.
private struct ControlGroup {
  let root: String
  let folder: String
  let version: Int

  /// The time of so many cores; nil without a limit.
  var cores: ControlGroupLimits.Limit? {
    let quota: Int?
    let period: Int?
    if version == 2 {
      // As in "150000 100000" or "max 100000".
      let fields = text("cpu.max").split(separator: " ").map { Int($0) }
      (quota, period) = fields.count == 2 ? (fields[0], fields[1]) : (nil, nil)
    } else {
      // The quota is -1 without a limit.
      (quota, period) = (number("cpu.cfs_quota_us"), number("cpu.cfs_period_us"))
    }
    guard let quota, let period, quota > 0, period > 0 else { return nil }
    let file = version == 2 ? "cpu.max" : "cpu.cfs_quota_us"
    return .init(max(1, quota / period), "\(folder)/\(file)")
  }

  /// Bytes; nil without a limit.
  var memory: ControlGroupLimits.Limit? {
    let file = version == 2 ? "memory.max" : "memory.limit_in_bytes"
    // Without a limit version 1 tells the largest number of whole pages.
    guard let bytes = number(file), bytes > 0, bytes < 1 << 60 else { return nil }
    return .init(bytes, "\(folder)/\(file)")
  }

  /// The bytes in use, without those of files that were not used lately.
  var usedBytes: Int {
    let used = number(version == 2 ? "memory.current" : "memory.usage_in_bytes") ?? 0
    // In version 1 the groups inside this one count with the longer name alone.
    let name = version == 2 ? "inactive_file" : "total_inactive_file"
    let line = text("memory.stat").split(separator: "\n").first { $0.hasPrefix(name + " ") }
    let inactive = line.flatMap { Int($0.dropFirst(name.count + 1)) } ?? 0
    return max(0, used - max(0, min(inactive, used)))
  }

  private func number(_ name: String) -> Int? { Int(text(name)) }

  /// Without the end of the last line; empty where there is no such file.
  private func text(_ name: String) -> String {
    let text = (try? Path("\(root)\(folder)/\(name)").readText()) ?? ""
    return text.last == "\n" ? String(text.dropLast()) : text
  }
}

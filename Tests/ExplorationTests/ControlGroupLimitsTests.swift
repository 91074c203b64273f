import Exploration
import FileSystem
import Testing

/// Control groups as `/proc` and `/sys` of such systems show them.
@Suite struct ControlGroupLimitsTests {
  /// The limits that are read from texts, by the names of their files below a root.
  private func limits(_ files: [String: String]) throws -> ControlGroupLimits {
    let root = try Path.makeTemporaryFolder("explore-groups")
    defer { try? root.remove() }
    for (name, text) in files {
      let file = Path(root.string + name)
      try file.folder.createFolder()
      try file.writeAtomically(text + "\n")
    }
    return ControlGroupLimits(root: root.string)
  }

  private let versionTwo = """
    22 1 0:20 / /proc rw - proc proc rw
    30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate
    """

  @Test func aContainerOfVersionTwo() throws {
    let limits = try limits([
      "/proc/self/cgroup": "0::/", "/proc/self/mountinfo": versionTwo,
      "/sys/fs/cgroup/cpu.max": "200000 100000",
      "/sys/fs/cgroup/memory.max": "1073741824", "/sys/fs/cgroup/memory.current": "300000000",
      "/sys/fs/cgroup/memory.stat": "anon 7\nfile 150000000\ninactive_file 100000000\nslab 5",
    ])
    #expect(limits.cores == .init(2, "/sys/fs/cgroup/cpu.max"))
    #expect(limits.memory == .init(1_073_741_824, "/sys/fs/cgroup/memory.max"))
    #expect(limits.availableBytes == 1_073_741_824 - 200_000_000)
  }

  /// The tightest limit is that of a middle group, and what is used counts in each.
  @Test func everyGroupAroundCounts() throws {
    let group = "/sys/fs/cgroup"
    let limits = try limits([
      "/proc/self/cgroup": "0::/a/b/c", "/proc/self/mountinfo": versionTwo,
      "\(group)/a/cpu.max": "300000 100000", "\(group)/a/b/cpu.max": "100000 50000",
      "\(group)/a/b/c/cpu.max": "max 100000",
      "\(group)/a/memory.max": "5000", "\(group)/a/memory.current": "4900",
      "\(group)/a/b/memory.max": "3000", "\(group)/a/b/memory.current": "1000",
      "\(group)/a/b/c/memory.max": "max", "\(group)/a/b/c/memory.current": "1000",
    ])
    #expect(limits.cores == .init(2, "\(group)/a/b/cpu.max"))
    #expect(limits.memory == .init(3000, "\(group)/a/b/memory.max"))
    #expect(limits.availableBytes == 100)
  }

  /// As Docker does it: the process's names are those outside, and only its own group is mounted.
  @Test func aContainerOfVersionOne() throws {
    let limits = try limits([
      "/proc/self/cgroup":
        "5:memory:/docker/1a\n4:cpu,cpuacct:/docker/1a\n1:name=systemd:/docker/1a\n0::/",
      "/proc/self/mountinfo":
        """
      31 24 0:27 /docker/1a /sys/fs/cgroup/cpu,cpuacct ro - cgroup cgroup rw,cpu,cpuacct
      32 24 0:28 /docker/1a /sys/fs/cgroup/memory ro master:9 - cgroup cgroup rw,memory
      33 24 0:29 /docker/1a /sys/fs/cgroup/systemd ro - cgroup systemd rw,xattr,name=systemd
      """,
      "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "150000",
      "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000",
      "/sys/fs/cgroup/memory/memory.limit_in_bytes": "4000",
      "/sys/fs/cgroup/memory/memory.usage_in_bytes": "3000",
      "/sys/fs/cgroup/memory/memory.stat": "inactive_file 7\ntotal_inactive_file 500",
    ])
    #expect(limits.cores == .init(1, "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us"))
    #expect(limits.memory == .init(4000, "/sys/fs/cgroup/memory/memory.limit_in_bytes"))
    #expect(limits.availableBytes == 1500)
  }

  /// Time by version 1, memory by version 2, in a group of its own in each.
  @Test func bothVersionsSideBySide() throws {
    let limits = try limits([
      "/proc/self/cgroup": "3:cpu:/job\n0::/user/me",
      "/proc/self/mountinfo":
        """
      32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu
      41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
      """,
      "/sys/fs/cgroup/cpu/job/cpu.cfs_quota_us": "300000",
      "/sys/fs/cgroup/cpu/job/cpu.cfs_period_us": "100000",
      "/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1",
      "/sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000",
      "/sys/fs/cgroup/unified/user/memory.max": "9000",
      // Of a hierarchy that the process is not in with this controller.
      "/sys/fs/cgroup/cpu/user/me/cpu.cfs_quota_us": "100000",
      "/sys/fs/cgroup/cpu/user/me/cpu.cfs_period_us": "100000",
    ])
    #expect(limits.cores == .init(3, "/sys/fs/cgroup/cpu/job/cpu.cfs_quota_us"))
    #expect(limits.memory == .init(9000, "/sys/fs/cgroup/unified/user/memory.max"))
    #expect(limits.availableBytes == 9000)
  }

  @Test(
    "A part of a core",
    arguments: [
      ("50000 100000", 1), ("1000 100000", 1), ("199999 100000", 1), ("200000 100000", 2),
      ("250000 100000", 2),
    ])
  func partsOfCores(quota: String, cores: Int) throws {
    let limits = try limits([
      "/proc/self/cgroup": "0::/", "/proc/self/mountinfo": versionTwo,
      "/sys/fs/cgroup/cpu.max": quota,
    ])
    #expect(limits.cores?.value == cores)
  }

  @Test func noLimits() throws {
    let versionOne = [
      "/proc/self/cgroup": "5:memory:/\n4:cpu:/",
      "/proc/self/mountinfo":
        """
      31 24 0:27 / /cpu ro - cgroup cgroup rw,cpu
      32 24 0:28 / /memory ro - cgroup cgroup rw,memory
      """,
      "/cpu/cpu.cfs_quota_us": "-1", "/cpu/cpu.cfs_period_us": "100000",
      "/memory/memory.limit_in_bytes": "9223372036854771712",
      "/memory/memory.usage_in_bytes": "5",
    ]
    let none = try limits([:])
    #expect(none.cores == nil && none.memory == nil && none.availableBytes == nil)
    #expect(try limits(versionOne) == none)
    #expect(
      try limits([
        "/proc/self/cgroup": "0::/", "/proc/self/mountinfo": versionTwo,
        "/sys/fs/cgroup/cpu.max": "max 100000", "/sys/fs/cgroup/memory.max": "max",
      ]) == none)
    #expect(try limits(["/proc/self/cgroup": "0::/a", "/proc/self/mountinfo": versionTwo]) == none)
  }

  @Test(
    "What cannot be understood sets no limit",
    arguments: [
      "", "100000", "max", "-1 100000", "0 100000", "100000 0", "100000 -5", "1 2 3", "a b",
      "99999999999999999999 100000", "１00000 100000",
    ])
  func damage(text: String) throws {
    let limits = try limits([
      "/proc/self/cgroup": "\n::\n0:\n0::/\nx:cpu:/\n4:cpu:\n:::::",
      "/proc/self/mountinfo":
        "\n-\n- cgroup2\n1 2 - cgroup2 a b\n31 24 0:27 / /cpu ro - cgroup\n" + versionTwo,
      "/sys/fs/cgroup/cpu.max": text, "/sys/fs/cgroup/memory.max": text,
      "/sys/fs/cgroup/memory.current": text, "/sys/fs/cgroup/memory.stat": text,
    ])
    #expect(limits.cores == nil)
    #expect(limits.memory?.value == (text == "100000" ? 100_000 : nil))
  }

  /// More in use than is allowed, and more files than are in use.
  @Test func whatIsLeftIsNeverNegative() throws {
    func left(used: String, inactive: String) throws -> Int? {
      try limits([
        "/proc/self/cgroup": "0::/", "/proc/self/mountinfo": versionTwo,
        "/sys/fs/cgroup/memory.max": "1000", "/sys/fs/cgroup/memory.current": used,
        "/sys/fs/cgroup/memory.stat": "inactive_file \(inactive)",
      ]).availableBytes
    }
    #expect(try left(used: "1200", inactive: "0") == 0)
    #expect(try left(used: "400", inactive: "900") == 1000)
    #expect(try left(used: "400", inactive: "-900") == 600)
  }

  /// A group that is not inside what is mounted: what is mounted counts.
  @Test(arguments: ["/../other", "/elsewhere"])
  func aGroupOutside(group: String) throws {
    let limits = try limits([
      "/proc/self/cgroup": "0::\(group)",
      "/proc/self/mountinfo": "30 23 0:26 /here /my\\040groups rw - cgroup2 cgroup2 rw",
      "/my groups/cpu.max": "100000 100000", "/my groups/other/cpu.max": "200000 100000",
    ])
    #expect(limits.cores == .init(1, "/my groups/cpu.max"))
  }
}

import FileSystem
import Glibc

/// One of the built programs, run as a user would.
package struct Program: Sendable {
  package struct Result: Sendable {
    /// The exit code; for a signal, its number negated.
    package var code: Int32
    package var output: String
    package var errors: String
    package var seconds: Double
  }

  package let path: Path
  private var prefix: [String] = []

  /// A shell that runs a line of script, whose `$@` are the arguments.
  package init(shell script: String) {
    path = "/bin/sh"
    prefix = ["-c", script, "sh"]
  }

  /// The program in a file.
  package init(at path: Path) { self.path = path }

  /// The program of a name, beside this one.
  package init(_ name: String) {
    var buffer = [CChar](repeating: 0, count: 4096)
    let length = readlink("/proc/self/exe", &buffer, buffer.count)
    let own = String(
      decoding: buffer.prefix(max(0, length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    path = Path(own).folder / name
  }

  package static let explore = Program("explore")
  package static let faulty = Program("explore-with-faulty-models")

  /// Runs to the end, in a folder and with more, or other, environment variables.
  package func run(
    _ arguments: [String], in folder: Path? = nil, environment: [String: String] = [:]
  ) throws -> Result {
    try start(arguments, in: folder, environment: environment).wait()
  }

  package func start(
    _ arguments: [String], in folder: Path? = nil, environment: [String: String] = [:]
  ) throws -> RunningProgram {
    try RunningProgram(path, prefix + arguments, in: folder, environment: environment)
  }
}

/// A program at work, its output going to files.
package final class RunningProgram {
  package let process: pid_t
  private let scratch: Path
  private let start = ContinuousClock.now

  init(
    _ path: Path, _ arguments: [String], in folder: Path?, environment: [String: String]
  ) throws {
    scratch = try Path.makeTemporaryFolder("explore-program")
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    let flags = O_WRONLY | O_CREAT | O_TRUNC
    posix_spawn_file_actions_addopen(&actions, 1, (scratch / "out").string, flags, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, (scratch / "err").string, flags, 0o600)
    var variables: [String] = []
    var entry = environ
    while let line = entry.pointee {
      let text = String(cString: line)
      let name = String(text.prefix { $0 != "=" })
      if environment[name] == nil { variables.append(text) }
      entry += 1
    }
    variables += environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    var child: pid_t = 0
    var command = [path.string] + arguments
    if let folder {
      command =
        ["/bin/sh", "-c", "cd \"$1\" && shift && exec \"$@\"", "sh", folder.string] + command
    }
    var argumentPointers = command.map { strdup($0) } + [nil]
    var variablePointers = variables.map { strdup($0) } + [nil]
    defer { for pointer in argumentPointers + variablePointers { free(pointer) } }
    // Who starts the tests may ignore signals that they send.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var noticed = sigset_t()
    sigemptyset(&noticed)
    for signal in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&noticed, signal) }
    posix_spawnattr_setsigdefault(&attributes, &noticed)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
    let status = posix_spawn(
      &child, command[0], &actions, &attributes, &argumentPointers, &variablePointers)
    guard status == 0 else { throw SystemError("start", path: path.string, code: status) }
    process = child
  }

  deinit { try? scratch.remove() }

  package func signal(_ number: Int32) { kill(process, number) }

  /// The processes it has started.
  package var children: [pid_t] {
    let text = (try? Path("/proc/\(process)/task/\(process)/children").readText()) ?? ""
    return text.split(separator: " ").compactMap { pid_t($0) }
  }

  /// The result, if it has ended.
  package func poll() throws -> Program.Result? {
    var status: Int32 = 0
    return waitpid(process, &status, WNOHANG) == process ? try result(status) : nil
  }

  package func wait() throws -> Program.Result {
    var status: Int32 = 0
    while waitpid(process, &status, 0) == -1, errno == EINTR {}
    return try result(status)
  }

  private func result(_ status: Int32) throws -> Program.Result {
    let signal = status & 0x7F
    let passed = (ContinuousClock.now - start).components
    return Program.Result(
      code: signal == 0 ? (status >> 8) & 0xFF : -signal,
      output: try (scratch / "out").readText(), errors: try (scratch / "err").readText(),
      seconds: Double(passed.seconds) + Double(passed.attoseconds) * 1e-18)
  }
}

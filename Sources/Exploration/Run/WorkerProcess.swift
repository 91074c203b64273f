import FileSystem
import Glibc
import JSONText
import TextFormatting

/// A worker as its coordinator sees it: a process, the pipe that orders go into, the pipe that
/// messages come from, and what it prints.
final class WorkerProcess {
  enum Event {
    case message(WorkerMessage)
    /// The process is gone.
    case ended(Ending)
  }

  /// How a process ended by itself.
  struct Ending: Equatable {
    /// The signal that ended it; nil when it exited.
    var signal: Int32?
    var exitCode: Int32
    /// The last of what it printed.
    var output: String
  }

  let process: pid_t
  private let orders: Descriptor
  private let messages: Descriptor
  /// What the process prints, here because a crash says its reason there.
  private let output: Descriptor
  private var pendingText: [UInt8] = []
  /// What it printed since it got its piece.
  private var printed: [UInt8] = []

  /// Starts this program again as a worker, in a process group of its own.
  ///
  /// - Parameter arguments: those behind the program's name.
  /// - Throws: `SystemError` when there can be no more processes or pipes.
  init(arguments: [String]) throws(SystemError) {
    let input = try Pipe()
    let messages = try Pipe()
    let output = try Pipe()
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (source, target) in [
      (input.readEnd.number, 0), (output.writeEnd.number, 1), (output.writeEnd.number, 2),
      (messages.writeEnd.number, WorkerMessage.descriptor),
    ] {
      posix_spawn_file_actions_adddup2(&actions, source, target)
    }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var ignored = sigset_t()
    sigemptyset(&ignored)
    sigaddset(&ignored, SIGPIPE)
    posix_spawnattr_setsigdefault(&attributes, &ignored)
    var blocked = sigset_t()
    sigemptyset(&blocked)
    posix_spawnattr_setsigmask(&attributes, &blocked)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(
      &attributes,
      Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))

    var process: pid_t = 0
    let status = withCStrings([CommandLine.arguments.first ?? "explore"] + arguments) { arguments in
      withCStrings(Self.environment()) { environment in
        posix_spawn(&process, "/proc/self/exe", &actions, &attributes, arguments, environment)
      }
    }
    guard status == 0 else {
      throw SystemError("start a worker process", path: "/proc/self/exe", code: status)
    }
    self.process = process
    self.orders = input.writeEnd
    self.messages = messages.readEnd
    self.output = output.readEnd
    self.messages.stopBlocking()
    self.output.stopBlocking()
  }

  /// Become readable when a message comes, something is printed or the process ends.
  var descriptors: [Int32] { [messages.number, output.number] }

  /// One thread for BLAS and, until a fit asks for more, for OpenMP, decided before they start; a
  /// backtrace on a crash, without colours.
  ///
  /// Nothing else that is said of OpenMP is handed on: limits and dynamic numbers of threads would change
  /// the threads of a fit, and with them its bits, and binding would put two workers on the same cores.
  private static func environment() -> [String] {
    var lines: [String] = []
    var entry = environ
    while let line = entry.pointee {
      lines.append(String(cString: line))
      entry += 1
    }
    let own = [
      "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1",
      "SWIFT_BACKTRACE":
        "enable=yes,interactive=no,color=no,threads=crashed,images=none,registers=none,"
        + "timeout=10s,output-to=stderr",
    ]
    lines.removeAll { line in
      own.keys.contains { line.hasPrefix($0 + "=") }
        || ["OMP_", "GOMP_", "KMP_"].contains { line.hasPrefix($0) }
    }
    return lines + own.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
  }

  // MARK: Talking

  func send(_ order: WorkOrder) {
    // What an earlier piece printed is no reason for how this one ends.
    _ = Self.readAvailable(output.number, into: &printed)
    printed = []
    let line = Array(order.line.utf8)
    // A worker that is gone shows itself by the end of its messages.
    _ = write(orders.number, line, line.count)
  }

  func kill() {
    Glibc.kill(-process, SIGKILL)
    Glibc.kill(process, SIGKILL)
  }

  /// Kills the process and waits until it is gone.
  func end() {
    kill()
    var status: Int32 = 0
    while waitpid(process, &status, 0) == -1, errno == EINTR {}
  }

  /// What has come since the last call; after `ended` there is nothing more.
  ///
  /// - Throws: `SystemError` when the system does not tell how the process ended.
  func takeEvents() throws(SystemError) -> [Event] {
    _ = Self.readAvailable(output.number, into: &printed)
    if printed.count > 1 << 17 { printed.removeFirst(printed.count - 1 << 16) }
    let isOpen = Self.readAvailable(messages.number, into: &pendingText)
    var events: [Event] = []
    while let end = pendingText.firstIndex(of: 10) {
      let line = Array(pendingText[..<end])
      pendingText.removeSubrange(...end)
      if let node = try? JSONNode(parsing: line), let message = try? node.decode(WorkerMessage.self)
      {
        events.append(.message(message))
      }
    }
    if !isOpen { events.append(.ended(try waitForEnd())) }
    return events
  }

  /// - Returns: whether the other end is still open.
  private static func readAvailable(_ descriptor: Int32, into bytes: inout [UInt8]) -> Bool {
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      if count > 0 {
        bytes += buffer[..<count]
      } else if count == 0 {
        return false
      } else if errno != EINTR {
        return errno == EAGAIN
      }
    }
  }

  private func waitForEnd() throws(SystemError) -> Ending {
    var status: Int32 = 0
    // A process that only closed its end of the pipe gets two seconds to leave.
    let patience = ContinuousClock.now + .seconds(2)
    while try checked("wait for", "a worker process", { waitpid(process, &status, WNOHANG) }) == 0 {
      if ContinuousClock.now > patience { kill() }
      usleep(1000)
    }
    // What was printed last may still stand in the pipe.
    _ = Self.readAvailable(output.number, into: &printed)
    let signal = status & 0x7F
    return Ending(
      signal: signal == 0 ? nil : signal, exitCode: (status >> 8) & 0xFF,
      output: String(decoding: printed, as: UTF8.self))
  }
}

/// Calls the body with a null-terminated array of C strings.
private func withCStrings<Result>(
  _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
  var pointers = strings.map { strdup($0) } + [nil]
  defer { for pointer in pointers { free(pointer) } }
  return pointers.withUnsafeMutableBufferPointer { buffer in
    guard let start = buffer.baseAddress else { preconditionFailure("the array is never empty") }
    return body(start)
  }
}

extension WorkerProcess.Ending {
  /// Whether the piece is not to blame: someone outside killed the process, as a system short of
  /// memory does, or it left politely because its orders ended.
  var cameFromOutside: Bool {
    guard let signal else { return exitCode == 0 }
    return [SIGKILL, SIGTERM, SIGHUP, SIGINT].contains(signal)
  }

  /// Whether it ended because it was refused memory, by what reports the end.
  var ranOutOfMemory: Bool {
    output.split(whereSeparator: \.isNewline).map { $0.lowercased() }.contains { line in
      Self.lastWords.contains { line.contains($0) } && Self.refusals.contains { line.contains($0) }
    }
  }

  /// How Swift, C++ and OpenBLAS begin to report the end of a process.
  private static let lastWords = ["fatal error", "terminate called", "what():", "openblas"]

  private static let refusals = [
    "could not allocate memory", "failed to allocate", "out of memory", "cannot allocate memory",
    "memory allocation", "bad_alloc",
  ]

  /// The signal, the message and the top frame of the backtrace, in words.
  var reason: String {
    var words =
      signal.map { "signal \($0) (\(Self.signalName($0)))" } ?? "exit code \(exitCode)"
    let lines = output.split(whereSeparator: \.isNewline).map {
      terminalText(String($0.drop { $0 == " " }))
    }
    if let message = lines.last(where: { $0.contains("Fatal error") }) {
      let start = message.firstRange(of: "Fatal error")?.lowerBound ?? message.startIndex
      words += ": " + message[start...].prefix(200)
    }
    if let frame = lines.firstIndex(where: { $0.hasSuffix("crashed:") })
      .flatMap({ lines[($0 + 1)...].first { Self.isOwnFrame($0) } })
    {
      words += ", in " + Self.function(of: frame)
    }
    return words
  }

  private static func isOwnFrame(_ line: String) -> Bool {
    line.first?.isNumber == true
      && !["[system]", "libswiftCore", "libc.so", "_assertionFailure"].contains {
        line.contains($0)
      }
  }

  /// `0 [ra] 0x0000 f(_:) + 60 in program at /folder/File.swift:3:40` → `f(_:) at File.swift:3`.
  private static func function(of frame: String) -> String {
    var text = frame.drop { $0.isNumber }.drop { $0 == " " }
    while text.hasPrefix("0x") || text.hasPrefix("[") {
      text = text.drop { $0 != " " }.drop { $0 == " " }
    }
    let end = text.firstRange(of: " + ") ?? text.firstRange(of: " in ")
    let function = end.map { text[..<$0.lowerBound] } ?? text.prefix(80)
    guard let place = text.firstRange(of: " at /")?.upperBound else { return String(function) }
    let file = text[place...].split(separator: "/").last ?? ""
    let parts = file.split(separator: ":")
    return "\(function) at \(parts.prefix(2).joined(separator: ":"))"
  }

  private static func signalName(_ signal: Int32) -> String {
    switch signal {
    case SIGILL: "illegal instruction: a trap"
    case SIGTRAP: "a trap"
    case SIGSEGV: "segmentation fault"
    case SIGBUS: "bus error"
    case SIGFPE: "arithmetic error"
    case SIGABRT: "aborted"
    case SIGKILL: "killed"
    case SIGTERM: "terminated"
    default: String(cString: strsignal(signal)).lowercased()
    }
  }
}

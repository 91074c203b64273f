import FileSystem
import Glibc
import Learning

/// How far a run is.
package struct RunProgress: Sendable {
  package var finishedPieces: Int
  package var pieces: Int
  package var failedPieces: Int
  /// The names of what is being worked on.
  package var running: [String]
  /// nil before anything was measured.
  package var secondsLeft: Double?
  package var seconds: Double
}

/// A run that cannot go on; what is finished stays, and running it again goes on from there.
package struct RunError: Error, Equatable, CustomStringConvertible {
  package var description: String

  package init(_ description: String) { self.description = description }
}

/// Seconds an operation takes, learnt from the pieces that are done.
struct MeasuredSpeeds {
  private var byName: [String: (operations: Double, seconds: Double)] = [:]
  private var all = (operations: 0.0, seconds: 0.0)

  /// Before anything is known: a billion operations a second.
  private static let guess = 1e-9

  var isEmpty: Bool { all.operations == 0 }

  mutating func add(_ cost: Cost, _ name: String, seconds: Double) {
    let known = byName[name] ?? (0, 0)
    byName[name] = (known.operations + cost.operations, known.seconds + seconds)
    all = (all.operations + cost.operations, all.seconds + seconds)
  }

  func seconds(for cost: Cost, of name: String) -> Double {
    if let own = byName[name], own.operations > 0 {
      return cost.operations * own.seconds / own.operations
    }
    return cost.operations * (isEmpty ? Self.guess : all.seconds / all.operations)
  }
}

/// Notices Ctrl-C and polite kills while it lives.
struct Interruption: ~Copyable {
  /// Becomes readable when a signal comes.
  let descriptor: Int32
  private let previous: [(signal: Int32, action: sigaction)]

  init() {
    var ends: [Int32] = [-1, -1]
    _ = pipe(&ends)
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    descriptor = ends[0]
    wakeUp = ends[1]
    var action = sigaction()
    action.__sigaction_handler.sa_handler = { _ in _ = write(wakeUp, "!", 1) }
    previous = [SIGINT, SIGTERM, SIGHUP].map { signal in
      var old = sigaction()
      sigaction(signal, &action, &old)
      return (signal, old)
    }
    // Whoever started this program may have had the signals blocked.
    var signals = sigset_t()
    sigemptyset(&signals)
    for (signal, _) in previous { sigaddset(&signals, signal) }
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    // A worker that is gone must not take its coordinator with it.
    signal(SIGPIPE, SIG_IGN)
  }

  deinit {
    for (signal, action) in previous {
      var action = action
      sigaction(signal, &action, nil)
    }
    close(wakeUp)
    close(descriptor)
    wakeUp = -1
  }

  var hasCome: Bool {
    var input = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&input, 1, 0) > 0
  }
}

/// The end of a pipe that the signal handler writes to; only one interruption lives at a time.
nonisolated(unsafe) private var wakeUp: Int32 = -1

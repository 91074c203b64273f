import FileSystem
import Glibc

/// Notices Ctrl-C and polite kills while it lives; a signal that the program was started to ignore, as `nohup`
/// has it, stays ignored.
package struct Interruption: ~Copyable {
  private let pipe: Pipe
  private let previousActions: [(signal: Int32, action: sigaction)]
  private let previousMask: sigset_t

  /// - Parameter endsAtSecond: whether a second signal ends the program at once, with the exit code 130.
  /// - Throws: `SystemError` when there can be no more open files.
  package init(endsAtSecond: Bool = false) throws(SystemError) {
    signalsLeft = endsAtSecond ? 1 : .max
    pipe = try Pipe()
    // A handler that waits for room in the pipe would never return.
    pipe.writeEnd.stopBlocking()
    wakeUp = pipe.writeEnd.number
    var noticing = sigaction()
    noticing.__sigaction_handler.sa_handler = { _ in
      if signalsLeft == 0 { _exit(130) }
      if signalsLeft != .max { signalsLeft -= 1 }
      let code = errno
      _ = write(wakeUp, "!", 1)
      errno = code
    }
    // A worker that is gone must not take its coordinator with it.
    var ignoring = sigaction()
    ignoring.__sigaction_handler.sa_handler = SIG_IGN
    // Whoever started this program may ignore the end of children: the system then forgets how they
    // ended.
    let standard = sigaction()
    previousActions = [
      (SIGINT, noticing), (SIGTERM, noticing), (SIGHUP, noticing), (SIGPIPE, ignoring),
      (SIGCHLD, standard),
    ].map { signal, action in
      var (own, old) = (action, sigaction())
      sigaction(signal, nil, &old)
      let staysIgnored = [SIGINT, SIGTERM, SIGHUP].contains(signal) && old.isIgnoring
      if !staysIgnored { sigaction(signal, &own, nil) }
      return (signal, old)
    }
    // It may have had the signals blocked, too.
    var signals = sigset_t()
    sigemptyset(&signals)
    for signal in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&signals, signal) }
    var mask = sigset_t()
    pthread_sigmask(SIG_UNBLOCK, &signals, &mask)
    previousMask = mask
  }

  deinit {
    for (signal, action) in previousActions {
      var action = action
      sigaction(signal, &action, nil)
    }
    var mask = previousMask
    pthread_sigmask(SIG_SETMASK, &mask, nil)
    wakeUp = -1
  }

  /// Becomes readable when a signal comes.
  var descriptor: Int32 { pipe.readEnd.number }

  package var hasCome: Bool {
    var input = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&input, 1, 0) > 0
  }
}

/// The end of a pipe that the signal handler writes to; only one interruption lives at a time.
nonisolated(unsafe) private var wakeUp: Int32 = -1
/// How many signals are only noticed; the next ends the program.
nonisolated(unsafe) private var signalsLeft = Int32.max

extension sigaction {
  fileprivate var isIgnoring: Bool {
    // The handler is a number here, and functions cannot be compared.
    unsafeBitCast(__sigaction_handler.sa_handler, to: Int.self)
      == unsafeBitCast(SIG_IGN, to: Int.self)
  }
}

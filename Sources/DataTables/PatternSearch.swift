import Glibc
import Synchronization

/// Finds a regular expression in texts on a thread of its own, so that an expression whose time grows
/// exponentially with a text's length can be given up.
// Sendable: `results` belongs to the thread until `done` is the number of texts, then to the caller.
final class PatternSearch: @unchecked Sendable {
  /// The expression took too long on this text.
  struct TooSlow: Error {
    var text: String
  }

  private let pattern: String
  private let texts: [String]
  private var results: [String?] = []
  /// Texts that are finished.
  private let done = Atomic(0)

  /// - Parameters:
  ///   - pattern: a regular expression that compiles.
  ///   - texts: where it is to be found.
  init(_ pattern: String, in texts: [String]) {
    self.pattern = pattern
    self.texts = texts
  }

  /// Looks through all texts.
  ///
  /// - Parameter limit: how long one text may take; the thread goes on after that, and ends with the
  ///   program.
  /// - Returns: for each text the first capture of its first match, else all of it; nil where there is
  ///   none.
  /// - Throws: ``TooSlow`` where one takes longer.
  func found(within limit: Duration) throws(TooSlow) -> [String?] {
    var thread = pthread_t()
    let retained = Unmanaged.passRetained(self)
    let code = pthread_create(
      &thread, nil,
      { argument in
        if let argument { Unmanaged<PatternSearch>.fromOpaque(argument).takeRetainedValue().run() }
        return nil
      }, retained.toOpaque())
    guard code == 0 else {
      retained.release()
      run()
      return results
    }
    pthread_detach(thread)
    var (seen, since) = (0, ContinuousClock.now)
    var pause: UInt32 = 100
    while true {
      let now = done.load(ordering: .acquiring)
      if now == texts.count { return results }
      if now > seen {
        (seen, since) = (now, .now)
      } else if ContinuousClock.now - since > limit {
        throw TooSlow(text: texts[now])
      }
      usleep(pause)
      pause = min(10_000, pause * 2)
    }
  }

  private func run() {
    guard let expression = try? Regex(pattern) else {
      results = texts.map { _ in nil }
      done.store(texts.count, ordering: .releasing)
      return
    }
    for text in texts {
      let output = text.firstMatch(of: expression)?.output
      let found = output.flatMap { ($0.count > 1 ? $0[1] : $0[0]).substring }
      results.append(found.map(String.init))
      done.add(1, ordering: .releasing)
    }
  }
}

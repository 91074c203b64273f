import Glibc

/// How far a ``concurrentMap(_:threads:isCancelled:progress:makeState:_:)`` is.
package struct MapProgress: Equatable, Sendable {
  package var finished: Int
  package var count: Int
  /// Since the beginning.
  package var seconds: Double
  /// As long as the rest takes at the speed so far; nil before anything is finished.
  package var secondsLeft: Double? {
    finished > 0 ? seconds / Double(finished) * Double(count - finished) : nil
  }

  package init(finished: Int, count: Int, seconds: Double) {
    self.finished = finished
    self.count = count
    self.seconds = seconds
  }
}

/// A ``concurrentMap(_:threads:isCancelled:progress:makeState:_:)`` that was told to stop.
package struct MapCancelled: Error, Equatable, CustomStringConvertible {
  package var description: String { "interrupted" }
}

/// Maps the elements of an array on several threads; the results are in the elements' order.
///
/// The threads are this call's own and have ended when it returns.
///
/// - Parameters:
///   - elements: taken in their order.
///   - threads: how many work at the same time, at least 1.
///   - isCancelled: asked about ten times a second on the calling thread; when it says yes, no further
///     element is begun, and ``MapCancellation`` tells those that are.
///   - progress: told how far it is about five times a second, and at the end, on the calling thread.
///   - makeState: makes what a thread keeps from element to element, such as buffers and plans.
///   - transform: the result of an element.
/// - Returns: one an element.
/// - Throws: ``MapCancelled``, or the error of the first element in order that has one; no further
///   element is begun after it.
package func concurrentMap<Element: Sendable, State: ~Copyable, Output: Sendable>(
  _ elements: [Element], threads: Int, isCancelled: () -> Bool = { false },
  progress: (MapProgress) -> Void = { _ in },
  makeState: @escaping @Sendable () throws -> State,
  _ transform: @escaping @Sendable (inout State, Element) throws -> Output
) throws -> [Output] {
  let start = monotonicSeconds()
  func report(_ finished: Int) {
    progress(
      MapProgress(
        finished: finished, count: elements.count, seconds: monotonicSeconds() - start))
  }
  let board = MapBoard<Output>(count: elements.count)
  let cancellation = MapCancellation.Flag()
  let wished = max(1, min(threads, elements.count))
  let work = ThreadBody {
    do {
      var state = try makeState()
      MapCancellation.$flag.withValue(cancellation) {
        while let index = board.take() {
          board.finish(index, Result { try transform(&state, elements[index]) })
        }
      }
    } catch {
      board.fail(error)
    }
    board.leave()
  }
  var running: [pthread_t] = []
  for _ in 0..<wished {
    var thread = pthread_t()
    board.enter()
    let retained = Unmanaged.passRetained(work)
    let code = pthread_create(
      &thread, nil,
      { argument in
        if let argument { Unmanaged<ThreadBody>.fromOpaque(argument).takeRetainedValue().run() }
        return nil
      }, retained.toOpaque())
    guard code == 0 else {
      // Fewer threads do the same work; none is left to the caller's own.
      retained.release()
      board.leave()
      break
    }
    running.append(thread)
  }
  if running.isEmpty {
    board.enter()
    work.run()
  }
  var lastReport = start
  while !board.waitForEnd(milliseconds: 100) {
    if isCancelled() {
      cancellation.set()
      board.cancel()
    }
    if monotonicSeconds() - lastReport >= 0.2 {
      lastReport = monotonicSeconds()
      report(board.finishedCount)
    }
  }
  for thread in running { pthread_join(thread, nil) }
  report(board.finishedCount)
  return try board.results()
}

/// The same without anything that a thread keeps.
package func concurrentMap<Element: Sendable, Output: Sendable>(
  _ elements: [Element], threads: Int, isCancelled: () -> Bool = { false },
  progress: (MapProgress) -> Void = { _ in },
  _ transform: @escaping @Sendable (Element) throws -> Output
) throws -> [Output] {
  try concurrentMap(
    elements, threads: threads, isCancelled: isCancelled, progress: progress, makeState: {}
  ) { (_: inout Void, element) in try transform(element) }
}

private func monotonicSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

private final class ThreadBody: Sendable {
  let run: @Sendable () -> Void
  init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}

/// What the threads of a map share.
// Sendable: all that changes is read and written with the lock held.
private final class MapBoard<Output: Sendable>: @unchecked Sendable {
  private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let end = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var outputs: [Result<Output, any Error>?]
  private var next = 0
  private var finished = 0
  private var threads = 0
  private var isStopped = false
  private var isCancelled = false
  private var failure: (any Error)?

  init(count: Int) {
    outputs = [Result<Output, any Error>?](repeating: nil, count: count)
    pthread_mutex_init(lock, nil)
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    pthread_cond_init(end, &attributes)
    pthread_condattr_destroy(&attributes)
  }

  deinit {
    pthread_cond_destroy(end)
    pthread_mutex_destroy(lock)
    end.deallocate()
    lock.deallocate()
  }

  private func locked<Value>(_ body: () -> Value) -> Value {
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    return body()
  }

  func enter() { locked { threads += 1 } }

  func leave() {
    locked {
      threads -= 1
      pthread_cond_signal(end)
    }
  }

  func take() -> Int? {
    locked {
      guard !isStopped, next < outputs.count else { return nil }
      next += 1
      return next - 1
    }
  }

  func finish(_ index: Int, _ output: Result<Output, any Error>) {
    locked {
      if case .failure = output { isStopped = true }
      outputs[index] = output
      finished += 1
    }
  }

  func fail(_ error: any Error) {
    locked {
      isStopped = true
      failure = failure ?? error
    }
  }

  func cancel() {
    locked {
      isStopped = true
      isCancelled = true
    }
  }

  var finishedCount: Int { locked { finished } }

  /// Waits until all threads have left, or for some time.
  ///
  /// - Returns: whether all have left.
  func waitForEnd(milliseconds: Int) -> Bool {
    locked {
      if threads == 0 { return true }
      var until = timespec()
      clock_gettime(CLOCK_MONOTONIC, &until)
      until.tv_nsec += milliseconds * 1_000_000
      until.tv_sec += until.tv_nsec / 1_000_000_000
      until.tv_nsec %= 1_000_000_000
      pthread_cond_timedwait(end, lock, &until)
      return threads == 0
    }
  }

  func results() throws -> [Output] {
    let (outputs, failure, isCancelled) = locked { (self.outputs, self.failure, self.isCancelled) }
    // Elements are taken in order: all before the first that failed were finished, too.
    for case .failure(let error)? in outputs { throw error }
    if let failure { throw failure }
    let values = try outputs.compactMap { try $0?.get() }
    if isCancelled, values.count < outputs.count { throw MapCancelled() }
    return values
  }
}

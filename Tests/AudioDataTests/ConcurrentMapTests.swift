import AudioData
import Glibc
import Synchronization
import Testing
import Threads

@Suite struct ConcurrentMapTests {
  private struct Refusal: Error, Equatable { var element: Int }

  @Test(arguments: [1, 2, 7, 500])
  func order(threads: Int) throws {
    let made = Atomic(0)
    var last: MapProgress?
    let results = try concurrentMap(
      Array(0..<300), threads: threads, progress: { last = $0 },
      makeState: {
        made.add(1, ordering: .relaxed)
        return [Int]()
      }
    ) { (seen: inout [Int], element) in
      seen.append(element)
      return element * element
    }
    #expect(results == (0..<300).map { $0 * $0 })
    #expect(made.load(ordering: .relaxed) <= min(threads, 300))
    #expect(last?.finished == 300 && last?.secondsLeft == 0)
  }

  @Test func nothing() throws {
    #expect(try concurrentMap([Int](), threads: 4) { $0 }.isEmpty)
  }

  @Test("The first error in order is thrown", arguments: [1, 2, 5])
  func errors(threads: Int) {
    #expect(throws: Refusal(element: 40)) {
      try concurrentMap(Array(0..<1000), threads: threads) { element -> Int in
        if element == 40 { usleep(2000) }
        if element >= 40 { throw Refusal(element: element) }
        return element
      }
    }
  }

  @Test func errorsOfState() {
    #expect(throws: Refusal(element: -1)) {
      try concurrentMap(
        [1, 2, 3], threads: 2, makeState: { () throws -> Int in throw Refusal(element: -1) }
      ) { (_: inout Int, element) in element }
    }
  }

  @Test("Told to stop, it begins nothing more and leaves no thread behind")
  func cancelling() {
    let begun = Atomic(0)
    #expect(throws: MapCancelled.self) {
      try concurrentMap(
        Array(0..<100_000), threads: 2,
        isCancelled: { begun.load(ordering: .relaxed) > 3 }
      ) { element in
        begun.add(1, ordering: .relaxed)
        usleep(5000)
        return element
      }
    }
    let after = begun.load(ordering: .relaxed)
    #expect(after < 1000)
    usleep(20_000)
    #expect(begun.load(ordering: .relaxed) == after)
  }
}

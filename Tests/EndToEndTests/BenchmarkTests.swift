import FileSystem
import JSONText
import ProgramSupport
import Testing

@Suite struct BenchmarkTests {
  private let benchmarks = Program("benchmarks")

  private func lines(_ arguments: [String]) throws -> [JSONNode] {
    let folder = try Path.makeTemporaryFolder("explore-benchmarks")
    defer { try? folder.remove() }
    let result = try benchmarks.run(arguments + ["--out", folder.string])
    #expect(result.code == 0, "\(result.errors)")
    return try result.output.split(separator: "\n").map { try JSONNode(parsing: String($0)) }
  }

  @Test func aMeasurementIsALine() throws {
    let measured = try lines(["start/help", "--repetitions", "2"])
    #expect(measured.count == 1)
    #expect(measured[0]["name"]?.string == "start/help")
    #expect(measured[0]["repetitions"]?.integer == 2)
    #expect((measured[0]["seconds"]?.number ?? 0) > 0)
    #expect((measured[0]["peak_rss_mb"]?.number ?? 0) > 1)
  }

  @Test func aNameMeansAllThatItBegins() throws {
    let measured = try lines(["model/dummy/columns"])
    #expect(
      measured.compactMap { $0["name"]?.string }
        == [10, 100, 1000, 10_000].map { "model/dummy/columns/\($0)" })
  }

  @Test func unknownNamesAreRefused() throws {
    let result = try benchmarks.run(["grid/nothing"])
    #expect(result.code == 1)
    #expect(result.errors.contains("no benchmark is called “grid/nothing”"))
  }
}

import FileSystem
import JSONText
import Matrices
import ProgramSupport
import Testing

/// A run folder that something changed: the program answers or says so, it never traps.
@Suite struct DamageTests {
  private static let experiment = #"""
    {"name": "n", "data": {"table": "t.csv", "label": "y", "groups": {"song": "s"}}, "seeds": 2,
     "split": {"folds": {"count": 3, "inner": {"folds": 2}}}, "learning_curve": [0.8],
     "transformations": ["none", {"rbf": {"centers": [2, 3]}}],
     "models": [{"knn": {"k": [1, 3]}}, {"tree": {"depth": 2}}]}
    """#

  private func place() throws -> Workplace {
    let place = try Workplace()
    var text = "s,a,b,y\n"
    for row in 0..<24 { text += "s\(row / 2),\(row * row % 11),\(row % 5),\(row / 2 % 2)\n" }
    try place.write("t.csv", text)
    try place.run(Self.experiment)
    return place
  }

  @Test func damagedPlansNeverTrap() throws {
    let place = try place()
    defer { place.remove() }
    let path = place.folder / "run" / "plan.json"
    let whole = try JSONNode(parsing: path.readText().withoutCheck)
    var random = RandomStream(seed: 11)
    var refused = 0
    for _ in 0..<250 {
      let damaged = whole.damaged { random.below($0) }
      try path.writeAtomically(damaged.compactText)
      let result = try place.explore("report", "run", "--quiet")
      #expect(
        [0, 65].contains(result.code), "\(result.code) \(result.errors) for \(damaged.compactText)")
      #expect(result.code == 0 || result.errors.hasPrefix("explore: run/plan.json is damaged: "))
      if result.code != 0 { refused += 1 }
    }
    #expect(refused > 100)
  }

  @Test(arguments: [JSONNode(1e300), 1, 2.5, -3, JSONNode(0.5)])
  func damagedRangesAreRefused(end: JSONNode) throws {
    let place = try Workplace()
    defer { place.remove() }
    var text = "a,b,y\n"
    for row in 0..<24 { text += "\(row * row % 11),\(row % 5),\(row / 2 % 2)\n" }
    try place.write("t.csv", text)
    try place.run(
      #"""
      {"name": "n", "data": {"table": "t.csv", "label": "y"}, "tuner": {"random": {"trials": 3}},
       "models": [{"knn": {"k": {"from": 1, "to": 5}}}]}
      """#)
    let path = place.folder / "run" / "plan.json"
    let whole = try JSONNode(parsing: path.readText().withoutCheck)
    let range = ["models", "0", "spaces", "0", "dimensions", "0", "range", "to"]
    try path.writeAtomically(whole.replacing(range[...], end).compactText)
    let result = try place.explore("report", "run", "--quiet")
    #expect(result.code == 65 && result.errors.contains("a range of settings has no values"))
  }

  struct Change: Sendable, CustomTestStringConvertible {
    var path: [String]
    var value: JSONNode
    var reason: String
    var testDescription: String { reason }
  }

  @Test func damagedPlansAreNamed() throws {
    let place = try place()
    defer { place.remove() }
    let path = place.folder / "run" / "plan.json"
    let whole = try JSONNode(parsing: path.readText().withoutCheck)
    let changes: [Change] = [
      .init(
        path: ["inputs", "0", "data", "labels", "3"], value: 2, reason: "a label names no class"),
      .init(
        path: ["inputs", "0", "data", "fileRows"], value: [0],
        reason: "“fileRows” and “labels” differ in length"),
      .init(
        path: ["inputs", "0", "data", "classes"], value: ["0"],
        reason: "there are fewer than two classes"),
      .init(
        path: ["protocols", "0", "divisions", "0", "splits"], value: [], reason: "there is no split"
      ),
      .init(
        path: ["protocols", "0", "divisions", "0", "splits", "0", "test", "0"], value: 24,
        reason: "a split names a row that is not there"),
      .init(path: ["inputs"], value: [], reason: "there is no input"),
      .init(
        path: ["inputs"],
        value: JSONNode(
          (whole["inputs"]?.elements ?? []).flatMap {
            [$0, $0.replacing(["data", "classes", "0"], "other")]
          }), reason: "the inputs differ in their classes"),
      .init(path: ["protocols"], value: [], reason: "there is no protocol"),
      .init(path: ["protocols", "0", "divisions"], value: [], reason: "an input is not divided"),
      .init(
        path: ["protocols", "0", "divisions", "0", "grouping"], value: 3,
        reason: "a grouping is missing"),
      .init(
        path: ["protocols", "0", "divisions", "0", "units", "0"], value: 99,
        reason: "“units” and “labels” do not fit"),
      .init(
        path: ["protocols", "0", "divisions", "0", "subsets", "0", "split"], value: 3,
        reason: "a subset is of no split"),
      .init(
        path: ["protocols", "0", "divisions", "0", "subsets", "0", "rows"], value: [],
        reason: "a subset has no rows to learn from"),
      .init(
        path: ["protocols", "0", "divisions", "0", "subsets"], value: [],
        reason: "a piece of work is missing"),
      .init(path: ["cells", "1", "protocol"], value: 1, reason: "a cell is missing"),
      .init(path: ["cells", "1", "input"], value: 1, reason: "a cell is missing"),
      .init(path: ["cells", "1", "transformation"], value: 7, reason: "a cell is missing"),
      .init(path: ["pieces", "1", "split"], value: 3, reason: "a piece of work is missing"),
    ]
    for change in changes {
      try path.writeAtomically(whole.replacing(change.path[...], change.value).compactText)
      let result = try place.explore("report", "run")
      #expect(result.code == 65)
      #expect(result.errors == "explore: run/plan.json is damaged: \(change.reason)\n")
    }
  }
}

extension JSONNode {
  fileprivate func replacing(_ path: ArraySlice<String>, _ value: JSONNode) -> JSONNode {
    guard let first = path.first else { return value }
    if case .array(var elements) = content, let index = Int(first) {
      elements[index] = elements[index].replacing(path.dropFirst(), value)
      return JSONNode(elements)
    }
    return JSONNode(
      .object(
        (members ?? []).map {
          $0.name == first ? .init($0.name, $0.value.replacing(path.dropFirst(), value)) : $0
        }))
  }
}

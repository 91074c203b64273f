import FileSystem
import JSONText
import Testing

/// What SciPy, statsmodels and NumPy made of small cases; see `make_references.py`.
enum References {
  /// The recorded cases of one statistic; a missing fixture fails the test.
  static func cases(_ name: String) throws -> [JSONNode] {
    let all = try JSONNode(
      parsing: (Path(#filePath).folder / "Fixtures" / "references.json").readBytes())
    let cases = try #require(all[name])
    return cases.elements ?? [cases]
  }
}

extension JSONNode {
  func number(_ name: String) throws -> Double { try #require(self[name]?.number) }
  func integer(_ name: String) throws -> Int { try #require(self[name]?.integer) }
  func numbers(_ name: String) throws -> [Double] {
    try #require(self[name]?.elements).map { try #require($0.number) }
  }
  func integers(_ name: String) throws -> [Int] {
    try #require(self[name]?.elements).map { try #require($0.integer) }
  }
}

/// Expects a value within 1e-6 of the recorded one, and small ones with five digits.
func expect(
  _ value: Double, near expected: Double, _ remark: String = "",
  location: SourceLocation = #_sourceLocation
) {
  #expect(
    abs(value - expected) <= min(1e-6, max(1e-5 * abs(expected), 1e-300)) || value == expected
      || (abs(expected) < 1e-12 && abs(value - expected) < 1e-15),
    "\(value) instead of \(expected) \(remark)", sourceLocation: location)
}

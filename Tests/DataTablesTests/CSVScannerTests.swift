import DataTables
import Matrices
import Testing

@Suite struct CSVScannerTests {
  private func records(_ text: [UInt8]) -> (bound: Int, found: Int) {
    text.withUnsafeBytes { bytes in
      var scanner = CSVScanner(bytes, path: "t.csv")
      let bound = scanner.mostRecordsLeft { _ in }
      var found = 0
      while (try? scanner.nextRecord()) == true { found += 1 }
      return (bound, found)
    }
  }

  /// A table's memory is made for as many records as the bound says.
  @Test func noTextHasMoreRecordsThanTheBound() {
    var random = RandomStream(seed: 9)
    for _ in 0..<200_000 {
      let text = (0..<random.below(24)).map { _ in Array("\"\",\n\ra".utf8)[random.below(6)] }
      let (bound, found) = records(text)
      guard bound < found else { continue }
      Issue.record("\(String(decoding: text, as: UTF8.self)) has \(found) records, bound \(bound)")
      return
    }
  }

  @Test func lineEndsInsideQuotesAreNotCounted() {
    let text = "a,b\r\n\"1\n2\n3 \"\" 4\n\",5\r\n\"6\r\n7\",8\r\n"
    #expect(records(Array(text.utf8)) == (4, 3))
  }
}

import DataTables
import Testing

/// Columns that tell the class without being measurements, and those that look alike and are none.
@Suite struct LabelClueTests {
  /// Rows of three classes in an order of chance, with one more column.
  private func table(
    rows: Int = 90, sorted: Bool = false, _ column: (_ row: Int, _ label: Int) -> String
  ) -> String {
    var text = "x,c,label\n"
    for place in 0..<rows {
      let row = sorted ? place : place * 37 % rows
      let label = row * 3 / rows
      text +=
        "\(Double(row * row % 71) + Double(row) / 1000),\(column(row, label)),\("abc".dropFirst(label).prefix(1))\n"
    }
    return text
  }

  private func warnings(_ text: String) throws -> [String] {
    try load(text).findings.map(\.message)
  }

  @Test func identifiersInTheOrderOfClasses() throws {
    let found = try warnings(table { row, _ in "\(1000 + 3 * row)" })
    #expect(found.count == 1)
    #expect(
      found[0].hasPrefix("column “c” gives the class away: each class has a range for itself"))
  }

  @Test func theClassUnderAnotherName() throws {
    for names in [["1", "2", "3"], ["3", "1", "2"], ["0.25", "0.75", "0.5"]] {
      let found = try warnings(table { _, label in names[label] })
      #expect(found.count == 1, "\(names)")
      #expect(found[0].hasPrefix("column “c” is the class under another name"))
    }
  }

  @Test func timesThatRiseWithSortedRows() throws {
    // Each class stands in two runs of 20 rows.
    var text = "x,time,label\n"
    for row in 0..<120 {
      text += "\(row * row % 71),\(7 * row + row % 3),\("abc".dropFirst(row / 20 % 3).prefix(1))\n"
    }
    let found = try warnings(text)
    #expect(found.count == 1)
    #expect(found[0].hasPrefix("column “time” rises from row to row"))
  }

  @Test func textsThatRepeatAreGroups() throws {
    let text = table { row, _ in "clip\(row / 6)" }
    let found = try warnings(text).filter { $0.contains("rows that belong together") }
    #expect(found.count == 1)
    #expect(found[0].hasPrefix("“c” has 15 values in 90 rows, each with rows of one class alone"))
    // Ignored or not; once groups are given there is nothing to warn of.
    let ignored = try load(text) { $0.ignore = [.init("c")] }
    #expect(ignored.findings.count { $0.message.contains("rows that belong together") } == 1)
    let grouped = try load(text) { request in
      request.ignore = [.init("c")]
      request.groups = [.init(name: "clip", from: .init(column: "c"))]
    }
    #expect(!grouped.findings.contains { $0.message.contains("rows that belong together") })
  }

  @Test func numbersOfWhatRowsBelongToAreGroups() throws {
    let found = try warnings(table { row, _ in "\(row / 6 * 41 % 97)" })
    #expect(found.count == 1 && found[0].contains("15 values in 90 rows"))
  }

  /// Good features, few rows, and texts that say nothing of the class.
  @Test func honestColumnsAreNotNamed() throws {
    // It separates the classes, and is measured.
    #expect(
      try warnings(table { row, label in "\(Double(10 * label) + Double(row % 7) / 3)" }).isEmpty)
    // One class of three has a range for itself.
    #expect(try warnings(table { row, label in "\(label == 0 ? row % 5 : 10 + row % 9)" }).isEmpty)
    // Rises with the rows, whose classes are mixed.
    var text = "x,c,label\n"
    for row in 0..<90 {
      text += "\(row * row % 71),\(3 * row),\("abc".dropFirst(row % 3).prefix(1))\n"
    }
    #expect(try warnings(text).isEmpty)
    // Six rows of two classes are in order by chance.
    #expect(try warnings("a,label\n1,x\n3,x\n2,x\n8,y\n6,y\n9,y\n").isEmpty)
    // A text that repeats in all classes, and one of its own for each row.
    for column in [{ (row: Int) in "city\(row % 4)" }, { (row: Int) in "row\(row)" }] {
      let found = try warnings(table { row, _ in column(row) })
      #expect(found.allSatisfy { $0.contains("holds text") })
    }
  }
}

import Exploration
import JSONText
import Testing

/// Lists of rows in plans.
@Suite struct RowNumbersTests {
  private func reread(_ rows: [Int]) throws -> (node: JSONNode, rows: [Int]) {
    let node = try JSONNode(encoding: RowNumbers(rows))
    return (node, try JSONNode(parsing: node.compactText).decode(RowNumbers.self).rows)
  }

  @Test func fewRowsAreAList() throws {
    for rows in [[], [7], Array(0..<999), Array(stride(from: 0, to: 1_000_000, by: 100))] {
      let own = try reread(rows)
      #expect(own.node.elements?.count == rows.count && own.rows == rows)
    }
  }

  /// A plan of three protocols of ten folds and a learning curve on 100 000 rows had 250 megabytes.
  @Test func manyRowsAreABitEach() throws {
    for rows in [Array(3..<5000), Array(stride(from: 1, to: 100_000, by: 9)), Array(0..<1000)] {
      let own = try reread(rows)
      #expect(own.node.string?.utf8.count == (rows.last ?? 0) / 4 + 1 && own.rows == rows)
    }
  }

  @Test func theOrderOfRowsStays() throws {
    for rows in [Array((0..<5000).reversed()), Array(0..<2000) + [1999]] {
      let own = try reread(rows)
      #expect(own.node.string == nil && own.rows == rows)
    }
  }

  @Test(arguments: [#""0g""#, #""A""#, "[0.5]", "{}", "null"])
  func whatIsNoListOfRowsIsRefused(text: String) throws {
    let node = try JSONNode(parsing: text)
    #expect(throws: JSONDecodingError.self) { try node.decode(RowNumbers.self) }
  }
}

import Exploration

extension Plan {
  /// The columns that come first in every table of an experiment with protocols or inputs.
  var sheetColumns: [String] {
    (hasProtocols ? ["protocol"] : []) + (hasInputs ? ["input"] : [])
  }

  /// What stands in those columns.
  func names(of sheet: Sheet) -> [String] {
    (hasProtocols ? [protocols[sheet.protocol].name] : [])
      + (hasInputs ? [inputs[sheet.input].name] : [])
  }

  /// The splits in words, of each protocol where there are several.
  package var splitWords: String {
    protocols.map { $0.name.isEmpty ? $0.words : "\($0.name): \($0.words)" }
      .joined(separator: "; ")
  }
}

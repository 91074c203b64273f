extension String {
  /// The text of a JSON object without the hash that it ends with, as earlier versions wrote it.
  package var withoutCheck: String {
    guard let start = ranges(of: "\"check\":").last?.lowerBound,
      let comma = self[..<start].lastIndex(of: ",")
    else { return self }
    return self[..<comma] + "}"
  }
}

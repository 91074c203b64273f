import TextFormatting

extension [NamePattern] {
  /// The feature columns that these patterns keep, in the order they are given; no pattern keeps all.
  ///
  /// - Throws: ``TableError`` for a pattern that no column matches.
  package func kept(among columns: [String], path: String) throws(TableError) -> [String] {
    if isEmpty { return columns }
    for pattern in self where !columns.contains(where: pattern.matches) {
      throw TableError(
        path: path, .unknownColumn(pattern.text, role: "“columns”", known: columns))
    }
    return columns.filter { name in contains { $0.matches(name) } }
  }
}

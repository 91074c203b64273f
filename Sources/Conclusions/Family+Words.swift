import TextFormatting

extension Family {
  /// What the table lets one conclude, in words; nil where it has fewer than two cells.
  package var sentence: String? {
    guard let best, members.count >= 2 else { return nil }
    return best.name
  }
}

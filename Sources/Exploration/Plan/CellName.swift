import TextFormatting

/// The name of a cell in tables, patterns and folders, as in `pca+knn` or, of one protocol and one
/// input among others, `artists+3s+pca+knn`.
struct CellName {
  let text: String
  /// The names within its protocol and within its input too.
  private let inner: [String]

  /// A name from those of its parts; that of a protocol or an input is empty where there is only
  /// one.
  init(protocol name: String, input: String, _ transformation: String, _ model: String) {
    let own = "\(transformation)+\(model)"
    let inInput = input.isEmpty ? own : "\(input)+\(own)"
    text = name.isEmpty ? inInput : "\(name)+\(inInput)"
    inner = [inInput, own]
  }

  /// Whether a pattern means the cell: its whole name, or the one it has in each protocol or input.
  func matches(_ pattern: NamePattern) -> Bool {
    pattern.matches(text) || inner.contains { pattern.matches($0) }
  }
}

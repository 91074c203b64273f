import TextFormatting

/// The name of a cell in tables, patterns and folders, as in `pca+knn` or, of one input among
/// others, `3s+pca+knn`.
struct CellName {
  let text: String
  /// The name within its input.
  private let inner: String

  /// A name from those of its parts; the input's is empty where there is only one.
  init(input: String, _ transformation: String, _ model: String) {
    inner = "\(transformation)+\(model)"
    text = input.isEmpty ? inner : "\(input)+\(inner)"
  }

  /// Whether a pattern means the cell: its whole name, or the one it has in each input.
  func matches(_ pattern: NamePattern) -> Bool {
    pattern.matches(text) || pattern.matches(inner)
  }
}

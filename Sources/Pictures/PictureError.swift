/// A picture that cannot be read or made, and why.
package struct PictureError: Error, Equatable, CustomStringConvertible {
  /// The file; nil for a picture in memory.
  package var path: String?
  package var reason: String

  package init(path: String? = nil, reason: String) {
    self.path = path
    self.reason = reason
  }

  package var description: String { path.map { "\($0): \(reason)" } ?? reason }
}

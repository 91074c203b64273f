/// Which files a catalogue lists.
package struct FileKind: Equatable, Sendable {
  /// What one of them is, as in `sound`.
  package var noun: String
  /// The extensions they are known by, in lower case.
  package var extensions: [String]
  /// The folder of a well-known archive that holds them beside others.
  package var innerFolder: String?

  package init(noun: String, extensions: [String], innerFolder: String? = nil) {
    self.noun = noun
    self.extensions = extensions
    self.innerFolder = innerFolder
  }
}

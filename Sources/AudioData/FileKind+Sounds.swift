import FileSets
import FileSystem

extension FileKind {
  /// Sound files that can be decoded; the published archive of GTZAN has its tables and pictures beside
  /// them.
  package static let sounds = FileKind(
    noun: "sound",
    extensions: [
      "wav", "wave", "w64", "rf64", "aif", "aiff", "aifc", "au", "snd", "caf", "flac", "ogg", "oga",
      "opus", "mp3",
    ], innerFolder: "genres_original")
}

extension FileCatalogue {
  /// Lists the sound files of a data set.
  ///
  /// - Parameter source: a folder, or a CSV index.
  /// - Throws: ``CatalogueError`` where there is no sound file or no class can be told.
  package init(sounds source: Path) throws(CatalogueError) {
    try self.init(source, of: .sounds)
  }
}

import AudioData
import DataTables
import FileSystem
import TextFormatting

extension RunFolder {
  /// Pictures of a sound of each class.
  package var samples: Path { path / "samples" }
  /// The files that gave no row, with the reasons.
  package var unusedFiles: Path { path / "unused_files.csv" }

  /// Where the picture of a class’s sound is.
  package func sample(of label: String) -> Path { samples / (fileName(label) + ".png") }

  /// Writes what the report shows of sounds and pictures beside the records; of an earlier run nothing stays.
  ///
  /// - Parameters:
  ///   - source: the sounds; nil for data that are none.
  ///   - classes: the classes to show.
  ///   - omissions: the files that gave no row.
  /// - Throws: `SystemError` when it cannot be written.
  package func writeSounds(
    of source: SoundSource?, classes: [String], omissions: [Dataset.Omission]
  ) throws {
    try samples.remove()
    try unusedFiles.remove()
    if let source {
      try samples.createFolder()
      let unused = Set(omissions.map(\.name))
      for (label, png) in source.pictures(of: classes, without: unused) {
        try sample(of: label).writeAtomically(png)
      }
    }
    guard !omissions.isEmpty else { return }
    let lines = omissions.map { "\(csvField($0.name)),\(csvField($0.reason))\n" }
    try unusedFiles.writeAtomically("file,reason\n" + lines.joined())
  }
}

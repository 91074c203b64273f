import DataTables
import FileSets
import FileSystem

extension FileKind {
  /// Pictures that can be decoded.
  package static let pictures = FileKind(noun: "picture", extensions: ["png"])
}

/// Picture files with labels: those of a catalogue, or loose ones.
package struct PictureSource: Sendable {
  /// One picture file.
  package struct Piece: Sendable {
    package var path: Path
    /// What no other is called, as in `blues.00000.png`.
    package var name: String
    /// The class; nil where there is none.
    package var label: String?
    /// What its windows are grouped by.
    package var song: String
    /// One of each of the source's columns; nil where it is missing.
    package var values: [String?] = []
  }

  /// Where the pictures are, for people.
  package var name: String
  package private(set) var pieces: [Piece]
  /// Columns of text beside the label.
  package private(set) var columns: [String] = []
  package private(set) var findings: [DataFinding] = []

  package init(_ catalogue: FileCatalogue) {
    let source = catalogue.source
    name = source.isFolder ? source.name : "\(source.folder.name)/\(source.name)"
    columns = catalogue.columns
    findings = catalogue.findings
    let songs = songNames(of: catalogue.tracks.map(\.name))
    pieces = zip(catalogue.tracks, songs).map { track, song in
      Piece(
        path: track.path, name: track.name, label: track.label, song: song,
        values: track.values.map { $0.isEmpty ? nil : $0 })
    }
  }

  /// Files without labels, called by their names, or by their paths where two share one.
  package init(files: [Path]) {
    let own = files.map(\.name)
    let names = Set(own).count == own.count ? own : files.map(\.string)
    name = files.count == 1 ? names[0] : "loose files"
    pieces = zip(files, zip(names, songNames(of: names))).map { path, names in
      Piece(path: path, name: names.0, song: names.1)
    }
  }
}

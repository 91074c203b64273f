import FileSystem
import Glibc
import TextFormatting

/// The files of a run, by name.
package struct RunFolder: Sendable {
  package let path: Path

  package init(_ path: Path) { self.path = path }

  package var experiment: Path { path / "experiment.json" }
  package var plan: Path { path / "plan.json" }
  package var provenance: Path { path / "provenance.json" }
  package var journals: Path { path / "journal" }
  package var tables: Path { path / "tables" }
  package var curves: Path { path / "curves" }
  package var confusion: Path { path / "confusion" }
  package var figures: Path { path / "figures" }
  package var page: Path { path / "index.html" }
  package var markdown: Path { path / "report.md" }
  package var lock: Path { path / ".lock" }
  package var cells: Path { path / "cells" }
  /// How far unfinished fits are, a folder for each piece of work.
  package var checkpoints: Path { path / "checkpoints" }

  /// Everything a run may have put into its folder; a run inside a folder without a home has its cache
  /// there too.
  private var parts: [Path] {
    [
      experiment, plan, provenance, journals, tables, curves, confusion, figures, page, markdown,
      lock, cells, checkpoints, samples, unusedFiles, path / "cache",
    ]
  }

  /// What is in the folder that no run puts there.
  func strangers() throws -> [String] {
    let known = Set(parts.map(\.name))
    return try path.children().filter { !known.contains($0) && !$0.hasSuffix(".partial") }
  }

  /// Where a cell's winning model is kept.
  package func model(of cellName: String) -> Path { cells / fileName(cellName) / "model" }

  /// The key of the piece of work that a cell's model is from; models of old runs have none.
  func modelKey(of cellName: String) -> Path { cells / fileName(cellName) / "key" }

  /// Where the model of a cell's folder is written before it replaces another.
  func partialModel(of name: String) -> Path { cells / name / "model.partial" }

  /// Removes what a worker did not write to its end beside a model, while none is at work.
  func removePartialModels() {
    for cell in ((try? cells.children()) ?? []).map({ cells / $0 }) {
      for name in (try? cell.children()) ?? [] where name.hasSuffix(".partial") {
        try? (cell / name).remove()
      }
    }
  }

  /// Where the fits of a piece keep how far they are.
  func checkpoints(of key: String) -> Path { checkpoints / key }

  /// Removes what fits kept that nobody goes on with, while no worker is at work.
  ///
  /// - Parameter isNeeded: whether the piece of a key is still to be done.
  func removeCheckpoints(unless isNeeded: (String) -> Bool) {
    guard let keys = try? checkpoints.children() else { return }
    for key in keys where !isNeeded(key) { try? checkpoints(of: key).remove() }
    // A folder with something in it stays.
    rmdir(checkpoints.string)
  }

  /// Where a run goes when nothing else is said.
  package static func standard(for experimentName: String) -> RunFolder {
    RunFolder(Path("reports") / fileName(experimentName))
  }
}

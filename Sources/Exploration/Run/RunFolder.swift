import FileSystem
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
  private var cells: Path { path / "cells" }

  /// Where a cell's winning model is kept.
  package func model(of cellName: String) -> Path { cells / fileName(cellName) / "model" }

  /// Where a run goes when nothing else is said.
  package static func standard(for experimentName: String) -> RunFolder {
    RunFolder(Path("reports") / fileName(experimentName))
  }
}

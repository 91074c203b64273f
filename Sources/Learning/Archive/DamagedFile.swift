import FileSystem
import TextFormatting

/// A file that is not what it should be.
package struct DamagedFile: Error, CustomStringConvertible {
  package var path: Path
  package var reason: String

  package init(path: Path, reason: String) {
    self.path = path
    self.reason = reason
  }

  /// A file whose content does not fit the hash that was written with it, and what to do about it.
  package static func changed(_ path: Path, remedy: String? = nil) -> DamagedFile {
    DamagedFile(
      path: path,
      reason: "its content is no more what was written" + (remedy.map { "; \($0)" } ?? ""))
  }

  package var description: String { "\(path.string) is damaged: \(reason)" }
}

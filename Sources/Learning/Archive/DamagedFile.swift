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

  package var description: String { "\(path.string) is damaged: \(reason)" }
}

import FileSystem
import Glibc

/// The outside data that some tests need; nil where it is absent.
package enum OutsideData {
  /// `$EXPLORE_DATA`, or else the folder `shared/data` beside the project.
  package static let folder: Path? = {
    let project = Path(#filePath).folder.folder.folder
    let named = getenv("EXPLORE_DATA").map { Path(String(cString: $0)) }
    let folder = named ?? project.folder / "shared" / "data"
    return (folder / "gtzan" / "features_30_sec.csv").exists ? folder : nil
  }()

  package static let absence =
    "skipped: the outside data is neither in $EXPLORE_DATA nor in ../shared/data"
}

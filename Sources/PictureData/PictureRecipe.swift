import Learning
import Pictures
import TextFormatting

/// How pictures become rows of numbers: cut into windows of time where they show time, then prepared.
package struct PictureRecipe: Codable, Equatable, Sendable {
  package var preparation: PicturePreparation
  /// The time that a row shows; nil for whole pictures.
  package var windowSeconds: Double?
  /// The time that a picture shows from left to right.
  package var pictureSeconds: Double?

  package init(_ preparation: PicturePreparation = .init()) { self.preparation = preparation }

  /// The columns of pixels of each window of a picture.
  ///
  /// A window of w = width · window / picture columns has round(w) of them, at least 1, and window i
  /// begins at column ⌊i · w⌋, or as far to the left of it as it needs to end within the picture; there
  /// are as many as fit into the time. Of 496 columns for 30 s, 3 s are 50 columns from 0, 49, 99, 148 …
  /// 446 on.
  ///
  /// - Parameter width: of the picture, in pixels.
  /// - Returns: one at least, or none where a window is longer than the picture.
  package func windows(width: Int) -> [Range<Int>] {
    guard let windowSeconds, let pictureSeconds else { return [0..<width] }
    // A thousandth of a window may be missing of the last one.
    let count = Int((pictureSeconds / windowSeconds + 1e-3).rounded(.down))
    let exact = Double(width) * windowSeconds / pictureSeconds
    let size = min(width, max(1, Int(exact.rounded())))
    return (0..<count).map { index in
      let start = min(Int((Double(index) * exact).rounded(.down)), width - size)
      return start..<start + size
    }
  }

  /// The rows that pictures of a size become.
  package func shape(of size: PictureSize) -> PictureShape? {
    guard let window = windows(width: size.width).first else { return nil }
    return PictureShape(
      channels: preparation.colors == .grey ? 1 : 3,
      height: preparation.height ?? size.height, width: preparation.width ?? window.count)
  }

  /// The prepared windows of a picture.
  package func rows(of picture: PictureValues) -> [PictureValues] {
    windows(width: picture.width).map { preparation(picture.columns($0)) }
  }

  /// As in `3 s windows`.
  package var words: String {
    windowSeconds.map { "\(shortest($0)) s windows" } ?? "whole pictures"
  }
}

import FileSystem

/// A picture in shades of grey, 8 bits each.
package struct GreyPicture: Equatable, Sendable {
  package let width: Int
  package let height: Int
  /// Row by row from the top, 0 is black; `width · height` of them.
  package var pixels: [UInt8]

  package init(width: Int, height: Int, pixels: [UInt8]) {
    precondition(width > 0 && height > 0 && pixels.count == width * height)
    self.width = width
    self.height = height
    self.pixels = pixels
  }

  /// Decodes a PNG of any kind.
  ///
  /// Numbers are taken as they stand, whatever the file says of gamma and colour space. Of 16 bits they
  /// become x/257 rounded, of 1, 2 and 4 bits x · 255, 85 and 17. Transparent parts lie on black; colours
  /// become (299 R + 587 G + 114 B) / 1000, as Pillow’s `convert("L")`.
  ///
  /// - Throws: ``PictureError`` for what is no PNG or is damaged.
  package init(png bytes: [UInt8]) throws(PictureError) {
    let (width, height, pixels) = try PNG.decoded(bytes, .grey)
    self.init(width: width, height: height, pixels: pixels)
  }

  /// Reads a PNG file.
  ///
  /// - Throws: ``PictureError`` for what is no PNG or is damaged, `SystemError` for what cannot be
  ///   opened.
  package init(readingPNG path: Path) throws {
    let bytes = try path.readBytes()
    do throws(PictureError) {
      self = try GreyPicture(png: bytes)
    } catch {
      throw PictureError(path: path.string, reason: error.reason)
    }
  }

  /// The picture as a PNG file.
  ///
  /// - Throws: ``PictureError`` for a side of more than a million pixels.
  package func png() throws(PictureError) -> [UInt8] {
    try PNG.encoded(width: width, height: height, pixels, .grey)
  }

  /// Writes a PNG file, which appears only when it is complete.
  package func writePNG(to path: Path) throws { try path.writeAtomically(png()) }
}

import FileSystem

/// A picture in colour: red, green and blue, 8 bits each (sRGB).
package struct ColorPicture: Equatable, Sendable {
  package let width: Int
  package let height: Int
  /// Row by row from the top, three of each pixel.
  package var components: [UInt8]

  package init(width: Int, height: Int, components: [UInt8]) {
    precondition(width > 0 && height > 0 && components.count == 3 * width * height)
    self.width = width
    self.height = height
    self.components = components
  }

  /// A picture in shades of grey, each shade replaced by a colour.
  package init(_ picture: GreyPicture, colors: ColorMap) {
    let table = (0..<256).map { colors[Double($0) / 255] }
    self.init(
      width: picture.width, height: picture.height,
      components: picture.pixels.flatMap { shade -> [UInt8] in
        let color = table[Int(shade)]
        return [color.red, color.green, color.blue]
      })
  }

  /// Decodes a PNG of any kind, as ``GreyPicture/init(png:)`` does; shades of grey are all three.
  ///
  /// - Throws: ``PictureError`` for what is no PNG or is damaged.
  package init(png bytes: [UInt8]) throws(PictureError) {
    let (width, height, components) = try PNG.decoded(bytes, .color)
    self.init(width: width, height: height, components: components)
  }

  /// The picture as a PNG file.
  ///
  /// - Throws: ``PictureError`` for a side of more than a million pixels.
  package func png() throws(PictureError) -> [UInt8] {
    try PNG.encoded(width: width, height: height, components, .color)
  }

  /// Writes a PNG file, which appears only when it is complete.
  package func writePNG(to path: Path) throws { try path.writeAtomically(png()) }
}

import FileSystem

/// A picture as numbers to compute with: shades from 0, black, to 255.
package struct PictureValues: Equatable, Sendable {
  /// 1 for grey, 3 for red, green and blue.
  package let channels: Int
  package let height: Int
  package let width: Int
  /// Channel by channel, row by row from the top.
  package var values: [Float]

  package init(channels: Int = 1, height: Int, width: Int, values: [Float]) {
    precondition(channels > 0 && height > 0 && width > 0)
    precondition(values.count == channels * height * width)
    self.channels = channels
    self.height = height
    self.width = width
    self.values = values
  }

  package init(_ picture: GreyPicture) {
    self.init(
      height: picture.height, width: picture.width, values: picture.pixels.map { Float($0) })
  }

  package init(_ picture: ColorPicture) {
    let pixels = picture.width * picture.height
    self.init(
      channels: 3, height: picture.height, width: picture.width,
      values: (0..<3).flatMap { channel in
        (0..<pixels).map { Float(picture.components[3 * $0 + channel]) }
      })
  }

  /// Consecutive columns of pixels.
  package func columns(_ range: Range<Int>) -> PictureValues {
    precondition(range.lowerBound >= 0 && range.upperBound <= width && !range.isEmpty)
    if range.count == width { return self }
    return PictureValues(
      channels: channels, height: height, width: range.count,
      values: (0..<channels * height).flatMap { row in
        values[row * width + range.lowerBound..<row * width + range.upperBound]
      })
  }

  /// The same size, each value replaced.
  func map(_ transform: (Float) -> Float) -> PictureValues {
    PictureValues(channels: channels, height: height, width: width, values: values.map(transform))
  }
}

/// Pixels from left to right and from top to bottom.
package struct PictureSize: Hashable, Sendable, CustomStringConvertible {
  package var width: Int
  package var height: Int

  package init(width: Int, height: Int) {
    self.width = width
    self.height = height
  }

  /// The size that the head of a PNG file tells (ISO/IEC 15948, section 11.2.2); nil for what has none,
  /// or one that cannot be decoded.
  package init?(ofPNG path: Path) {
    guard let file = try? MappedFile(path), file.bytes >= 24,
      file.buffer.prefix(8).elementsEqual(PNG.signature)
    else { return nil }
    func number(_ offset: Int) -> Int {
      Int(UInt32(bigEndian: file.start.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
    }
    self.init(width: number(16), height: number(20))
    guard PNG.isPossible(width: width, height: height) else { return nil }
  }

  /// As in `496 × 129`.
  package var description: String { "\(width) × \(height)" }
}

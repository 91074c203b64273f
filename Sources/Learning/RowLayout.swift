import TextFormatting

/// What the columns of a row are: features, a picture, or a picture with features behind it.
public struct RowLayout: Codable, Hashable, Sendable {
  /// The picture, whose pixels are the first columns: channel by channel, row by row from the top.
  public var picture: PictureShape?
  /// The number of features, behind the pixels where there is a picture.
  public var features: Int

  /// A layout; none of the numbers may be negative.
  public init(picture: PictureShape? = nil, features: Int) {
    self.picture = picture
    self.features = features
  }

  /// All columns of a row.
  public var columns: Int { (picture?.count ?? 0) + features }
}

extension RowLayout: CustomStringConvertible {
  /// As in `58 features`, `1 × 128 × 128` or `1 × 128 × 128 and 57 features`.
  public var description: String {
    guard let picture else { return counted(features, "feature") }
    return features == 0 ? "\(picture)" : "\(picture) and \(counted(features, "feature"))"
  }
}

/// The size of a picture.
public struct PictureShape: Codable, Hashable, Sendable {
  /// 1 for shades of grey, 3 for colours.
  public var channels: Int
  /// Pixels from top to bottom.
  public var height: Int
  /// Pixels from left to right.
  public var width: Int

  /// A shape; all numbers are at least 1.
  public init(channels: Int = 1, height: Int, width: Int) {
    self.channels = channels
    self.height = height
    self.width = width
  }

  /// All numbers of a picture.
  public var count: Int { channels * height * width }

  /// Whether there is a pixel, and no more of them than can be counted; asked of what was read from a
  /// file.
  package var isPossible: Bool {
    let most = 1 << 20
    return [channels, height, width].allSatisfy { (1...most).contains($0) }
  }

  /// What tables call the columns of the pixels: `pixel_0_7` is the eighth of the top row, in colours
  /// `red_0_7`, `green_0_7` and `blue_0_7`.
  package var columnNames: [String] {
    let kinds = channels == 3 ? ["red", "green", "blue"] : ["pixel"]
    return (0..<channels).flatMap { channel in
      let kind = kinds.indices.contains(channel) ? kinds[channel] : "channel\(channel)"
      return (0..<height).flatMap { y in (0..<width).map { x in "\(kind)_\(y)_\(x)" } }
    }
  }
}

extension PictureShape: CustomStringConvertible {
  /// As in `1 × 128 × 128`.
  public var description: String { "\(channels) × \(height) × \(width)" }
}

import CPNG

/// Pictures as PNG files, by libpng's simplified interface.
enum PNG {
  enum Kind {
    case grey, color

    var channels: Int { self == .grey ? 1 : 3 }
    /// PNG_FORMAT_GRAY and PNG_FORMAT_RGB.
    fileprivate var format: UInt32 { self == .grey ? 0 : UInt32(PNG_FORMAT_FLAG_COLOR) }
  }

  /// More would be a quarter of a gigabyte a channel.
  private static let mostPixels = 1 << 28
  /// Whether a picture of this size is decoded.
  static func isPossible(width: Int, height: Int) -> Bool {
    width > 0 && height > 0 && width <= mostPixels / height
  }
  static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  static func decoded(
    _ bytes: [UInt8], _ kind: Kind
  ) throws(PictureError) -> (width: Int, height: Int, components: [UInt8]) {
    guard bytes.starts(with: signature) else {
      throw PictureError(reason: "this is no PNG picture")
    }
    var image = png_image()
    image.version = UInt32(PNG_IMAGE_VERSION)
    defer { png_image_free(&image) }
    guard png_image_begin_read_from_memory(&image, bytes, bytes.count) != 0 else {
      throw PictureError(reason: "the PNG picture is damaged: \(message(of: image))")
    }
    image.format = kind.format
    let (width, height) = (Int(image.width), Int(image.height))
    guard isPossible(width: width, height: height) else {
      throw PictureError(reason: "a picture of \(width) × \(height) pixels is too large")
    }
    var components = [UInt8](repeating: 0, count: width * height * kind.channels)
    guard png_image_finish_read(&image, nil, &components, 0, nil) != 0 else {
      throw PictureError(reason: "the PNG picture is damaged: \(message(of: image))")
    }
    return (width, height, components)
  }

  static func encoded(
    width: Int, height: Int, _ components: [UInt8], _ kind: Kind
  ) throws(PictureError) -> [UInt8] {
    var image = png_image()
    image.version = UInt32(PNG_IMAGE_VERSION)
    image.width = UInt32(clamping: width)
    image.height = UInt32(clamping: height)
    image.format = kind.format
    defer { png_image_free(&image) }
    // Incompressible rows, one byte more each, in chunks of 8192 bytes with 12 bytes around each.
    let raw = (width * kind.channels + 1) * height
    var bytes = [UInt8](repeating: 0, count: raw + raw / 256 + 4096)
    var count = bytes.count
    guard png_image_write_to_memory(&image, &bytes, &count, 0, components, 0, nil) != 0 else {
      throw PictureError(reason: "the picture cannot be encoded: \(message(of: image))")
    }
    return Array(bytes[..<count])
  }

  private static func message(of image: png_image) -> String {
    withUnsafeBytes(of: image.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }
}

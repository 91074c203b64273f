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
    // libpng keeps the pointer from its first call to its second.
    return try withoutColorSpace(bytes).withUnsafeBufferPointer { plain throws(PictureError) in
      try decoded(plain, kind)
    }
  }

  private static func decoded(
    _ bytes: UnsafeBufferPointer<UInt8>, _ kind: Kind
  ) throws(PictureError) -> (width: Int, height: Int, components: [UInt8]) {
    var image = png_image()
    image.version = UInt32(PNG_IMAGE_VERSION)
    defer { png_image_free(&image) }
    guard png_image_begin_read_from_memory(&image, bytes.baseAddress, bytes.count) != 0 else {
      throw PictureError(reason: "the PNG picture is damaged: \(message(of: image))")
    }
    // Else numbers of 16 bits would be taken for amounts of light.
    image.flags |= UInt32(PNG_IMAGE_FLAG_16BIT_sRGB)
    let own = image.format
    image.format = own & UInt32(PNG_FORMAT_FLAG_COLOR | PNG_FORMAT_FLAG_ALPHA)
    let (width, height) = (Int(image.width), Int(image.height))
    guard isPossible(width: width, height: height) else {
      throw PictureError(reason: "a picture of \(width) × \(height) pixels is too large")
    }
    let hasColor = own & UInt32(PNG_FORMAT_FLAG_COLOR) != 0
    let hasAlpha = own & UInt32(PNG_FORMAT_FLAG_ALPHA) != 0
    let count = (hasColor ? 3 : 1) + (hasAlpha ? 1 : 0)
    var components = [UInt8](repeating: 0, count: width * height * count)
    guard png_image_finish_read(&image, nil, &components, 0, nil) != 0 else {
      throw PictureError(reason: "the PNG picture is damaged: \(message(of: image))")
    }
    if hasAlpha { components = onBlack(components, channels: count - 1) }
    switch (hasColor, kind) {
    case (true, .grey): components = luminance(of: components)
    case (false, .color): components = components.flatMap { [$0, $0, $0] }
    case (true, .color), (false, .grey): break
    }
    return (width, height, components)
  }

  /// The file without what it says of its colour space: numbers are taken as they stand.
  private static func withoutColorSpace(_ bytes: [UInt8]) -> [UInt8] {
    let names: Set<[UInt8]> = Set(["gAMA", "sRGB", "cHRM", "iCCP", "cICP"].map { Array($0.utf8) })
    var plain = Array(bytes.prefix(signature.count))
    var place = signature.count
    while place + 12 <= bytes.count {
      let size = bytes[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
      let name = Array(bytes[place + 4..<place + 8])
      let end = place + 12 + size
      guard end <= bytes.count, name != Array("IDAT".utf8) else { break }
      if !names.contains(name) { plain += bytes[place..<end] }
      place = end
    }
    return plain + bytes[place...]
  }

  /// Each component times the opacity, x · a / 255 rounded.
  private static func onBlack(_ components: [UInt8], channels: Int) -> [UInt8] {
    let pixels = components.count / (channels + 1)
    var result = [UInt8](repeating: 0, count: pixels * channels)
    for pixel in 0..<pixels {
      let start = pixel * (channels + 1)
      let opacity = Int(components[start + channels])
      for channel in 0..<channels {
        result[pixel * channels + channel] = UInt8(
          (Int(components[start + channel]) * opacity + 127) / 255)
      }
    }
    return result
  }

  /// (299 R + 587 G + 114 B) / 1000, rounded as by Pillow, which computes with 16 binary places.
  private static func luminance(of components: [UInt8]) -> [UInt8] {
    (0..<components.count / 3).map { pixel in
      let (red, green, blue) = (
        Int(components[3 * pixel]), Int(components[3 * pixel + 1]), Int(components[3 * pixel + 2])
      )
      return UInt8((19_595 * red + 38_470 * green + 7471 * blue + 0x8000) >> 16)
    }
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

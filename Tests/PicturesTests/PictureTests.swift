import FileSystem
import Glibc
import Matrices
import Pictures
import Testing

@Suite struct PictureTests {
  private let grey = GreyPicture(
    width: 5, height: 3, pixels: [0, 1, 2, 127, 128, 129, 254, 255, 9, 8, 7, 6, 5, 4, 3])

  private func failure(_ bytes: [UInt8]) -> String {
    do throws(PictureError) {
      _ = try GreyPicture(png: bytes)
      return "read"
    } catch {
      return error.description
    }
  }

  @Test func greyBackAndForth() throws {
    #expect(try GreyPicture(png: grey.png()) == grey)
    #expect(try grey.png() == grey.png())
    let noise = noisePicture(width: 300, height: 200)
    #expect(try GreyPicture(png: noise.png()) == noise)
  }

  @Test func colorBackAndForth() throws {
    let color = ColorPicture(grey, colors: .magma)
    #expect(color.components.count == 45)
    #expect(try ColorPicture(png: color.png()) == color)
    // Grey read in colour is the same in all components.
    #expect(
      try ColorPicture(png: grey.png()).components == grey.pixels.flatMap { [$0, $0, $0] })
  }

  @Test func files() throws {
    let folder = try Path.makeTemporaryFolder("explore-pictures")
    defer { try? folder.remove() }
    let path = folder / "p.png"
    try grey.writePNG(to: path)
    #expect(try GreyPicture(readingPNG: path) == grey)
    #expect(try folder.children() == ["p.png"])
    try path.writeAtomically("text")
    #expect(throws: PictureError(path: path.string, reason: "this is no PNG picture")) {
      try GreyPicture(readingPNG: path)
    }
    #expect(throws: SystemError.self) { try GreyPicture(readingPNG: folder / "none.png") }
  }

  @Test func damage() throws {
    let whole = try noisePicture(width: 40, height: 40).png()
    #expect(failure([]) == "this is no PNG picture")
    #expect(failure(Array(whole.prefix(8))).hasPrefix("the PNG picture is damaged: "))
    #expect(failure(Array(whole.prefix(900))).hasPrefix("the PNG picture is damaged: "))
    var numbers = RandomStream(seed: 4)
    var refused = 0
    for _ in 0..<2000 {
      var bytes = whole
      for _ in 0...numbers.below(3) {
        bytes[numbers.below(numbers.below(2) == 0 ? 60 : bytes.count)] = UInt8(numbers.below(256))
      }
      if failure(bytes) != "read" { refused += 1 }
    }
    #expect(refused > 1000)
  }

  /// A header that promises 900 000 × 900 000 pixels costs no memory.
  @Test func sizeBeyondReason() throws {
    var bytes = try grey.png()
    let side: [UInt8] = [0x00, 0x0D, 0xBB, 0xA0]
    bytes.replaceSubrange(16..<24, with: side + side)
    bytes.replaceSubrange(29..<33, with: crc(bytes[12..<29]))
    #expect(failure(bytes) == "a picture of 900000 × 900000 pixels is too large")
  }

  private func crc(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    var value = UInt32.max
    for byte in bytes {
      value ^= UInt32(byte)
      for _ in 0..<8 { value = value & 1 == 1 ? (value >> 1) ^ 0xEDB8_8320 : value >> 1 }
    }
    return (0..<4).map { UInt8(truncatingIfNeeded: ~value >> UInt32(24 - 8 * $0)) }
  }

  private func noisePicture(width: Int, height: Int) -> GreyPicture {
    var numbers = RandomStream(seed: 3)
    return GreyPicture(
      width: width, height: height,
      pixels: (0..<width * height).map { _ in UInt8(numbers.below(256)) })
  }

  /// Lightness rises from end to end, in steps of about the same size to the eye.
  @Test func colorMapIsEven() {
    let lightness = (0...64).map { index -> Double in
      let color = ColorMap.magma[Double(index) / 64]
      func linear(_ part: UInt8) -> Double {
        let share = Double(part) / 255
        return share <= 0.04045 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
      }
      let y =
        0.2126 * linear(color.red) + 0.7152 * linear(color.green) + 0.0722 * linear(color.blue)
      return y > 0.008856 ? 116 * pow(y, 1.0 / 3) - 16 : 903.3 * y
    }
    let steps = zip(lightness.dropFirst(), lightness).map { $0 - $1 }
    #expect(steps.allSatisfy { $0 > 0.4 && $0 < 3 }, "\(steps)")
    #expect(ColorMap.magma[-1] == ColorMap.magma[0] && ColorMap.magma[2] == ColorMap.magma[1])
    #expect(ColorMap.magma[.nan] == ColorMap.magma[0])
  }

  @Test func spectrogramPicture() {
    // Two frames of three frequencies.
    let values = Matrix([[0, 5, 10], [10, -1, 20]])
    #expect(
      GreyPicture(spectrogram: values, from: 0, to: 10)
        == GreyPicture(width: 2, height: 3, pixels: [255, 255, 128, 0, 0, 255]))
    #expect(
      GreyPicture(spectrogram: Matrix([[1, 2]]), width: 2, height: 3).pixels
        == [0, 0, 255, 0, 0, 0])
    #expect(GreyPicture(spectrogram: Matrix([[3, 3]])).pixels == [0, 0])
    #expect(GreyPicture(spectrogram: values, width: 1, height: 1).pixels == [12])
  }
}

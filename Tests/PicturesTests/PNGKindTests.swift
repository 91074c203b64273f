import Pictures
import Testing

/// Every kind of PNG that there is, put together byte by byte.
@Suite struct PNGKindTests {
  /// A PNG file.
  private struct File {
    var width: Int
    var height = 1
    var bits: UInt8 = 8
    /// 0 grey, 2 colour, 3 palette, 4 grey and opacity, 6 colour and opacity.
    var kind: UInt8 = 0
    /// The numbers of all pixels, row by row.
    var numbers: [Int]
    /// Chunks before the pixels.
    var chunks: [(name: String, bytes: [UInt8])] = []
    var isInterlaced = false

    private var channels: Int { [0: 1, 2: 3, 3: 1, 4: 2, 6: 4][kind] ?? 1 }

    /// The pixels of a row or a part of one, behind the byte that says “not filtered”.
    private func row(_ pixels: [Int]) -> [UInt8] {
      let values = pixels.flatMap { numbers[$0 * channels..<($0 + 1) * channels] }
      if bits == 16 { return [0] + values.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] } }
      let each = 8 / Int(bits)
      return [0]
        + stride(from: 0, to: values.count, by: each).map { start in
          (0..<each).reduce(UInt8(0)) { byte, index in
            let value = start + index < values.count ? values[start + index] : 0
            return byte | UInt8(value << (8 - Int(bits) * (index + 1)))
          }
        }
    }

    private var rows: [UInt8] {
      // The seven passes: first column and row, and the steps to the next.
      let passes =
        isInterlaced
        ? [
          (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2),
          (0, 1, 1, 2),
        ] : [(0, 0, 1, 1)]
      return passes.flatMap { x, y, dx, dy in
        stride(from: y, to: height, by: dy).flatMap { line in
          let pixels = stride(from: x, to: width, by: dx).map { line * width + $0 }
          return pixels.isEmpty ? [] : row(pixels)
        }
      }
    }

    var bytes: [UInt8] {
      func four(_ number: Int) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) }
      }
      func chunk(_ name: String, _ bytes: [UInt8]) -> [UInt8] {
        let body = Array(name.utf8) + bytes
        var check = UInt32.max
        for byte in body {
          check ^= UInt32(byte)
          for _ in 0..<8 { check = check & 1 == 1 ? (check >> 1) ^ 0xEDB8_8320 : check >> 1 }
        }
        return four(bytes.count) + body + four(Int(~check))
      }
      // Stored, not compressed (RFC 1951, section 3.2.4).
      var data: [UInt8] = [0x78, 0x01]
      let rows = rows
      for start in stride(from: 0, to: rows.count, by: 65_535) {
        let part = rows[start..<min(rows.count, start + 65_535)]
        let size = [UInt8(part.count & 255), UInt8(part.count >> 8)]
        data += [start + 65_535 >= rows.count ? 1 : 0] + size + size.map { ~$0 } + part
      }
      var (a, b) = (1, 0)
      for byte in rows {
        a = (a + Int(byte)) % 65_521
        b = (b + a) % 65_521
      }
      data += four(b << 16 | a)
      let head = four(width) + four(height) + [bits, kind, 0, 0, isInterlaced ? 1 : 0]
      return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + chunk("IHDR", head)
        + chunks.flatMap { chunk($0.name, $0.bytes) } + chunk("IDAT", data) + chunk("IEND", [])
    }

    var grey: [UInt8] { get throws { try GreyPicture(png: bytes).pixels } }
    var color: [UInt8] { get throws { try ColorPicture(png: bytes).components } }
  }

  /// What a file may say of gamma and colour space.
  static let spaces: [[(name: String, bytes: [UInt8])]] = [
    [], [("gAMA", [0, 0, 0xB1, 0x8F])], [("gAMA", [0, 1, 0x86, 0xA0])], [("sRGB", [0])],
    [("gAMA", [0, 3, 0x5B, 0x60])],
  ]

  /// x/257 rounded, whatever the file says of gamma.
  @Test(arguments: spaces.indices) func sixteenBits(space: Int) throws {
    let all = Array(0..<65_536)
    let file = File(
      width: 256, height: 256, bits: 16, numbers: all, chunks: Self.spaces[space])
    #expect(try file.grey == all.map { UInt8(($0 + 128) / 257) })
    #expect(try file.grey[128 * 257] == 128)
    let color = File(
      width: 1, bits: 16, kind: 2, numbers: [128 * 257, 0, 65_535], chunks: Self.spaces[space])
    #expect(try color.color == [128, 0, 255])
    #expect(try color.grey == [67])
  }

  @Test(arguments: spaces.indices) func eightBits(space: Int) throws {
    let all = Array(0..<256)
    let file = File(width: 16, height: 16, numbers: all, chunks: Self.spaces[space])
    #expect(try file.grey == all.map { UInt8($0) })
    #expect(try file.color == all.flatMap { [UInt8($0), UInt8($0), UInt8($0)] })
    let interlaced = File(
      width: 16, height: 16, numbers: all, chunks: Self.spaces[space], isInterlaced: true)
    #expect(try interlaced.grey == all.map { UInt8($0) })
  }

  @Test(arguments: [(bits: UInt8(1), factor: 255), (2, 85), (4, 17)])
  func fewBits(bits: UInt8, factor: Int) throws {
    let numbers = Array(0..<1 << Int(bits)) + [0, 1, 0]
    let file = File(width: numbers.count, bits: bits, numbers: numbers)
    #expect(try file.grey == numbers.map { UInt8($0 * factor) })
  }

  /// Recorded with Pillow 11, `Image.convert("L")`.
  @Test func luminance() throws {
    let colors = [
      (255, 0, 0, 76), (0, 255, 0, 150), (0, 0, 255, 29), (10, 200, 30, 124), (255, 255, 255, 255),
      (1, 1, 1, 1), (250, 3, 77, 85), (17, 99, 201, 86),
    ]
    let file = File(
      width: colors.count, kind: 2, numbers: colors.flatMap { [$0.0, $0.1, $0.2] })
    #expect(try file.grey == colors.map { UInt8($0.3) })
    #expect(try file.color == colors.flatMap { [UInt8($0.0), UInt8($0.1), UInt8($0.2)] })
  }

  @Test func transparentPartsLieOnBlack() throws {
    let grey = File(width: 3, kind: 4, numbers: [200, 255, 200, 128, 200, 0])
    #expect(try grey.grey == [200, 100, 0])
    let deep = File(
      width: 2, bits: 16, kind: 4, numbers: [200 * 257, 65_535, 200 * 257, 128 * 257])
    #expect(try deep.grey == [200, 100])
    let color = File(width: 2, kind: 6, numbers: [255, 0, 0, 255, 200, 100, 50, 128])
    #expect(try color.color == [255, 0, 0, 100, 50, 25])
    #expect(try color.grey == [76, 62])
    // One shade that stands for “transparent”.
    let key = File(width: 2, numbers: [9, 10], chunks: [("tRNS", [0, 9])])
    #expect(try key.grey == [0, 10])
  }

  @Test func palettes() throws {
    let colors: [UInt8] = [255, 0, 0, 0, 255, 0, 10, 200, 30, 200, 200, 200]
    var file = File(width: 4, bits: 2, kind: 3, numbers: [3, 2, 1, 0], chunks: [("PLTE", colors)])
    #expect(try file.grey == [200, 124, 150, 76])
    #expect(try file.color == [200, 200, 200, 10, 200, 30, 0, 255, 0, 255, 0, 0])
    file.chunks.append(("tRNS", [0, 255, 128]))
    #expect(try file.grey == [200, 62, 150, 0])
  }
}

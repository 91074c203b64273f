import FileSystem
import Matrices
import Testing

@Suite struct NumPyTests {
  private func inFolder(_ body: (Path) throws -> Void) throws {
    let folder = try Path.makeTemporaryFolder("explore-numpy")
    defer { try? folder.remove() }
    try body(folder / "a.npy")
  }

  private func file(_ header: String, _ body: [UInt8], version: UInt8 = 1) -> [UInt8] {
    let bytes = Array(header.utf8)
    let length = (0..<(version == 1 ? 2 : 4)).map { UInt8(bytes.count >> (8 * $0) & 0xFF) }
    return [0x93] + Array("NUMPY".utf8) + [version, 0] + length + bytes + body
  }

  private func failure(_ path: Path) -> String {
    do {
      _ = try Matrix(readingNumPy: path)
      return "read"
    } catch {
      return "\(error)".replacing(path.string, with: "a.npy")
    }
  }

  @Test(arguments: [(3, 4), (1, 1), (0, 5), (5, 0), (123, 77)])
  func backAndForth(rows: Int, columns: Int) throws {
    let matrix = Matrix(rows: rows, columns: columns) { span in
      for index in span.indices { span[index] = Float(index) * -0.37 }
    }
    try inFolder { path in
      try matrix.writeNumPy(to: path)
      #expect(try Matrix(readingNumPy: path) == matrix)
      #expect(try path.readBytes().count % 64 == 4 * rows * columns % 64)
    }
  }

  /// `numpy.save` of `numpy.array([[1.5, -2.0]], dtype="float32")`, byte by byte.
  @Test func sameBytesAsNumPy() throws {
    let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }"
    let padded = header + String(repeating: " ", count: 117 - header.count) + "\n"
    let expected = file(padded, [0, 0, 0xC0, 0x3F, 0, 0, 0, 0xC0])
    try inFolder { path in
      try Matrix([[1.5, -2]]).writeNumPy(to: path)
      #expect(try path.readBytes() == expected)
    }
  }

  @Test func doublesAndOneAxis() throws {
    let body: [UInt8] = [0, 0, 0, 0, 0, 0, 0xF8, 0x3F, 0, 0, 0, 0, 0, 0, 0, 0xC0]
    try inFolder { path in
      for version in [1, 2, 3] as [UInt8] {
        try path.writeAtomically(
          file(
            "{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }\n", body, version: version))
        #expect(try Matrix(readingNumPy: path) == Matrix([[1.5, -2]]))
      }
    }
  }

  @Test func whatCannotBeRead() throws {
    func header(_ type: String, _ order: String, _ shape: String) -> [UInt8] {
      file("{'descr': '\(type)', 'fortran_order': \(order), 'shape': \(shape), }\n", [0, 0, 0, 0])
    }
    let cases: [([UInt8], String)] = [
      (Array("text".utf8), "a.npy: this is no array saved by NumPy (.npy)"),
      ([], "a.npy: this is no array saved by NumPy (.npy)"),
      ([0x93] + Array("NUMPY".utf8) + [2, 0, 1, 1], "a.npy: the header is cut off"),
      (file("{}", []), "a.npy: its header lacks descr, fortran_order or shape"),
      (
        header("<i4", "False", "(1,)"),
        "a.npy: elements of type <i4, where <f4 or <f8 can be read"
      ),
      (
        header("<f4", "True", "(1, 1)"),
        "a.npy: stored column by column; save numpy.ascontiguousarray(array) instead"
      ),
      (
        header("<f4", "False", "(1, 1, 1)"),
        "a.npy: its shape is (1, 1, 1), where one or two axes can be read"
      ),
      (header("<f4", "False", "()"), "a.npy: its shape is (), where one or two axes can be read"),
      (
        header("<f4", "False", "(-1, 2)"),
        "a.npy: its shape is (-1, 2), where one or two axes can be read"
      ),
      (header("<f4", "False", "(1, 2)"), "a.npy: the file is cut off: 1 of its elements are there"),
      (
        header("<f4", "False", "(9223372036854775807, 9223372036854775807)"),
        "a.npy: the file is cut off: 1 of its elements are there"
      ),
      (
        header("<f4", "False", "(9223372036854775807, 1)"),
        "a.npy: the file is cut off: 1 of its elements are there"
      ),
    ]
    try inFolder { path in
      #expect(failure(path) == "cannot open a.npy: no such file or directory")
      for (bytes, message) in cases {
        try path.writeAtomically(bytes)
        #expect(failure(path) == message)
      }
    }
  }

  /// Damaged files are read or refused; nothing ends the program.
  @Test func damage() throws {
    var numbers = RandomStream(seed: 5)
    try inFolder { path in
      try Matrix(rows: 7, columns: 5) { $0[3] = 2 }.writeNumPy(to: path)
      let whole = try path.readBytes()
      var refused = 0
      for _ in 0..<2000 {
        var bytes = whole
        for _ in 0...numbers.below(3) {
          let place = numbers.below(min(bytes.count, 100))
          switch numbers.below(3) {
          case 0: bytes[place] = UInt8(numbers.below(256))
          case 1: bytes[place] = Array("0123456789,() '".utf8)[numbers.below(15)]
          default: bytes.removeSubrange(place..<min(bytes.count, place + 1 + numbers.below(9)))
          }
        }
        try OutputFile(path, .replacing).writeAndClose(bytes)
        if (try? Matrix(readingNumPy: path)) == nil { refused += 1 }
      }
      #expect(refused > 500)
    }
  }
}

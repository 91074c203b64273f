import FileSystem
import JSONText
import Learning
import Matrices
import Testing

@Suite struct ArchiveTests {
  struct State: Codable, Equatable {
    var weights = Matrix([[1.5, -2], [0, 4]])
    var intercepts: [Float] = [0.25, -1]
    var means: [Double] = [0.1, 1e-300]
    var nodes: [Int32] = [1, -1]
    var names = ["a", "b"]
    var empty: [Float] = []
    var absent: [Double]? = nil
    var parts = [Part(), Part()]
    var kernel = ShapedArray(shape: [2, 1, 3]) { span in span[4] = 5.5 }
    var number = ShapedArray(shape: []) { span in span[0] = 3 }

    struct Part: Codable, Equatable { var values: [Float] = [7] }
  }

  private func withFolder(_ body: (Path) throws -> Void) throws {
    let folder = try Path.makeTemporaryFolder("explore-archive")
    defer { try? folder.remove() }
    try body(folder)
  }

  private func read(_ folder: Path) throws -> State {
    try Archive(folder).read { node, attachments in
      try node.decode(State.self, attachments: attachments)
    }
  }

  /// A lent array is written as one that is held.
  @Test func lentArraysAreWritten() throws {
    struct Written: Encodable { var kernel: LentArray }
    struct Found: Decodable { var kernel: ShapedArray }
    let numbers: [Float] = [1, -2, 3, 0.5, 0, 9]
    try withFolder { folder in
      let lent = LentArray(shape: [2, 3]) { body in numbers.withUnsafeBytes { body($0) } }
      try Archive(folder).write(Written(kernel: lent))
      let found = try Archive(folder).read { node, attachments in
        try node.decode(Found.self, attachments: attachments)
      }
      #expect(found.kernel.shape == [2, 3] && found.kernel.values.rowElements(0) == numbers)
    }
  }

  @Test func valuesSurvive() throws {
    try withFolder { folder in
      try Archive(folder).write(State())
      #expect(try read(folder) == State())
    }
  }

  /// The layout that other programs read: eight bytes of length, JSON, the arrays.
  @Test func weightsAreSafetensors() throws {
    try withFolder { folder in
      try Archive(folder).write(State())
      let bytes = try (folder / "weights.safetensors").readBytes()
      let length = bytes.prefix(8).enumerated().reduce(0) {
        $0 + Int($1.element) << (8 * $1.offset)
      }
      #expect((8 + length) % 64 == 0)
      let header = try JSONNode(parsing: Array(bytes[8..<8 + length]))
      #expect(header["weights"] == ["dtype": "F32", "shape": [2, 2], "data_offsets": [0, 16]])
      #expect(header["means"]?["dtype"] == "F64")
      #expect(header["parts.1.values"]?["shape"] == [1])
      #expect(header["kernel"]?["shape"] == [2, 1, 3] && header["number"]?["shape"] == [])
    }
  }

  /// Other programs may put arrays where they cannot be mapped.
  @Test func arraysAtAnyPlaceAreRead() throws {
    try withFolder { folder in
      try Archive(folder).write(State())
      let weights = folder / "weights.safetensors"
      let bytes = try weights.readBytes()
      let length = bytes.prefix(8).enumerated().reduce(0) {
        $0 + Int($1.element) << (8 * $1.offset)
      }
      var header = Array(bytes[8..<8 + length])
      while header.last == 0x20 { header.removeLast() }
      while header.count % 4 != 1 { header.append(0x20) }
      let prefix = withUnsafeBytes(of: UInt64(header.count).littleEndian) { Array($0) }
      try weights.writeAtomically(prefix + header + bytes[(8 + length)...])
      #expect(throws: DamagedFile.self) { try read(folder) }
      // Without a hash, as other programs and earlier versions write it.
      try (folder / "manifest.json").writeAtomically(Archive(folder).readManifest().compactText)
      #expect(try read(folder) == State())
    }
  }

  @Test func damageIsNoticed() throws {
    try withFolder { folder in
      try Archive(folder).write(State())
      let weights = folder / "weights.safetensors"
      let whole = try weights.readBytes()
      for length in [0, 4, 8, 100, whole.count - 1] {
        try weights.writeAtomically(Array(whole.prefix(length)))
        #expect(throws: (any Error).self) { try read(folder) }
      }
      try weights.writeAtomically(whole)
      try (folder / "manifest.json").writeAtomically("{\"weights\": {\"tensor\": \"nothing\"}}")
      #expect(throws: DamagedFile.self) { try read(folder) }
    }
  }

  /// Whatever byte of the header is changed, reading answers or throws.
  @Test func flippedBytesNeverTrap() throws {
    try withFolder { folder in
      try Archive(folder).write(State())
      let weights = folder / "weights.safetensors"
      let whole = try weights.readBytes()
      try (folder / "manifest.json").writeAtomically(Archive(folder).readManifest().compactText)
      var random = RandomStream(seed: 3)
      for _ in 0..<600 {
        var bytes = whole
        bytes[random.below(bytes.count)] = UInt8(truncatingIfNeeded: random.next())
        try weights.writeAtomically(bytes)
        _ = try? read(folder)
      }
    }
  }
}

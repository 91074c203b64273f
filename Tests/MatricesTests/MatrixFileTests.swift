import FileSystem
import Matrices
import Testing

@Suite struct MatrixFileTests {
  private let whole = Matrix([[1, 2], [3, 4], [5, 6]])

  @Test func rowsAreWrittenBlockByBlock() throws {
    let folder = try Path.makeTemporaryFolder("explore-matrix-file")
    defer { try? folder.remove() }
    let path = folder / "m"
    var writer = try MatrixFile.Writer(path, columns: 2)
    try writer.append(whole.rows(0..<1))
    // Nobody takes a file for whole that is not.
    #expect(MatrixFile.read(path) == nil)
    try writer.append(whole.rows(1..<3))
    try writer.finish()
    #expect(MatrixFile.read(path) == whole)
    let bytes = try path.readBytes()
    for damaged in [Array(bytes.dropLast()), bytes + [0], Array(bytes.prefix(60))] {
      try path.writeAtomically(damaged)
      #expect(MatrixFile.read(path) == nil)
    }
  }

  /// Every bit but those that fill the header up.
  @Test func noFlippedBitPasses() throws {
    let folder = try Path.makeTemporaryFolder("explore-matrix-file")
    defer { try? folder.remove() }
    let path = folder / "m"
    try MatrixFile.write(whole, to: path)
    let bytes = try path.readBytes()
    for place in bytes.indices where !(40..<64).contains(place) {
      for bit in 0..<8 {
        var damaged = bytes
        damaged[place] ^= 1 << UInt8(bit)
        try path.writeAtomically(damaged)
        #expect(MatrixFile.read(path) == nil)
      }
    }
    try path.writeAtomically(
      Array(bytes.prefix(70)) + [UInt8](repeating: 0, count: bytes.count - 70))
    #expect(MatrixFile.read(path) == nil && MatrixFile.isThere(path))
    try path.writeAtomically(bytes)
    #expect(MatrixFile.read(path) == whole)
  }

  @Test func scratchLeavesNothingBehind() throws {
    let folder = try Path.makeTemporaryFolder("explore-scratch")
    defer { try? folder.remove() }
    for place in [folder, nil] {
      let made = try MatrixScratch(place).matrix(columns: 2) { take in
        try take(whole.rows(0..<2))
        try take(whole.rows(2..<3))
      }
      #expect(made == whole)
      let none = try MatrixScratch(place).matrix(columns: 2) { _ in }
      #expect(none.rows == 0 && none.columns == 2)
    }
    #expect(try folder.children().isEmpty)
    // Someone may delete a cache at any time.
    let made = try MatrixScratch(folder / "missing").matrix(columns: 2) { take in
      try take(whole.rows(0..<1))
      try (folder / "missing").remove()
      try take(whole.rows(1..<3))
    }
    #expect(made == whole)
    try (folder / "file").writeAtomically("in the way")
    #expect(throws: SystemError.self) {
      try MatrixScratch(folder / "file").matrix(columns: 2) { _ in }
    }
    try (folder / "file").remove()
    #expect(throws: CancellationError.self) {
      try MatrixScratch(folder).matrix(columns: 2) { _ in throw CancellationError() }
    }
    #expect(try folder.children().isEmpty)
  }

  @Test func columnsAreTakenApartAndJoined() {
    let (left, right) = (whole.columns(..<1), whole.columns(1...))
    #expect(left == Matrix([[1], [3], [5]]) && right == Matrix([[2], [4], [6]]))
    #expect(left.joined(with: right) == whole && whole.columns(0...) == whole)
  }
}

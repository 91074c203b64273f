import FileSystem

/// The numbers in a file of NumPy’s, single or double precision.
struct NumPyFile {
  var values: [Double]

  init(_ path: Path) throws {
    let bytes = try path.readBytes()
    let header = 10 + Int(bytes[8]) + 256 * Int(bytes[9])
    let isDouble = String(decoding: bytes[..<header], as: UTF8.self).contains("'<f8'")
    values = bytes.withUnsafeBytes { raw in
      stride(from: header, to: raw.count, by: isDouble ? 8 : 4).map {
        isDouble
          ? raw.loadUnaligned(fromByteOffset: $0, as: Double.self)
          : Double(raw.loadUnaligned(fromByteOffset: $0, as: Float.self))
      }
    }
  }
}

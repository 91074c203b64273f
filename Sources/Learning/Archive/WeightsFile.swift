import ContentHashing
import FileSystem
import JSONText
import Matrices

/// Named arrays in the safetensors format: the length of a JSON header (8 bytes, little-endian), the
/// header, the arrays. https://github.com/huggingface/safetensors
enum WeightsFile {
  /// Writes a file.
  ///
  /// - Returns: the hash of all its bytes.
  /// - Throws: `SystemError` when it cannot be written.
  static func write(
    _ tensors: [(name: String, tensor: Tensor)], to path: Path
  ) throws -> ContentHash {
    var members: [JSONNode.Member] = []
    var offset = 0
    for (name, tensor) in tensors {
      let end = offset + tensor.byteCount
      members.append(
        .init(
          name,
          [
            "dtype": JSONNode(tensor.kind.rawValue), "shape": JSONNode(tensor.shape),
            "data_offsets": JSONNode([offset, end]),
          ]))
      offset = end
    }
    var header = Array(JSONNode(.object(members)).compactText.utf8)
    // Blanks put the arrays on a multiple of 64 bytes, where they can be mapped.
    header += [UInt8](repeating: 0x20, count: 63 - (header.count + 8 + 63) % 64)
    let length = withUnsafeBytes(of: UInt64(header.count).littleEndian) { Array($0) }
    let start = length + header
    var hasher = StreamHasher()
    start.withUnsafeBytes { hasher.add($0) }
    try path.writeAtomically { (file: borrowing OutputFile) throws(SystemError) in
      try file.write(start)
      for (_, tensor) in tensors {
        try tensor.withBytes { (bytes) throws(SystemError) in
          try file.write(bytes)
          hasher.add(bytes)
        }
      }
    }
    return hasher.hash
  }

  struct Entry {
    var kind: Tensor.Kind
    var shape: [Int]
    var range: Range<Int>
  }

  /// The directory of a mapped file, every entry checked to lie within it.
  static func entries(of file: MappedFile) throws -> [String: Entry] {
    func damaged(_ reason: String) -> DamagedFile { DamagedFile(path: file.path, reason: reason) }
    guard file.bytes >= 8 else { throw damaged("it is too short") }
    let length = file.start.loadUnaligned(as: UInt64.self).littleEndian
    guard length <= UInt64(file.bytes - 8) else { throw damaged("its header is cut off") }
    let dataStart = 8 + Int(length)
    let header: JSONNode
    do {
      header = try JSONNode(parsing: Array(file.buffer[8..<dataStart]))
    } catch {
      throw damaged("its header is not JSON: \(error.message)")
    }
    var entries: [String: Entry] = [:]
    for member in header.members ?? [] where member.name != "__metadata__" {
      let offsets = member.value["data_offsets"]?.elements?.compactMap(\.integer) ?? []
      let shape = member.value["shape"]?.elements?.compactMap(\.integer) ?? []
      guard let kind = member.value["dtype"]?.string.flatMap({ Tensor.Kind(rawValue: $0) }),
        offsets.count == 2, 0 <= offsets[0], offsets[0] <= offsets[1],
        offsets[1] <= file.bytes - dataStart, shape.allSatisfy({ $0 >= 0 }),
        product(shape + [kind.size]) == offsets[1] - offsets[0]
      else { throw damaged("the array “\(member.name)” does not fit") }
      entries[member.name] = Entry(
        kind: kind, shape: shape, range: dataStart + offsets[0]..<dataStart + offsets[1])
    }
    var end = dataStart
    for (name, entry) in entries.sorted(by: {
      ($0.value.range.lowerBound, $0.value.range.upperBound)
        < ($1.value.range.lowerBound, $1.value.range.upperBound)
    }) {
      guard entry.range.lowerBound >= end else {
        throw damaged("the array “\(name)” overlaps another")
      }
      end = entry.range.upperBound
    }
    return entries
  }

  private static func product(_ factors: [Int]) -> Int? {
    var product = 1
    for factor in factors {
      let (next, overflow) = product.multipliedReportingOverflow(by: factor)
      if overflow { return nil }
      product = next
    }
    return product
  }
}

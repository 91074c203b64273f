import ContentHashing
import FileSystem
import JSONText
import Matrices

/// A folder with `manifest.json`, which describes a value, and `weights.safetensors`, which holds
/// its matrices and long lists of numbers.
///
/// The manifest ends with a hash of the weights and one of itself. Those that earlier versions wrote have
/// neither and are read all the same.
package struct Archive {
  package let folder: Path

  package init(_ folder: Path) { self.folder = folder }

  private var manifest: Path { folder / "manifest.json" }
  private var weights: Path { folder / "weights.safetensors" }

  /// Writes a value; the folder must exist.
  ///
  /// - Throws: `SystemError` when a file cannot be written.
  package func write(_ value: some Encodable) throws {
    let tensors = WrittenTensors()
    let node = try JSONNode(encoding: value, attachments: tensors)
    let hash = try WeightsFile.write(tensors.tensors, to: weights)
    // What is no object has no place for a check.
    guard let members = node.members else {
      return try manifest.writeAtomically(node.indentedText)
    }
    let checked = members + [.init(weightsCheck, JSONNode(hash.description))]
    try manifest.writeAtomically(
      CheckedObject.adding(checkTo: JSONNode(.object(checked)).indentedText))
  }

  /// The manifest, before anything is decoded from it.
  package func readManifest() throws -> JSONNode { try readChecked().manifest }

  /// The manifest, and what the hash of the weights must be; nil where it does not say.
  private func readChecked() throws -> (manifest: JSONNode, weightsHash: String?) {
    do {
      let bytes = try manifest.readBytes()
      switch CheckedObject.content(of: bytes) {
      case .whole(let bytes):
        let node = try JSONNode(parsing: bytes)
        let members = (node.members ?? []).filter { $0.name != weightsCheck }
        return (JSONNode(.object(members)), node[weightsCheck]?.string)
      case .unchecked: return (try JSONNode(parsing: bytes), nil)
      case .damaged: throw DamagedFile.changed(manifest)
      }
    } catch let error as JSONSyntaxError {
      throw DamagedFile(path: manifest, reason: "line \(error.position.line): \(error.message)")
    }
  }

  /// Reads a value back.
  ///
  /// - Parameter read: decodes the manifest with the tensors at hand.
  /// - Returns: what `read` returns.
  /// - Throws: ``DamagedFile``, or `SystemError` when a file cannot be read.
  package func read<Value>(
    _ read: (JSONNode, any JSONAttachments) throws -> Value
  ) throws -> Value {
    let (node, hash) = try readChecked()
    let file = try MappedFile(weights)
    if let hash, ContentHash(of: file.buffer).description != hash {
      throw DamagedFile.changed(weights)
    }
    let tensors = ReadTensors(file: file, entries: try WeightsFile.entries(of: file))
    do {
      return try read(node, tensors)
    } catch let error as JSONDecodingError {
      throw DamagedFile(path: manifest, reason: error.description)
    }
  }
}

/// The manifest's member with the hash of the weights.
private let weightsCheck = "weightsCheck"

/// A tensor's place in the manifest: `{"tensor": NAME}`.
private let tensorKey = "tensor"

private final class WrittenTensors: JSONAttachments {
  var tensors: [(name: String, tensor: Tensor)] = []

  func store(_ value: any Encodable, path: String) -> JSONNode? {
    let tensor: Tensor
    if let matrix = value as? Matrix {
      tensor = Tensor(matrix)
    } else if let array = value as? ShapedArray {
      tensor = Tensor(array)
    } else if let array = value as? LentArray {
      tensor = Tensor(array)
    } else if let array = value as? any TensorArray {
      tensor = array.tensor
    } else {
      return nil
    }
    tensors.append((path, tensor))
    return JSONNode(.object([.init(tensorKey, JSONNode(path))]))
  }

  func load<Value: Decodable>(_ type: Value.Type, from node: JSONNode) -> Value? { nil }
}

private final class ReadTensors: JSONAttachments {
  let file: MappedFile
  let entries: [String: WeightsFile.Entry]

  init(file: MappedFile, entries: [String: WeightsFile.Entry]) {
    self.file = file
    self.entries = entries
  }

  func store(_ value: any Encodable, path: String) -> JSONNode? { nil }

  func load<Value: Decodable>(_ type: Value.Type, from node: JSONNode) throws -> Value? {
    guard let name = node[tensorKey]?.string else { return nil }
    if type == Matrix.self {
      let entry = try entry(name, kind: .float32)
      guard entry.shape.count == 2 else { throw damaged(name, "is not a matrix") }
      return matrix(entry, rows: entry.shape[0], columns: entry.shape[1]) as? Value
    }
    if type == ShapedArray.self {
      let entry = try entry(name, kind: .float32)
      let values = matrix(entry, rows: 1, columns: entry.range.count / 4)
      return ShapedArray(shape: entry.shape, values: values) as? Value
    }
    guard let array = type as? any TensorArray.Type else { return nil }
    let entry = try entry(name, kind: array.tensorKind)
    return array.make(from: UnsafeRawBufferPointer(rebasing: file.buffer[entry.range])) as? Value
  }

  private func matrix(_ entry: WeightsFile.Entry, rows: Int, columns: Int) -> Matrix {
    guard entry.range.lowerBound % 4 == 0 else {
      let elements = [Float].make(
        from: UnsafeRawBufferPointer(rebasing: file.buffer[entry.range]))
      return Matrix(rows: rows, columns: columns, elements: elements)
    }
    return Matrix(rows: rows, columns: columns, mapping: file, offset: entry.range.lowerBound)
  }

  private func entry(_ name: String, kind: Tensor.Kind) throws -> WeightsFile.Entry {
    guard let entry = entries[name] else { throw damaged(name, "is missing") }
    guard entry.kind == kind else {
      throw damaged(name, "holds \(entry.kind.rawValue), expected \(kind.rawValue)")
    }
    return entry
  }

  private func damaged(_ name: String, _ reason: String) -> DamagedFile {
    DamagedFile(path: file.path, reason: "the array “\(name)” \(reason)")
  }
}

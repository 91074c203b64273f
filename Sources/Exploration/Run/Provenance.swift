import ContentHashing
import FileSystem
import Glibc
import JSONText
import Matrices

/// `provenance.json` of a run folder: where and with what the run was computed, a start each time.
package struct Provenance: Sendable {
  /// What each start was, the first one first.
  package private(set) var starts: [JSONNode]
  /// What runs were merged into this one, each time they were.
  package private(set) var merges: [JSONNode]

  /// What a folder says; nothing where the file is missing or damaged.
  package init(reading folder: RunFolder) {
    let node = Self.node(in: folder)
    starts = node?["starts"]?.elements ?? []
    merges = node?["merges"]?.elements ?? []
  }

  /// The file of a folder; nil where it is missing or damaged.
  package static func node(in folder: RunFolder) -> JSONNode? {
    guard let bytes = try? folder.provenance.readBytes() else { return nil }
    return switch CheckedObject.content(of: bytes) {
    case .whole(let content): try? JSONNode(parsing: content)
    // Earlier versions wrote none.
    case .unchecked: try? JSONNode(parsing: bytes)
    case .damaged: nil
    }
  }

  /// Writes the file.
  ///
  /// - Throws: `SystemError` when it cannot be written.
  package func write(to folder: RunFolder) throws {
    var members: [JSONNode.Member] = [
      .init("program", "explore"), .init("starts", JSONNode(starts)),
    ]
    if !merges.isEmpty { members.append(.init("merges", JSONNode(merges))) }
    try folder.provenance.writeAtomically(
      CheckedObject.adding(checkTo: JSONNode(.object(members)).indentedText))
  }

  mutating func addStart(_ options: RunAttempt.Options) {
    let (arithmetic, core) = (ArithmeticPath.current, BLASCore.current)
    let members: [JSONNode.Member] =
      [
        .init("started", JSONNode(Self.timestamp())), .init("version", JSONNode(options.version)),
        .init("arguments", JSONNode(options.arguments)), .init("jobs", JSONNode(options.jobs)),
        .init("processor", JSONNode(Machine.processor)),
      ] + Machine.members + [
        .init("system", JSONNode(Machine.system)),
        .init("kernels", JSONNode(arithmetic.kernels)),
        .init("blas", JSONNode(ArithmeticPath.libraryConfiguration)),
        .init("blas_core", JSONNode(core.name)), .init("blas_core_reason", JSONNode(core.reason)),
        .init("working_folder", JSONNode(Path.currentFolder.string)),
        .init(
          "experiment_folder", options.experimentFolder.map { JSONNode($0.string) } ?? .null),
      ]
    starts.append(JSONNode(.object(members)))
  }

  /// Adds the starts of runs that are merged, in the order of their times, and what was merged.
  ///
  /// - Parameters:
  ///   - parts: the runs, each with its folder and how many pieces of work it computed.
  ///   - version: of the program that merges.
  mutating func addMerge(
    of parts: [(folder: Path, provenance: Provenance, pieces: Int)], version: String
  ) {
    func time(_ start: JSONNode) -> String { start["started"]?.string ?? "" }
    for start in parts.flatMap(\.provenance.starts) where !starts.contains(start) {
      let place = starts.firstIndex { time($0) > time(start) } ?? starts.endIndex
      starts.insert(start, at: place)
    }
    merges += parts.flatMap(\.provenance.merges)
    merges.append([
      "merged": JSONNode(Self.timestamp()), "version": JSONNode(version),
      "runs": JSONNode(
        parts.map {
          ["folder": JSONNode($0.folder.string), "pieces": JSONNode($0.pieces)] as JSONNode
        }),
    ])
  }

  /// Where the experiment file may have been, the last start first: its folder as seen from the folder
  /// that the run was started in, then as seen from here.
  package var experimentFolders: [Path] {
    var folders: [Path] = []
    for start in starts.reversed() {
      guard let folder = start["experiment_folder"]?.string else { continue }
      let working = Path(start["working_folder"]?.string ?? ".")
      for candidate in [folder.isEmpty || folder == "." ? working : working / folder, Path(folder)]
      where !folders.contains(candidate) {
        folders.append(candidate)
      }
    }
    return folders
  }

  /// What all starts have in a member, each once, in their order.
  package func values(of member: String) -> [String] {
    var values: [String] = []
    for value in starts.compactMap({ $0[member].map { $0.string ?? $0.compactText } })
    where !values.contains(value) {
      values.append(value)
    }
    return values
  }

  /// The time in UTC, as in `2026-11-21T07:11:00Z`.
  private static func timestamp() -> String {
    var now = Glibc.time(nil)
    var parts = tm()
    gmtime_r(&now, &parts)
    var buffer = [CChar](repeating: 0, count: 32)
    let length = strftime(&buffer, buffer.count, "%Y-%m-%dT%H:%M:%SZ", &parts)
    return String(decoding: buffer.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

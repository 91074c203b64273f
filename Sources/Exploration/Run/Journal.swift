import ContentHashing
import FileSystem
import Glibc
import JSONText
import TextFormatting

/// What the journals of a run say: for each piece of work its last good record, else its last one.
package struct Journal: Sendable {
  /// A record and the name of the journal it stands in.
  struct Located<Record: Sendable>: Sendable {
    var record: Record
    var journal: String
  }

  private let folder: Path
  private(set) var preparations: [String: PreparationRecord] = [:]
  private var trialsByKey: [String: [Int: Located<TrialRecord>]] = [:]
  private var cellsByKey: [String: Located<CellRecord>] = [:]
  private(set) var deployments: [String: DeploymentRecord] = [:]
  /// The trials of each piece, and the pieces, whose predictions are damaged.
  private var damagedTrials: [String: Set<Int>] = [:]
  private var damagedCells: Set<String> = []
  /// What was damaged, for the person at the terminal.
  package var problems: [String] { lineProblems + predictionProblems }
  /// Of the journals' lines, and of the bytes that they refer to.
  private(set) var lineProblems: [String] = []
  private var predictionProblems: [String] = []

  /// An empty journal.
  package init(folder: Path) { self.folder = folder }

  /// Reads all journals of a folder, in the order they were started.
  ///
  /// - Parameters:
  ///   - folder: the journals' folder; none need be there.
  ///   - repairing: cuts off a line that was torn while it was written.
  /// - Throws: `SystemError` when the folder or a file cannot be read.
  package init(reading folder: Path, repairing: Bool) throws {
    self.folder = folder
    guard folder.exists else { return }
    for name in try folder.children() where name.hasSuffix(".jsonl") {
      try read(String(name.dropLast(6)), repairing: repairing)
    }
    checkPredictions()
  }

  /// The largest number that a journal of the folder has.
  static func largestNumber(in folder: Path) throws(SystemError) -> Int {
    try folder.children().compactMap { Int($0.prefix { $0.isNumber }) }.max() ?? 0
  }

  /// The name of a journal; names sort in the order of their numbers.
  static func name(_ number: Int, role: String) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, 6 - digits.count)) + digits + "-" + role
  }

  private mutating func read(_ name: String, repairing: Bool) throws {
    let path = folder / "\(name).jsonl"
    // A device would be read for ever.
    guard path.information?.isPlainFile ?? true else {
      lineProblems.append("\(path.name): is no plain file and is not read")
      return
    }
    let bytes = try path.readBytes()
    var start = 0
    var number = 0
    while start < bytes.count {
      number += 1
      guard let end = bytes[start...].firstIndex(of: 10) else {
        lineProblems.append("\(path.name): the last line was torn and is cut off")
        if repairing { try truncate(path, to: start) }
        return
      }
      if let entry = Self.entry(bytes[start..<end]) {
        keep(entry, journal: name)
      } else {
        lineProblems.append("\(path.name), line \(number): damaged; the record is not used")
      }
      start = end + 1
    }
  }

  private func truncate(_ path: Path, to length: Int) throws(SystemError) {
    if Glibc.truncate(path.string, length) != 0 { throw SystemError("repair", path: path.string) }
  }

  /// The record of a line; nil when its check does not fit or it is no record.
  private static func entry(_ line: ArraySlice<UInt8>) -> JournalEntry? {
    guard case .whole(let content) = CheckedObject.content(of: line),
      let node = try? JSONNode(parsing: content)
    else { return nil }
    switch node["kind"]?.string {
    case "preparation": return (try? node.decode(PreparationRecord.self)).map { .preparation($0) }
    case "trial": return (try? node.decode(TrialRecord.self)).map { .trial($0) }
    case "cell": return (try? node.decode(CellRecord.self)).map { .cell($0) }
    case "deployment": return (try? node.decode(DeploymentRecord.self)).map { .deployment($0) }
    default: return nil
    }
  }

  /// Copies one of the folder's journals with the bytes beside it: lines that are whole, and whose
  /// predictions can be read.
  ///
  /// - Parameters:
  ///   - name: the journal, without its ending.
  ///   - target: another folder.
  ///   - newName: what it is called there.
  /// - Throws: `SystemError` when it cannot be read or written.
  func copy(_ name: String, to target: Path, as newName: String) throws {
    let lines = try OutputFile(target / "\(newName).jsonl", .new)
    for line in try (folder / "\(name).jsonl").readBytes().split(separator: 10) {
      guard let entry = Self.entry(line) else { continue }
      let reference =
        switch entry {
        case .cell(let record): record.predictions
        case .trial(let record): record.predictions
        case .preparation, .deployment: nil as BlobReference?
        }
      if let reference, blob(reference, journal: name) == nil { continue }
      try lines.write(line + [10])
    }
    try lines.sync()
    let blobs = folder / "\(name).bin"
    guard blobs.exists else { return }
    try blobs.copy(to: target / "\(newName).bin")
  }

  /// A good record is not replaced by a bad one.
  private mutating func keep(_ entry: JournalEntry, journal: String) {
    switch entry {
    case .preparation(let record):
      if record.failure == nil || preparations[record.key]?.failure != nil
        || preparations[record.key] == nil
      {
        preparations[record.key] = record
      }
    case .trial(let record):
      let known = trialsByKey[record.key]?[record.trial]
      if record.failure == nil || known == nil || known?.record.failure != nil {
        trialsByKey[record.key, default: [:]][record.trial] = .init(
          record: record, journal: journal)
      }
    case .cell(let record):
      let known = cellsByKey[record.key]
      if record.failure == nil || known == nil || known?.record.failure != nil {
        cellsByKey[record.key] = .init(record: record, journal: journal)
      }
    case .deployment(let record):
      let known = deployments[record.key]
      if record.failure == nil || known == nil || known?.failure != nil {
        deployments[record.key] = record
      }
    }
  }

  // MARK: Records

  package func cell(_ key: String) -> CellRecord? { cellsByKey[key]?.record }

  /// The trials of a piece, by their numbers.
  package func trials(_ key: String) -> [TrialRecord] {
    (trialsByKey[key] ?? [:]).sorted { $0.key < $1.key }.map(\.value.record)
  }

  /// The bytes that a cell's record refers to; nil when they are damaged.
  package func testPredictions(_ key: String) -> [UInt8]? {
    guard let located = cellsByKey[key], let reference = located.record.predictions else {
      return nil
    }
    return blob(reference, journal: located.journal)
  }

  /// The bytes that a trial's record refers to; nil when it refers to none or they are damaged.
  package func validationPredictions(_ key: String, trial: Int) -> [UInt8]? {
    guard let located = trialsByKey[key]?[trial], let reference = located.record.predictions else {
      return nil
    }
    return blob(reference, journal: located.journal)
  }

  private func blob(_ reference: BlobReference, journal: String) -> [UInt8]? {
    guard let file = try? MappedFile(folder / "\(journal).bin") else { return nil }
    return file.bytes(of: reference).map { Array($0) }
  }

  // MARK: Damage

  /// Whether what a trial predicted for the validation rows can no more be read.
  package func hasDamagedPredictions(_ key: String, trial: Int) -> Bool {
    damagedTrials[key]?.contains(trial) ?? false
  }

  /// Whether what is recorded of a piece can no more be read in full.
  package func isDamaged(_ key: String) -> Bool {
    damagedTrials[key] != nil || damagedCells.contains(key)
  }

  /// Compares the bytes that records refer to with the records' hashes.
  private mutating func checkPredictions() {
    var files: [String: MappedFile?] = [:]
    var damaged: [String: Int] = [:]
    func isWhole(_ reference: BlobReference?, _ journal: String) -> Bool {
      guard let reference else { return true }
      let file = files[journal] ?? (try? MappedFile(folder / "\(journal).bin"))
      files[journal] = file
      if file?.bytes(of: reference) != nil { return true }
      damaged[journal, default: 0] += 1
      return false
    }
    for (key, trials) in trialsByKey {
      for (number, trial) in trials where !isWhole(trial.record.predictions, trial.journal) {
        damagedTrials[key, default: []].insert(number)
      }
    }
    for (key, cell) in cellsByKey where !isWhole(cell.record.predictions, cell.journal) {
      damagedCells.insert(key)
    }
    predictionProblems = damaged.sorted { $0.key < $1.key }.map { journal, count in
      "\(journal).bin: \(counted(count, "prediction record")) damaged; running the experiment again "
        + "computes them anew"
    }
  }
}

extension MappedFile {
  /// The bytes that a record refers to; nil when they are not there or damaged.
  fileprivate func bytes(of reference: BlobReference) -> UnsafeRawBufferPointer? {
    guard reference.offset >= 0, reference.bytes >= 0, reference.bytes <= bytes,
      reference.offset <= bytes - reference.bytes
    else { return nil }
    let range = reference.offset..<reference.offset + reference.bytes
    let found = UnsafeRawBufferPointer(rebasing: buffer[range])
    return CheckedObject.check(of: found) == reference.hash ? found : nil
  }
}

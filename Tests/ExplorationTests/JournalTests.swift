import FileSystem
import Learning
import Matrices
import Testing

import Exploration

@Suite struct JournalTests {
  private func withFolder(_ body: (Path) throws -> Void) throws {
    let folder = try Path.makeTemporaryFolder("explore-journal")
    defer { try? folder.remove() }
    try body(folder)
  }

  private func write(_ folder: Path, _ name: String, _ entries: [JournalEntry]) throws {
    let writer = try JournalWriter(folder, name: name)
    for entry in entries { try writer.append([entry]) }
  }

  private func cell(_ key: String, winner: Int? = 0, failure: Failure? = nil) -> JournalEntry {
    var record = CellRecord(key: key)
    (record.winner, record.failure) = (winner, failure)
    return .cell(record)
  }

  @Test func recordsComeBack() throws {
    try withFolder { folder in
      let writer = try JournalWriter(folder, name: "000001-worker")
      var trial = TrialRecord(key: "k", trial: 3, fitSeconds: 0.5, predictSeconds: 0.1)
      trial.validationAccuracy = 1.0 / 3
      trial.predictions = try writer.add([1, 2, 3])
      try writer.append([.trial(trial)])
      let bytes: [UInt8] = [9, 8, 7, 6]
      var record = CellRecord(key: "k")
      record.predictions = try writer.add(bytes)
      record.notes = ["a \"note\"\n"]
      try writer.append([.cell(record)])
      let journal = try Journal(reading: folder, repairing: false)
      #expect(journal.problems.isEmpty)
      #expect(journal.cell("k")?.arithmetic == ArithmeticPath.current.description)
      record.arithmetic = journal.cell("k")?.arithmetic
      #expect(journal.cell("k") == record)
      #expect(journal.trials("k") == [trial])
      #expect(journal.testPredictions("k") == bytes)
    }
  }

  @Test func aTornLastLineIsCutOff() throws {
    try withFolder { folder in
      try write(folder, "000001-worker", [cell("a"), cell("b")])
      let path = folder / "000001-worker.jsonl"
      let whole = try path.readBytes()
      for length in stride(from: whole.count - 1, to: whole.count - 40, by: -7) {
        try path.writeAtomically(Array(whole.prefix(length)))
        let journal = try Journal(reading: folder, repairing: true)
        #expect(journal.cell("a") != nil && journal.cell("b") == nil)
        #expect(journal.problems == ["000001-worker.jsonl: the last line was torn and is cut off"])
        #expect(try Journal(reading: folder, repairing: false).problems.isEmpty)
      }
    }
  }

  @Test func garbageInsideLosesItsRecordOnly() throws {
    try withFolder { folder in
      try write(folder, "000001-worker", [cell("a"), cell("b"), cell("c")])
      let path = folder / "000001-worker.jsonl"
      var bytes = try path.readBytes()
      let second = try #require(bytes.firstIndex(of: 10)) + 20
      bytes[second] ^= 1
      try path.writeAtomically(bytes)
      let journal = try Journal(reading: folder, repairing: true)
      #expect(journal.cell("a") != nil && journal.cell("b") == nil && journal.cell("c") != nil)
      #expect(journal.problems == ["000001-worker.jsonl, line 2: damaged; the record is not used"])
    }
  }

  @Test func damagedPredictionsAreNotUsed() throws {
    try withFolder { folder in
      let writer = try JournalWriter(folder, name: "000001-worker")
      var record = CellRecord(key: "k")
      record.predictions = try writer.add([1, 2, 3, 4])
      try writer.append([.cell(record)])
      try (folder / "000001-worker.bin").writeAtomically([1, 2, 9, 4])
      #expect(try Journal(reading: folder, repairing: false).testPredictions("k") == nil)
      try (folder / "000001-worker.bin").writeAtomically([1])
      #expect(try Journal(reading: folder, repairing: false).testPredictions("k") == nil)
    }
  }

  @Test func aGoodRecordIsNotReplacedByABadOne() throws {
    try withFolder { folder in
      let failure = Failure(status: .crashed, reason: "signal 9")
      try write(folder, "000001-worker", [cell("k", winner: 4)])
      try write(folder, "000002-coordinator", [cell("k", winner: nil, failure: failure)])
      #expect(try Journal(reading: folder, repairing: false).cell("k")?.winner == 4)
      try write(folder, "000003-worker", [cell("k", winner: 5)])
      #expect(try Journal(reading: folder, repairing: false).cell("k")?.winner == 5)
    }
  }

  @Test func journalsAreNeverAppendedTo() throws {
    try withFolder { folder in
      try write(folder, "000001-worker", [cell("a")])
      #expect(throws: SystemError.self) { try JournalWriter(folder, name: "000001-worker") }
    }
  }

  /// Any single damage: the journal is read, and no record is made up.
  @Test func damageNeverInventsRecords() throws {
    try withFolder { folder in
      try write(
        folder, "000001-worker", Array(0..<5).map { (key: Int) in cell("key\(key)", winner: key) })
      let path = folder / "000001-worker.jsonl"
      let whole = try path.readBytes()
      var random = RandomStream(seed: 3)
      for _ in 0..<400 {
        var bytes = whole
        bytes[random.below(bytes.count)] = UInt8(random.below(256))
        try path.writeAtomically(bytes)
        let journal = try Journal(reading: folder, repairing: false)
        let found = (0..<5).compactMap { journal.cell("key\($0)")?.winner }
        #expect(found.count >= 3)
        for index in 0..<5 {
          let winner = journal.cell("key\(index)")?.winner
          #expect(winner == nil || winner == index)
        }
      }
    }
  }
}

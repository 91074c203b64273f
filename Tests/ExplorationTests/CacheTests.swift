import FileSystem
import Glibc
import Matrices
import Testing

import Exploration

@Suite struct CacheTests {
  private func withCache(_ body: (Cache, Path) throws -> Void) throws {
    let folder = try Path.makeTemporaryFolder("explore-cache")
    defer { try? folder.remove() }
    try body(try Cache(folder), folder / "entries")
  }

  /// Makes a file or folder look as if it was last changed so many seconds ago.
  private func age(_ path: Path, seconds: Int) throws {
    let time = timespec(tv_sec: Glibc.time(nil) - seconds, tv_nsec: 0)
    try #require(utimensat(AT_FDCWD, path.string, [time, time], 0) == 0)
  }

  @Test func theOldestEntriesGoFirst() throws {
    try withCache { cache, entries in
      let matrix = Matrix(rows: 100, columns: 10) { _ in }
      for (key, seconds) in [("a", 10), ("b", 30), ("c", 20)] {
        try cache.store(table: matrix, key: key)
        try age(entries / key, seconds: seconds)
      }
      cache.shrink(toBytes: 9000)
      #expect(cache.table("b") == nil && cache.table("c") != nil && cache.table("a") == matrix)
      cache.shrink(toBytes: 0)
      #expect(cache.table("a") == nil)
    }
  }

  /// The features of sounds are single files among the folders.
  @Test func soundsShrinkWithTheRest() throws {
    try withCache { cache, entries in
      try cache.store(table: Matrix(rows: 100, columns: 10) { _ in }, key: "a")
      try (entries / "sound-old").writeAtomically([UInt8](repeating: 1, count: 5000))
      try (entries / "sound-new").writeAtomically([UInt8](repeating: 1, count: 5000))
      try age(entries / "sound-old", seconds: 30)
      try age(entries / "a", seconds: 20)
      cache.shrink(toBytes: 10_000)
      #expect(try entries.children() == ["a", "sound-new"])
      cache.shrink(toBytes: 5000)
      #expect(try entries.children() == ["sound-new"])
    }
  }

  /// A writer on another machine cannot be seen here; its process number may be anybody's.
  @Test func onlyOldLeftoversAreRemoved() throws {
    try withCache { cache, entries in
      for name in ["new.999999999.partial", "old.1.partial"] {
        try (entries / name).createFolder()
      }
      try age(entries / "old.1.partial", seconds: 7200)
      cache.shrink(toBytes: 1e9)
      #expect(try entries.children() == ["new.999999999.partial"])
    }
  }

  @Test func damagedMatricesAreNotThere() throws {
    try withCache { cache, entries in
      try cache.store(table: Matrix([[1, 2], [3, 4]]), key: "k")
      let file = entries / "k" / "rows.f32"
      let whole = try file.readBytes()
      #expect(cache.table("k") == Matrix([[1, 2], [3, 4]]))
      try file.writeAtomically(Array(whole.dropLast()))
      #expect(cache.table("k") == nil)
      try file.writeAtomically(Array(whole.prefix(10)))
      #expect(cache.table("k") == nil)
    }
  }

  @Test func damagedMatricesAreReplaced() throws {
    try withCache { cache, entries in
      let matrix = Matrix([[1, 2], [3, 4]])
      try cache.store(table: matrix, key: "k")
      try (entries / "k" / "rows.f32").writeAtomically("xx")
      try cache.store(table: matrix, key: "k")
      #expect(cache.table("k") == matrix)
      try entries.remove()
      try entries.createFolder()
      try (entries / "k").writeAtomically("a file in the way")
      try cache.store(table: matrix, key: "k")
      #expect(cache.table("k") == matrix)
      #expect(try entries.children() == ["k"])
    }
  }
}

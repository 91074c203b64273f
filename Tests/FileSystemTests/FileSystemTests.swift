import Dispatch
import FileSystem
import Glibc
import Synchronization
import Testing

@Suite struct FileSystemTests {
  private let folder: Path

  init() throws { folder = try Path.makeTemporaryFolder("explore-files") }

  private func removeFolder() throws { try folder.remove() }

  @Test func writesAndReadsWholeFiles() throws {
    defer { try? removeFolder() }
    let file = folder / "a" / "b.txt"
    try file.folder.createFolder()
    try file.folder.createFolder()
    try file.writeAtomically("first")
    try file.writeAtomically("second")
    #expect(try file.readText() == "second")
    #expect(try file.folder.children() == ["b.txt"])
  }

  @Test func missingFilesAreToldApart() throws {
    defer { try? removeFolder() }
    let error = #expect(throws: SystemError.self) { try (folder / "none").readBytes() }
    #expect(error?.isMissing == true)
    #expect(error?.description == "cannot open \(folder)/none: no such file or directory")
    #expect(throws: SystemError.self) { try folder.readBytes() }
  }

  /// The reason is that of the call that failed, not of the look at what is there instead.
  @Test func foldersThatCannotBeMadeSayWhy() throws {
    defer { try? removeFolder() }
    try #require(symlink("nowhere", (folder / "link").string) == 0)
    let inTheWay = #expect(throws: SystemError.self) { try (folder / "link").createFolder() }
    #expect(inTheWay?.description == "cannot create folder \(folder)/link: file exists")
    // Root may write everywhere.
    if geteuid() == 0 { return }
    try #require(chmod(folder.string, 0o500) == 0)
    defer { chmod(folder.string, 0o700) }
    let forbidden = #expect(throws: SystemError.self) { try (folder / "a" / "b").createFolder() }
    #expect(forbidden?.description == "cannot create folder \(folder)/a: permission denied")
  }

  @Test func fullDisksAreNamed() throws {
    defer { try? removeFolder() }
    let error = #expect(throws: SystemError.self) { try Path("/dev/full").writeAtomically("x") }
    #expect(error?.isOutOfSpace == true)
    #expect(error?.description == "cannot write /dev/full: no space left")
  }

  @Test func mappedFilesOutliveTheirNames() throws {
    defer { try? removeFolder() }
    let file = folder / "map"
    try file.writeAtomically("hello")
    let mapped = try MappedFile(file)
    try file.remove()
    #expect(String(decoding: mapped.buffer, as: UTF8.self) == "hello")
    try file.writeAtomically("")
    #expect(try MappedFile(file).bytes == 0)
  }

  @Test func locksAreExclusive() throws {
    defer { try? removeFolder() }
    let path = folder / "lock"
    do {
      let lock = try FileLock(path)
      #expect(lock != nil)
      #expect(try FileLock(path) == nil)
      #expect(FileLock.holder(of: path) == "\(getpid())")
      withExtendedLifetime(lock) {}
    }
    #expect(try FileLock(path) != nil)
  }

  @Test func pathsAreJoined() {
    #expect(("a" as Path) / "b" == "a/b")
    #expect(("a/" as Path) / "/b" == "/b")
    #expect(("." as Path) / "b" == "b")
    #expect(("/x/y.csv" as Path).name == "y.csv")
    #expect(("/x/y.csv" as Path).folder == "/x")
    #expect(("y.csv" as Path).folder == ".")
    #expect(("/y" as Path).folder == "/")
  }

  @Test func removingTakesWholeFolders() throws {
    try (folder / "x" / "y").createFolder()
    try (folder / "x" / "y" / "z").writeAtomically("1")
    try folder.remove()
    #expect(!folder.exists)
    try folder.remove()
  }

  /// Whoever makes the upper folders, all find the lowest.
  @Test func foldersMadeByManyAtOnce() throws {
    let root = try Path.makeTemporaryFolder("explore-files")
    defer { try? root.remove() }
    let failures = Mutex<[String]>([])
    for round in 0..<300 {
      DispatchQueue.concurrentPerform(iterations: 4) { thread in
        do {
          try (root / "\(round)" / "cells" / "\(thread)").createFolder()
        } catch {
          failures.withLock { $0.append("\(error)") }
        }
      }
    }
    #expect(failures.withLock { $0 } == [])
  }
}

import FileSystem
import ProgramSupport
import Testing

/// `scripts/explore` with a compiler that only says what it is asked.
@Suite struct ScriptTests {
  /// A project of the two scripts and one source, with stand-ins for `swift`, `dpkg-query` and `apt-get`.
  private struct Project {
    let folder: Path

    init(swift version: String) throws {
      folder = try Path.makeTemporaryFolder("explore-scripts")
      let real = Path(#filePath).folder.folder.folder / "scripts"
      for path in [folder / "scripts", folder / "Sources", folder / "bin"] {
        try path.createFolder()
      }
      for name in ["explore", "prepare"] {
        try (folder / "scripts" / name).writeAtomically((real / name).readText())
      }
      try (folder / "Package.swift").writeAtomically("")
      try (folder / "Sources" / "a.swift").writeAtomically("old")
      try stand(in: "swift", swiftScript(version))
      try stand(in: "dpkg-query", "echo install ok installed")
      try stand(in: "sudo", "exec \"$@\"")
    }

    func remove() { try? folder.remove() }

    /// Puts a script in the place of a program.
    func stand(in name: String, _ script: String) throws {
      try (folder / "bin" / name).writeAtomically("#!/bin/sh\n\(script)\n")
      _ = try shell("chmod +x \"$1\"/bin/* \"$1\"/scripts/explore")
    }

    func swiftScript(_ version: String) -> String {
      """
      if [ "$1" = --version ]; then echo 'Swift version \(version) (swift-RELEASE)'; exit; fi
      mkdir -p '\(folder.string)/.build/release'
      printf '#!/bin/sh\\necho ran "$@"\\n' > '\(folder.string)/.build/release/explore'
      chmod +x '\(folder.string)/.build/release/explore'
      """
    }

    func shell(_ script: String) throws -> Program.Result {
      try Program(shell: "PATH=\"$1/bin:$PATH\"; " + script).run([folder.string])
    }

    func explore() throws -> (output: String, hasBuilt: Bool, code: Int32, errors: String) {
      let result = try shell("exec \"$1/scripts/explore\" list")
      return (result.output, result.errors.contains("building"), result.code, result.errors)
    }
  }

  @Test func aChangeOfSourcesOrCompilerBuildsAnew() throws {
    let project = try Project(swift: "6.3")
    defer { project.remove() }
    let first = try project.explore()
    #expect(first.output == "ran list\n" && first.hasBuilt, "\(first.errors)")
    let second = try project.explore()
    #expect(second.output == "ran list\n" && second.errors.isEmpty)
    // A file brought back from elsewhere is older than the program.
    _ = try project.shell(
      "echo new >\"$1/Sources/a.swift\"; touch -d 2001-01-01 \"$1/Sources/a.swift\"")
    #expect(try project.explore().hasBuilt)
    #expect(try !project.explore().hasBuilt)
    try project.stand(in: "swift", project.swiftScript("6.4"))
    #expect(try project.explore().hasBuilt)
    #expect(try !project.explore().hasBuilt)
  }

  @Test func anOldCompilerIsRefused() throws {
    let project = try Project(swift: "6.1.2")
    defer { project.remove() }
    let result = try project.explore()
    #expect(result.code == 1)
    #expect(
      result.errors
        == "explore: Swift 6.2 or later is needed, and “swift” is 6.1; see https://www.swift.org/install/linux\n"
    )
  }

  @Test func aLinkToTheScriptFindsItsProject() throws {
    let project = try Project(swift: "6.2")
    defer { project.remove() }
    let result = try project.shell("ln -s \"$1/scripts/explore\" \"$1/bin/explore\"; explore list")
    #expect(result.output == "ran list\n", "\(result.errors)")
  }

  /// A source of packages that does not answer is not the end.
  @Test func theInstallationDecides() throws {
    let project = try Project(swift: "6.2")
    defer { project.remove() }
    try project.stand(in: "dpkg-query", "exit 1")
    try project.stand(in: "apt-get", "[ \"$1\" = install ]")
    let result = try project.explore()
    #expect(result.output == "ran list\n", "\(result.errors)")
    try project.stand(in: "apt-get", "[ \"$1\" = update ]")
    _ = try project.shell("rm \"$1/.build/explore.built\"")
    let refused = try project.explore()
    #expect(refused.code == 1 && refused.errors.contains("could not install libopenblas-dev"))
  }
}

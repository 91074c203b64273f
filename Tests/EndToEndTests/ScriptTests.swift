import FileSystem
import ProgramSupport
import Testing

/// `scripts/explore` with a compiler that only says what it is asked.
@Suite struct ScriptTests {
  /// A project of the two scripts and two sources, with stand-ins for `swift`, `ldd`, `dpkg-query` and
  /// `apt-get`.
  private struct Project {
    let folder: Path

    init(swift version: String) throws {
      folder = try Path.makeTemporaryFolder("explore-scripts")
      let real = Path(#filePath).folder.folder.folder / "scripts"
      for name in ["scripts", "Sources", "Sources/Part", "bin", "temporary"] {
        try (folder / name).createFolder()
      }
      for name in ["explore", "prepare"] {
        try (folder / "scripts" / name).writeAtomically((real / name).readText())
      }
      try (folder / "Package.swift").writeAtomically("")
      try (folder / "Sources" / "a.swift").writeAtomically("old")
      try (folder / "Sources" / "Part" / "b.swift").writeAtomically("old")
      try (folder / "libswiftCore.so").writeAtomically("")
      try stand(in: "swift", swiftScript(version))
      try stand(in: "ldd", "echo '  libswiftCore.so => \(folder.string)/libswiftCore.so (0x7f)'")
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
      echo "$1" >>'\(folder.string)/calls'
      mkdir "$(mktemp -d)/left behind"
      if [ "$1" = --version ]; then echo 'Swift version \(version) (swift-RELEASE)'; exit; fi
      mkdir -p '\(folder.string)/.build/release'
      printf '#!/bin/sh\\necho ran "$@"\\n' > '\(folder.string)/.build/release/explore'
      chmod +x '\(folder.string)/.build/release/explore'
      """
    }

    func shell(_ script: String) throws -> Program.Result {
      try Program(shell: "export TMPDIR=\"$1/temporary\"; PATH=\"$1/bin:$PATH\"; " + script)
        .run([folder.string])
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

  @Test(
    "Every change builds anew, once",
    arguments: [
      "echo new >\"$1/Sources/Part/c.swift\"", "rm \"$1/Sources/Part/b.swift\"",
      "echo new >\"$1/Sources/Part/b.swift\"",
      "mv \"$1/Sources/Part/b.swift\" \"$1/Sources/Part/c.swift\"",
      "echo new >\"$1/Package.swift\"", "echo new >\"$1/libswiftCore.so\"",
      "rm \"$1/.build/release/explore\"",
    ])
  func changes(script: String) throws {
    let project = try Project(swift: "6.3")
    defer { project.remove() }
    #expect(try project.explore().hasBuilt)
    #expect(try !project.explore().hasBuilt)
    _ = try project.shell(script)
    #expect(try project.explore().hasBuilt)
    #expect(try !project.explore().hasBuilt)
  }

  /// The one that is first on the PATH now.
  @Test func anotherCompilerBuildsAnew() throws {
    let project = try Project(swift: "6.3")
    defer { project.remove() }
    #expect(try project.explore().hasBuilt)
    _ = try project.shell("mkdir \"$1/other\"; cp -p \"$1/bin/swift\" \"$1/other\"")
    func explore() throws -> Program.Result {
      try project.shell("PATH=\"$1/other:$PATH\" exec \"$1/scripts/explore\" list")
    }
    #expect(try explore().errors.contains("building"))
    #expect(try explore().errors.isEmpty)
  }

  @Test func withNothingChangedNoCompilerStarts() throws {
    let project = try Project(swift: "6.3")
    defer { project.remove() }
    #expect(try project.explore().hasBuilt)
    let calls = project.folder / "calls"
    #expect(try calls.readText() == "--version\nbuild\n")
    try calls.remove()
    _ = try project.shell("rm -r \"$1\"/temporary/*")
    #expect(try project.explore().output == "ran list\n")
    #expect(!calls.exists)
    #expect(try (project.folder / "temporary").children().isEmpty)
  }

  /// The question for its version may leave something behind; the scripts remove it.
  @Test func theQuestionForTheVersionLeavesNothing() throws {
    let project = try Project(swift: "6.1")
    defer { project.remove() }
    #expect(try project.explore().code == 1)
    #expect(try (project.folder / "temporary").children().isEmpty)
  }

  @Test func withoutACompilerTheProgramRunsWhileItsLibraryIsThere() throws {
    let project = try Project(swift: "6.3")
    defer { project.remove() }
    func explore() throws -> Program.Result {
      try project.shell(
        """
        mkdir -p "$1/few"
        for tool in bash basename dirname find readlink; do
          ln -sf "$(command -v $tool)" "$1/few"
        done
        PATH="$1/few" exec "$1/scripts/explore" list
        """)
    }
    let refusal =
      "explore: Swift 6.2 or later is needed and not on the PATH; see https://www.swift.org/install/linux\n"
    let missing = try explore()
    #expect(missing.code == 1 && missing.errors == refusal)
    #expect(try project.explore().hasBuilt)
    #expect(try explore().output == "ran list\n")
    _ = try project.shell("rm \"$1/libswiftCore.so\"")
    let gone = try explore()
    #expect(gone.code == 1 && gone.errors == refusal)
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

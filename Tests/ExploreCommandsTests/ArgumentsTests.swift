import ExploreCommands
import Testing

@Suite struct ArgumentsTests {
  private let specification = CommandSpecification(
    "cook", "cooks a dish",
    positionals: [.init("DISH", "the dish"), .init("SIDE", "what goes with it", isOptional: true)],
    options: [
      .init("--minutes", value: "N", "how long"),
      .init("--spice", alias: "-s", value: "NAME", "a spice", isRepeatable: true),
      .init("--quiet", "says nothing"),
    ], example: "explore cook soup")

  private func parse(_ arguments: String...) throws(UsageError) -> ParsedArguments {
    try ParsedArguments(arguments, specification)
  }

  @Test func optionsAndPositionalsMix() throws {
    let parsed = try parse(
      "soup", "--minutes", "5", "-s", "salt", "--spice=pepper", "--quiet", "--", "--bread")
    #expect(parsed.positional(0) == "soup" && parsed.positional(1) == "--bread")
    #expect(try parsed.number("--minutes", in: 1...10) == 5)
    #expect(parsed.allValues("--spice") == ["salt", "pepper"])
    #expect(parsed.has("--quiet") && !parsed.has("--help"))
    #expect(parsed.value("--nothing") == nil)
  }

  struct Wrong: Sendable, CustomTestStringConvertible {
    var arguments: [String]
    var message: String
    var testDescription: String { message }
  }

  @Test(arguments: [
    Wrong(arguments: [], message: "DISH is missing: the dish"),
    Wrong(arguments: ["a", "b", "c"], message: "unexpected argument “c”"),
    Wrong(
      arguments: ["a", "--minuts", "3"],
      message: "unknown option “--minuts”; did you mean “--minutes”?"),
    Wrong(arguments: ["a", "--minutes"], message: "--minutes needs a value: --minutes N"),
    Wrong(arguments: ["a", "--quiet=yes"], message: "--quiet takes no value"),
    Wrong(
      arguments: ["a", "--minutes", "1", "--minutes", "2"], message: "--minutes is given twice"),
    Wrong(arguments: ["a", "-x"], message: "unknown option “-x”"),
  ])
  func wrongUsage(wrong: Wrong) {
    let error = #expect(throws: UsageError.self) {
      try ParsedArguments(wrong.arguments, specification)
    }
    #expect(error?.description == wrong.message)
    #expect(error?.usage == "explore cook DISH [SIDE] [options]")
  }

  @Test(arguments: ["0", "11", "x", "2.5"])
  func numbersHaveARange(text: String) throws {
    let parsed = try parse("a", "--minutes", text)
    let error = #expect(throws: UsageError.self) { try parsed.number("--minutes", in: 1...10) }
    #expect(error?.description == "--minutes needs a number from 1 to 10, found “\(text)”")
  }

  @Test func helpIsGivenWhateverElseIsWrong() throws {
    #expect(try parse("--help").has("--help"))
    #expect(
      specification.help == """
        cooks a dish

        usage: explore cook DISH [SIDE] [options]

          DISH              the dish
          SIDE              what goes with it

        options:
          --minutes N       how long
          -s, --spice NAME  a spice
          --quiet           says nothing
          -h, --help        shows this help
          --version         shows the version

        example:
          explore cook soup

        """)
  }
}

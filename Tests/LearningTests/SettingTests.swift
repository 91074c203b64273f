import JSONText
import Learning
import Matrices
import Testing

@Suite struct SettingTests {
  enum Kernel: String, SettingChoice { case linear, rbf }

  struct Fitted: FittedModel {
    func probabilities(of features: Matrix) -> Matrix { features }
  }

  struct Example: Model {
    static let name = "example"
    @Setting("a positive number", above: 0) var C = 1.0
    @Setting("a count", in: 1...10) var k = 5
    @Setting("a depth", in: 1..., none: "unlimited") var depth: Int? = nil
    @Setting("a switch") var isOn = true
    @Setting("a choice") var kernel = Kernel.linear
    @Setting("a list", in: 1...) var widths = [256, 128]
    @Setting("a share", in: 0.0..<1.0) var share = 0.5
    func fit(_ samples: Samples, in context: FitContext) -> Fitted { Fitted() }
    func checkSettings() throws {
      if k == 7 { throw FitError.failed("seven is not liked") }
    }
  }

  @Test func declarationsAreRead() {
    let settings = Example.settings
    #expect(settings.map(\.name) == ["C", "k", "depth", "is_on", "kernel", "widths", "share"])
    #expect(settings.map(\.help).allSatisfy { !$0.isEmpty })
    #expect(
      settings.map(\.domain.words) == [
        "a number above 0", "a whole number from 1 to 10", "a whole number from 1 or “unlimited”",
        "true or false", "“linear” or “rbf”", "a list, each element a whole number from 1",
        "a number from 0 and below 1",
      ])
    #expect(settings[2].domain.text(for: settings[2].defaultValue) == "unlimited")
  }

  @Test func givenValuesReplaceDefaults() throws {
    let model = try Example(settings: ["k": 3, "depth": 4, "kernel": "rbf", "widths": [8]])
    #expect(model.k == 3 && model.depth == 4 && model.kernel == .rbf && model.widths == [8])
    #expect(model.C == 1 && model.share == 0.5)
    #expect(try Example(settings: ["depth": nil]).depth == nil)
  }

  @Test func settingsThatDoNotGoTogetherAreRefused() {
    #expect(throws: FitError.failed("seven is not liked")) { try Example(settings: ["k": 7]) }
  }

  @Test(arguments: [
    ("C", "0"), ("C", "-1"), ("C", "\"big\""), ("C", "null"), ("k", "2.5"), ("k", "11"), ("k", "0"),
    ("depth", "0"), ("depth", "\"deep\""), ("is_on", "1"), ("kernel", "\"cubic\""),
    ("widths", "[1, 0]"),
    ("widths", "3"), ("share", "1"), ("share", "-0.1"), ("share", "[0.5]"),
  ])
  func valuesOutsideTheDomainAreRefused(name: String, text: String) throws {
    let setting = try #require(Example.settings.first { $0.name == name })
    let node = try JSONNode(parsing: text)
    #expect(throws: SettingRefusal.self) { try setting.domain.accept(node) }
  }

  @Test(arguments: [
    ("C", "1e-9"), ("k", "10"), ("k", "3.0"), ("depth", "\"unlimited\""), ("depth", "null"),
    ("depth", "9"),
    ("share", "0"), ("share", "0.999"), ("kernel", "\"rbf\""), ("widths", "[]"),
  ])
  func valuesInsideAreAccepted(name: String, text: String) throws {
    let setting = try #require(Example.settings.first { $0.name == name })
    _ = try setting.domain.accept(try JSONNode(parsing: text))
  }

  @Test func mistypedChoicesAreSuggested() throws {
    let domain = SettingDomain.choice(["linear", "rbf", "polynomial"])
    let refusal = #expect(throws: SettingRefusal.self) { try domain.accept("polinomial") }
    #expect(refusal?.suggestion == "polynomial")
  }

  @Test func registriesReplaceByName() {
    struct Other: Model {
      static let name = "example"
      static let summary = "another"
      func fit(_ samples: Samples, in context: FitContext) -> Fitted { Fitted() }
    }
    var registry = Registry(models: [Example.self], transformations: [])
    registry.add(models: [Other.self])
    #expect(registry.models.count == 1)
    #expect(registry.model(named: "example")?.summary == "another")
  }
}

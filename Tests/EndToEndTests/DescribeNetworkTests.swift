import JSONText
import ProgramSupport
import Testing

/// `explore describe NAME --input SHAPE`.
@Suite struct DescribeNetworkTests {
  private func describe(_ arguments: String...) throws -> Program.Result {
    try Program.faulty.run(["describe"] + arguments)
  }

  @Test func layersAreShownWithShapesAndParameters() throws {
    let result = try describe("tiny", "--input", "1x8x6", "--classes", "3")
    #expect(result.code == 0, "\(result.errors)")
    // 3 × 3 without padding: 4 × 6 × 4 = 96 inputs of the first dense layer.
    for line in ["picture", "convolution1", "4 × 6 × 4", "dense1", "582", "total", "675"] {
      #expect(result.output.contains(line), "\(result.output)")
    }
    #expect(result.output.contains("training needs about"))
    #expect(result.output.contains("675 parameters"))
    let large = try Program.explore.run(["describe", "resnet34", "--input", "1x512x512"]).output
    #expect(large.contains("total") && large.contains(": 19,722,450 parameters, 78.9 MB"))
  }

  @Test func jsonHasTheLayers() throws {
    let result = try describe(
      "tiny", "--input=1x8x6", "--classes=3", "--json", "--set", "channels=2", "--set",
      "widths=[7]")
    let node = try JSONNode(parsing: result.output)
    let layers = try #require(node["layers"]?.elements)
    #expect(node.members?.map(\.name) == ["layers", "parameters"])
    #expect(
      layers.first?.members?.map(\.name) == ["name", "kind", "details", "output", "parameters"])
    let parameters = layers.compactMap { $0["parameters"]?.integer }
    // 2 · 9 + 2, 48 · 7 + 7, 7 · 3 + 3.
    #expect(parameters.filter { $0 > 0 } == [20, 343, 24])
    #expect(node["parameters"]?.integer == 387)
    #expect(layers.last?["output"] == [3])
  }

  @Test(arguments: [
    (["tiny", "--input", "8"], 65, "it needs pictures, and is given 8 features"),
    (["tiny", "--input", "1x2x2"], 65, "convolution1"),
    (["tiny", "--input", "1x8"], 64, "--input needs"),
    (["tiny", "--input", "1x0x8"], 64, "--input needs"),
    (["tiny", "--input", "8+3"], 64, "--input needs"),
    (["tiny", "--input", "1x8x8+"], 64, "--input needs"),
    (["tiny", "--input", "1x8x8", "--classes", "0"], 64, "--classes needs a number"),
    (["tiny", "--input", "1x8x8", "--set", "chanels=3"], 64, "did you mean “channels”?"),
    (["tiny", "--input", "1x8x8", "--set", "learningrate=3"], 64, "did you mean “learning_rate”?"),
    (
      ["tiny", "--input", "1x8x8", "--set", "channels=0"], 64,
      "expected a whole number from 1 to 64"
    ),
    (["tiny", "--input", "1x8x8", "--set", "channels"], 64, "as in batch=8"),
    (["tiny", "--set", "channels=3"], 64, "--set goes with --input"),
    (["knn", "--input", "58"], 65, "“knn” is no network"),
    (["tinny", "--input", "58"], 65, "did you mean “tiny”?"),
  ])
  func errorsSayWhatIsWrong(arguments: [String], code: Int32, words: String) throws {
    let result = try Program.faulty.run(["describe"] + arguments)
    #expect(result.code == code)
    #expect(result.errors.contains(words), "\(result.errors)")
    #expect(result.output.isEmpty)
  }

  @Test func picturesBesideFeaturesAreAnInput() throws {
    let result = try describe("tiny", "--input", "1x8x8+57")
    #expect(result.code == 0 && result.output.contains("1 × 8 × 8 and 57 features"))
  }

  @Test func settingsOfTheTrainingStandApart() throws {
    let output = try describe("tiny").output
    let own = try #require(output.firstRange(of: "\nsettings:\n"))
    let training = try #require(output.firstRange(of: "\ntraining settings:\n"))
    let rate = try #require(output.firstRange(of: "  learning_rate"))
    let channels = try #require(output.firstRange(of: "  channels"))
    #expect(own.lowerBound < channels.lowerBound && channels.lowerBound < training.lowerBound)
    #expect(training.lowerBound < rate.lowerBound)
  }

  @Test func theListSaysWhatNeedsPictures() throws {
    let output = try Program.faulty.run(["list", "models"]).output
    #expect(output.contains("one convolution (needs pictures)"))
    let names = output.split(separator: "\n").filter { $0.contains("(needs pictures)") }
      .compactMap { $0.split(separator: " ").first }
    #expect(names == ["cnn", "mini-vgg", "resnet34", "tiny"])
  }
}

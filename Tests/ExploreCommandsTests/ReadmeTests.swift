import ExploreCommands
import Exploration
import FileSystem
import Learning
import Testing

/// What the README shows is what there is.
@Suite struct ReadmeTests {
  private let project = Path(#filePath).folder.folder.folder

  private func blocks(_ language: String) throws -> [String] {
    let text = try (project / "README.md").readText()
    return text.split(separator: "```\(language)\n").dropFirst().compactMap {
      $0.split(separator: "```", omittingEmptySubsequences: false).first.map(String.init)
    }
  }

  @Test func theModelIsTheOneThatIsTested() throws {
    let model = try (project / "Tests/ModelContractTests/NearestCentroid.swift").readText()
    #expect(try blocks("swift").contains(model))
    #expect(model.split(separator: "\n", omittingEmptySubsequences: false).count <= 32)
  }

  @Test func theNetworkIsTheOneThatIsTested() throws {
    let network = try (project / "Tests/ModelContractTests/SmallNetwork.swift").readText()
    #expect(try blocks("swift").contains(network))
    #expect(network.split(separator: "\n", omittingEmptySubsequences: false).count <= 32)
  }

  @Test(arguments: ["NearestCentroid.swift", "SmallNetwork.swift"])
  func theExampleHasTheSameModels(file: String) throws {
    #expect(
      try (project / "Tests/ModelContractTests" / file).readText()
        == (project / "Examples/OwnModel/Sources/OwnModel" / file).readText())
  }

  @Test func everyExperimentIsInTheTable() throws {
    let text = try (project / "README.md").readText()
    for file in try (project / "experiments").children()
    where file.hasSuffix(".json") && file != "experiment.schema.json" {
      #expect(text.contains("`\(file)`"), "\(file)")
    }
  }

  @Test func theExperimentsAreValid() throws {
    let experiments = try blocks("jsonc").map {
      try Experiment(text: $0, file: "README.md", registry: .standard)
    }
    #expect(experiments.map(\.name) == ["my-songs", "my-spectrograms"])
    #expect(experiments.map(\.models.count) == [3, 2])
  }

  @Test func everyPictureIsThere() throws {
    let text = try (project / "README.md").readText()
    for link in text.split(separator: "](documentation/").dropFirst() {
      let file = String(link.prefix { $0 != ")" })
      #expect((project / "documentation" / file).exists, "\(file)")
    }
  }

  @Test func everySourceFolderIsOnTheMap() throws {
    let text = try (project / "README.md").readText()
    for folder in try (project / "Sources").children() {
      #expect(text.contains("`\(folder)`"), "\(folder)")
    }
  }
}

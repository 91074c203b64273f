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

  @Test func theExperimentIsValid() throws {
    let text = try #require(try blocks("jsonc").first)
    let experiment = try Experiment(text: text, file: "README.md", registry: .standard)
    #expect(experiment.name == "my-songs" && experiment.models.count == 3)
  }

  @Test func everySourceFolderIsOnTheMap() throws {
    let text = try (project / "README.md").readText()
    for folder in try (project / "Sources").children() {
      #expect(text.contains("`\(folder)`"), "\(folder)")
    }
  }
}

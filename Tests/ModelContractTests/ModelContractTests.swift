import JSONText
import ClassicalModels
import Learning
import Testing

import ExploreCommands
import ModelContract

/// Every registered model and transformation keeps the contract.
@Suite struct ModelContractTests {
  /// Settings fitted together, for the models where that matters.
  private func violations(of model: any Model.Type) throws -> [Violation] {
    func run<Kind: Model>(_ type: Kind.Type) throws -> [Violation] {
      let texts: [String] =
        switch Kind.name {
        case "logistic": [#"{"C": 0.1}"#, #"{"C": 10}"#]
        case "svm": [#"{"C": 10}"#, #"{"kernel": "rbf"}"#, #"{"kernel": "polynomial", "C": 5}"#]
        case "perceptron": [#"{"eta": 0.01}"#, #"{"eta": 0.001, "patience": 2}"#]
        case "ridge": [#"{"alpha": 100}"#, #"{"alpha": 0.01}"#]
        case "tree": [#"{"depth": 1}"#, #"{"depth": 3}"#]
        case "forest":
          [#"{"trees": 10}"#, #"{"trees": 20, "depth": 2}"#, #"{"trees": 5, "columns": 2}"#]
        case "knn": [#"{"k": 1}"#, #"{"k": 9, "weights": "distance"}"#]
        case "dummy": [#"{"strategy": "stratified"}"#]
        default: []
        }
      return ModelContract.violations(
        of: Kind(), list: try texts.map { try Kind(settings: JSONNode(parsing: $0)) },
        learns: Kind.name != "dummy")
    }
    return try run(model)
  }

  @Test(arguments: Registry.standard.models.map { $0.name })
  func models(name: String) throws {
    let model = try #require(Registry.standard.model(named: name))
    #expect(try violations(of: model) == [])
  }

  @Test func theModelOfTheReadme() {
    #expect(ModelContract.violations(of: NearestCentroid()) == [])
  }

  @Test(arguments: [#"{"kernel": "rbf", "C": 10}"#, #"{"kernel": "polynomial", "coef0": 1}"#])
  func supportVectorKernels(settings: String) throws {
    let machine = try SupportVectorMachine(settings: JSONNode(parsing: settings))
    #expect(ModelContract.violations(of: machine) == [])
  }

  @Test(arguments: Registry.standard.transformations.map { $0.name })
  func transformations(name: String) throws {
    let type = try #require(Registry.standard.transformation(named: name))
    func run<Kind: Transformation>(_ type: Kind.Type) throws -> [Violation] {
      let texts = ["rbf": #"{"centers": 8}"#, "select": #"{"k": 2}"#]
      let settings = try texts[name].map { try JSONNode(parsing: $0) } ?? [:]
      return TransformationContract.violations(of: try Kind(settings: settings))
    }
    #expect(try run(type) == [])
  }
}

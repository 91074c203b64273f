import JSONText
import ClassicalModels
import Learning
import Testing

import ExploreCommands
import ModelContract

/// Every registered model and transformation keeps the contract.
@Suite struct ModelContractTests {
  /// Small networks, in place of the defaults, for the pictures that they are given; nil for rows of features.
  static let networks: [String: (settings: String, picture: PictureShape?)] = [
    "mlp": (
      #"{"widths": [32, 16], "dropout": [0.1, 0.1], "learning_rate": 0.01, "batch": 16}"#, nil
    ),
    "cnn": (
      #"{"filters": [8], "hidden": 16, "dropout": 0.1, "head_dropout": 0.1, "epochs": 20, "batch": 16, "pooling": "flatten"}"#,
      PictureShape(height: 9, width: 6)
    ),
    "mini-vgg": (
      #"{"filters": [8, 8], "hidden": 32, "dropout": 0, "head_dropout": 0.1, "learning_rate": 0.01, "epochs": 25, "batch": 16}"#,
      PictureShape(channels: 3, height: 9, width: 6)
    ),
    "resnet34": (
      #"{"widths": [8], "hidden": 16, "learning_rate": 0.005, "batch": 16}"#,
      PictureShape(height: 12, width: 12)
    ),
  ]

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
      let (settings, picture) = Self.networks[Kind.name] ?? ("{}", nil)
      return ModelContract.violations(
        of: try Kind(settings: JSONNode(parsing: settings)),
        list: try texts.map { try Kind(settings: JSONNode(parsing: $0)) },
        learns: Kind.name != "dummy", on: picture)
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

  @Test func theNetworkOfTheReadme() {
    var network = SmallNetwork()
    network.training.learningRate = 0.01
    network.training.batch = 16
    #expect(
      ModelContract.violations(of: network, on: PictureShape(height: 9, width: 6)) == [])
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

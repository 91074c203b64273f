import JSONText
import Learning
import NeuralModels
import NeuralNetworks
import Testing

/// The totals that the definitions give, and what is refused.
@Suite struct DescriptionTests {
  struct Total: CustomTestStringConvertible {
    var model: any NetworkModel.Type
    var settings = "{}"
    var picture: PictureShape?
    var features = 0
    var parameters: Int

    var testDescription: String { "\(model.name) \(settings): \(parameters)" }
  }

  private static func grey(_ side: Int) -> PictureShape { PictureShape(height: side, width: side) }

  private static func network<Kind: NetworkModel>(
    _ kind: Kind.Type, _ settings: String, _ layout: RowLayout
  ) throws -> Network {
    try Kind(settings: JSONNode(parsing: settings)).network(for: layout, classes: 10)
  }

  @Test(arguments: [
    Total(model: MultilayerPerceptron.self, features: 58, parameters: 57_802),
    Total(model: MultilayerPerceptron.self, features: 57, parameters: 57_546),
    Total(
      model: MiniVGG.self, settings: #"{"filters": [32, 64]}"#,
      picture: PictureShape(channels: 3, height: 480, width: 640), parameters: 629_218_218),
    Total(
      model: MiniVGG.self, picture: PictureShape(height: 480, width: 640), parameters: 314_866_794),
    Total(
      model: ConvolutionalNetwork.self, settings: #"{"pooling": "flatten"}"#, picture: grey(128),
      parameters: 17_071_210),
    // 287,328 of the blocks, and 66,048 + 1024 + 5130 of the head on 128 means.
    Total(model: ConvolutionalNetwork.self, picture: grey(128), parameters: 359_530),
    Total(model: ResidualNetwork.self, picture: grey(512), parameters: 19_722_450),
    Total(model: ResidualNetwork.self, picture: grey(512), features: 57, parameters: 19_779_450),
  ])
  func networksHaveTheParametersOfTheirDefinitions(total: Total) throws {
    let network = try Self.network(
      total.model, total.settings, RowLayout(picture: total.picture, features: total.features))
    #expect(network.parameterCount == total.parameters)
  }

  @Test func widthsAndSharesOfUnequalNumberAreRefused() throws {
    #expect(throws: FitError.failed("“widths” and “dropout” go together: 2 widths for 3 shares")) {
      try MultilayerPerceptron(settings: ["widths": [8, 4]])
    }
  }

  /// The smallest picture is accepted, and one pixel less is refused with both sizes.
  @Test(arguments: [(1, 6), (2, 14), (3, 30), (4, 62)])
  func tooSmallPicturesAreRefused(widths: Int, side: Int) throws {
    var model = ResidualNetwork()
    model.widths = [Int](repeating: 8, count: widths)
    let smallest = DataShape(
      rows: 9, layout: RowLayout(picture: Self.grey(side), features: 0), classes: 2)
    #expect(model.accepts(smallest) == .yes)
    let small = DataShape(
      rows: 9, layout: RowLayout(picture: PictureShape(height: side, width: side - 1), features: 0),
      classes: 2)
    #expect(
      model.accepts(small)
        == .no(
          "pictures of \(side) × \(side) are the smallest for \(widths) widths; "
            + "these are 1 × \(side) × \(side - 1)"))
  }

  @Test func tablesWithoutPicturesAreRefused() {
    let models: [any NetworkModel] = [MiniVGG(), ConvolutionalNetwork(), ResidualNetwork()]
    for model in models {
      #expect(
        model.accepts(DataShape(rows: 9, columns: 57, classes: 2))
          == .no("it needs pictures, and is given 57 features"))
    }
  }

  @Test func noWidthIsRefused() throws {
    let model = try ResidualNetwork(settings: ["widths": []])
    let shape = DataShape(
      rows: 9, layout: RowLayout(picture: Self.grey(64), features: 0), classes: 2)
    #expect(model.accepts(shape) == .no("“widths” is empty"))
  }

  @Test func wholeSamplesAreDroppedWhereThatIsAskedFor() throws {
    let network = try Self.network(
      MiniVGG.self, #"{"dropout_unit": "samples"}"#,
      RowLayout(picture: Self.grey(32), features: 0))
    #expect(
      network.nodes.filter { type(of: $0.layer).kind == "dropout" }.map(\.layer.details) == [
        "0.25 of the channels", "0.25 of the channels", "0.25 of the channels",
        "0.25 of the samples",
      ])
  }
}

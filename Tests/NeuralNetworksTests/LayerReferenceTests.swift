import FileSystem
import JSONText
import Learning
import Matrices
import NeuralNetworks
import ProgramSupport
import Testing

/// Every layer alone gives what PyTorch gives: values, gradients, running statistics.
///
/// `make_references.py` says what the cases are and how their numbers come about.
@Suite struct LayerReferenceTests {
  struct Case: CustomTestStringConvertible {
    let node: JSONNode
    var name: String { node["name"]?.string ?? "" }
    var testDescription: String { name }
  }

  static let cases = references("layers.json").map(Case.init)

  /// What computes.
  enum Computing: CaseIterable {
    case plainly, withOneThread, withTwoThreads

    var executor: any Executor { self == .plainly ? ReferenceExecutor() : OneDNNExecutor() }
    var threads: Int { self == .withTwoThreads ? 2 : 1 }
  }

  /// What the names of the cases mean.
  private static func apply(_ name: String, to input: NetworkInput) throws -> Signal {
    guard input.layout.picture != nil else {
      let x = try input.columns()
      return switch name {
      case "dense": try x.dense(5)
      case "dense, no bias": try x.dense(5, bias: false)
      case "normalisation of vectors": try x.batchNormalisation()
      case "vectors joined": try x.dense(4).concatenated(with: x)
      default: throw FitError.failed("no case is called \(name)")
      }
    }
    let x = try input.picture()
    return switch name {
    case "convolution 3, padding 1": try x.convolution(4, padding: 1)
    case "convolution 3, no padding": try x.convolution(4)
    case "convolution 3, stride 2, padding 1, no bias":
      try x.convolution(4, stride: 2, padding: 1, bias: false)
    case "convolution 2, stride 2, padding 3, no bias":
      try x.convolution(4, kernel: 2, stride: 2, padding: 3, bias: false)
    case "convolution 1, stride 2, no bias":
      try x.convolution(4, kernel: 1, stride: 2, bias: false)
    case "convolution 5, padding 2": try x.convolution(2, kernel: 5, padding: 2)
    case "convolution 3 of 16 channels to 32": try x.convolution(32, padding: 1)
    case "normalisation of pictures": try x.batchNormalisation()
    case "ReLU": try x.relu()
    case "leaky ReLU 0.3": try x.leakyRelu(slope: 0.3)
    case "sigmoid": try x.sigmoid()
    case "tanh": try x.tanh()
    case "maximum 2": try x.maxPooling(2)
    case "maximum 3": try x.maxPooling(3)
    case "mean 2": try x.averagePooling(2)
    case "global mean": try x.globalAveragePooling()
    case "global maximum": try x.globalMaxPooling()
    case "flatten": try x.flattened()
    case "sum": try x.adding(x.convolution(3, kernel: 1))
    case "product": try x.multiplied(by: x.convolution(3, kernel: 1))
    case "product with a number a channel":
      try x.multiplied(by: x.globalAveragePooling().dense(3))
    case "pictures joined": try x.concatenated(with: x.convolution(2, kernel: 1))
    case "convolution, normalisation, ReLU":
      try x.convolution(8, padding: 1, bias: false).batchNormalisation().relu()
    case "convolution, ReLU, normalisation, maximum":
      try x.convolution(8, padding: 1).relu().batchNormalisation().maxPooling(2)
    case "picture and features":
      try x.convolution(2).flattened().concatenated(with: #require(try input.features()))
    default: throw FitError.failed("no case is called \(name)")
    }
  }

  @Test func thereAreCases() { #expect(Self.cases.count == 29) }

  @Test(arguments: cases, Computing.allCases)
  func layerEqualsItsReference(_ given: Case, computing: Computing) throws {
    let node = given.node
    let batch = try #require(node["batch"]?.integer)
    let sizes = node["picture"]?.elements?.compactMap(\.integer) ?? []
    let layout = RowLayout(
      picture: sizes.count == 3
        ? PictureShape(channels: sizes[0], height: sizes[1], width: sizes[2]) : nil,
      features: try #require(node["features"]?.integer))
    let signal = try Self.apply(given.name, to: NetworkInput(layout))
    let network = try Network(to: signal.shape.isVector ? signal : signal.flattened())
    let state = NetworkState(
      network.parameters.enumerated().map { index, named in
        ShapedArray(
          shape: named.parameter.shape,
          HashedNumbers.parameter(
            array: index, name: named.parameter.name, shape: named.parameter.shape))
      })
    let outputs = try #require(node["outputs"]?.integer)
    #expect(network.nodes[network.output].shape.count == outputs)

    let compiled = try computing.executor.compile(
      network, state,
      CompilationOptions(batch: batch, optimiser: .sgd(momentum: 0), threads: computing.threads))
    let rows = HashedNumbers.uniform(array: HashedNumbers.rows, count: batch * layout.columns)
      .map { Float($0) }
    let upstream = HashedNumbers.uniform(array: HashedNumbers.upstream, count: batch * outputs)
      .map { Float($0) }
    let predicted = Array(
      UnsafeBufferPointer(
        start: try compiled.forward(rows, count: batch, training: nil), count: batch * outputs))
    #expect(distance(predicted, node["prediction"]) < 1e-5)
    let trained = Array(
      UnsafeBufferPointer(
        start: try compiled.forward(rows, count: batch, training: 1), count: batch * outputs))
    #expect(distance(trained, node["training"]) < 1e-5)

    let gradients = try compiled.gradients(upstream)
    let ofRows = (0..<batch).flatMap { gradients.rows.rowElements($0) }
    #expect(distance(ofRows, node["rows"]) < 1e-5)
    let statistics = compiled.state()
    let arrays = node["arrays"]?.elements ?? []
    #expect(arrays.count == network.parameters.count)
    for (index, array) in arrays.enumerated() {
      let named = network.parameters[index]
      #expect(array["name"]?.string == named.parameter.name)
      #expect(array["shape"]?.elements?.compactMap(\.integer) == named.parameter.shape)
      let source =
        array["statistic"] == nil ? gradients.parameters[index] : statistics.arrays[index]
      #expect(
        distance(source.values.rowElements(0), array["gradient"] ?? array["statistic"]) < 2e-5,
        "\(named.name)")
    }
  }
}

/// The cases of a file in `Fixtures`; none where it cannot be read, which a test notices.
func references(_ name: String) -> [JSONNode] {
  let file = Path(#filePath).folder / "Fixtures" / name
  return (try? JSONNode(parsing: file.readBytes()))?["cases"]?.elements ?? []
}

/// The largest difference between numbers and as many that a fixture holds, divided by the largest
/// of those; infinite where the fixture holds none or one is not finite.
func distance(_ values: [Float], _ reference: JSONNode?) -> Double {
  let known = reference?.elements?.compactMap(\.number) ?? []
  guard !known.isEmpty, known.count <= values.count else { return .infinity }
  let differences = zip(values, known).map { abs(Double($0) - $1) }
  guard differences.allSatisfy(\.isFinite) else { return .infinity }
  return (differences.max() ?? 0) / max(known.map(abs).max() ?? 0, 1e-6)
}

extension ShapedArray {
  /// An array of given numbers.
  init(shape: [Int], _ values: [Float]) {
    self.init(shape: shape) { span in
      for index in values.indices { span[index] = values[index] }
    }
  }
}

import FileSystem
import JSONText
import Learning
import Matrices
import NeuralModels
import NeuralNetworks
import ProgramSupport
import Testing

/// Every network gives what PyTorch gives from the same weights: scores, gradients, statistics.
///
/// `make_references.py` says how the numbers come about.
@Suite struct NetworkReferenceTests {
  struct Case: CustomTestStringConvertible {
    let node: JSONNode
    var testDescription: String { node["name"]?.string ?? "" }
  }

  static let cases: [Case] = {
    let file = Path(#filePath).folder / "Fixtures" / "networks.json"
    let cases = (try? JSONNode(parsing: file.readBytes()))?["cases"]?.elements ?? []
    return cases.map(Case.init)
  }()

  /// Of an array's largest gradient.
  ///
  /// Single precision puts a few numbers on the other side of ReLU's kink, or of another number of their
  /// pooling window, and which ones depends on the order of the sums. `make_references.py` chooses cases in which
  /// PyTorch's order changes no gradient by more than a thousandth; another order may do three times that.
  private static let gradientTolerance = 3e-3

  @Test func thereAreCases() { #expect(Self.cases.count == 6) }

  @Test(arguments: cases, [1, 2])
  func networkEqualsItsReference(_ given: Case, threads: Int) throws {
    let node = given.node
    let batch = try #require(node["batch"]?.integer)
    let network = try network(of: node)
    let first = 1000 * (try #require(node["seed"]?.integer))
    let state = NetworkState(
      network.parameters.enumerated().map { index, named in
        let shape = named.parameter.shape
        let values = HashedNumbers.parameter(
          array: first + index, name: named.parameter.name, shape: shape,
          bias: node["bias"]?.number ?? 0)
        return ShapedArray(shape: shape) { span in
          for element in values.indices { span[element] = values[element] }
        }
      })
    let compiled = try OneDNNExecutor().compile(
      network, state,
      CompilationOptions(batch: batch, optimiser: .sgd(momentum: 0), threads: threads))
    let columns = network.nodes.reduce(0) { $1.layer is Input ? $0 + $1.shape.count : $0 }
    let rows = HashedNumbers.uniform(array: first + HashedNumbers.rows, count: batch * columns)
      .map { Float($0) }
    let labels = HashedNumbers.uniform(array: first + HashedNumbers.labels, count: batch)
      .map { Int(($0 + 1) * 5) }
    func forward(training seed: UInt64?) throws -> [Float] {
      Array(
        UnsafeBufferPointer(
          start: try compiled.forward(rows, count: batch, training: seed), count: batch * 10))
    }

    let predicted = try forward(training: nil)
    #expect(largestDifference(predicted, node["prediction"]) < 1e-4)
    let scores = try forward(training: 1)
    #expect(largestDifference(scores, node["training"]) < 1e-4)

    let gradients = try compiled.gradients(Self.gradientOfMeanCrossEntropy(scores, labels))
    let statistics = compiled.state()
    let arrays = node["arrays"]?.elements ?? []
    #expect(arrays.count == network.parameters.count)
    for (index, array) in arrays.enumerated() {
      let named = network.parameters[index]
      #expect(array["name"]?.string == named.parameter.name)
      #expect(array["shape"]?.elements?.compactMap(\.integer) == named.parameter.shape)
      if let reference = array["statistic"] {
        let values = statistics.arrays[index].values.rowElements(0)
        #expect(Self.distance(values, reference, array: index) < 1e-4, "\(named.name)")
      } else if let reference = array["gradient"] {
        let values = gradients.parameters[index].values.rowElements(0)
        #expect(
          Self.distance(values, reference, array: index) < Self.gradientTolerance, "\(named.name)")
      } else {
        #expect(array["is_zero"]?.boolean == true)
      }
    }
  }

  private func network(of node: JSONNode) throws -> Network {
    let models: [any NetworkModel.Type] = [
      MultilayerPerceptron.self, ConvolutionalNetwork.self, MiniVGG.self, ResidualNetwork.self,
    ]
    let sizes = node["picture"]?.elements?.compactMap(\.integer) ?? []
    let layout = RowLayout(
      picture: sizes.count == 3
        ? PictureShape(channels: sizes[0], height: sizes[1], width: sizes[2]) : nil,
      features: try #require(node["features"]?.integer))
    func network<Kind: NetworkModel>(_ kind: Kind.Type) throws -> Network {
      try Kind(settings: node["settings"] ?? [:]).network(for: layout, classes: 10)
    }
    let model = try #require(models.first { $0.name == node["model"]?.string })
    return try network(model)
  }

  /// (soft-max − 1 at the label) / rows.
  private static func gradientOfMeanCrossEntropy(_ scores: [Float], _ labels: [Int]) -> [Float] {
    let classes = scores.count / labels.count
    return labels.indices.flatMap { row -> [Float] in
      let own = scores[row * classes..<(row + 1) * classes]
      let shares = Matrix(rows: 1, columns: classes, elements: Array(own)).softmaxRows()
        .rowElements(0)
      return shares.enumerated().map { label, share in
        (share - (label == labels[row] ? 1 : 0)) / Float(labels.count)
      }
    }
  }

  private func largestDifference(_ values: [Float], _ reference: JSONNode?) -> Double {
    let known = reference?.elements?.compactMap(\.number) ?? []
    guard known.count == values.count else { return .infinity }
    let largest = known.map(abs).max() ?? 0
    return zip(values, known).map { abs(Double($0) - $1) / largest }.max() ?? .infinity
  }

  /// How far an array is from what the fixture keeps of it, as a share of its largest magnitude: at the
  /// kept elements, and in the weighted sum of all, whose error grows as the root of their number.
  private static func distance(_ values: [Float], _ reference: JSONNode, array: Int) -> Double {
    guard let largest = reference["largest"]?.number, let sum = reference["sum"]?.number,
      let step = reference["step"]?.integer,
      let known = reference["values"]?.elements?.compactMap(\.number),
      values.allSatisfy(\.isFinite), known.count == (values.count + step - 1) / step
    else { return .infinity }
    let elements = known.indices.map { abs(Double(values[$0 * step]) - known[$0]) }.max() ?? 0
    let weights = HashedNumbers.uniform(array: array, count: values.count)
    let own = zip(values, weights).reduce(0) { $0 + Double($1.0) * $1.1 }
    let ends = abs(Double(values.map(abs).max() ?? 0) - largest)
    return max(elements, ends, abs(own - sum) / Double(values.count).squareRoot()) / largest
  }
}

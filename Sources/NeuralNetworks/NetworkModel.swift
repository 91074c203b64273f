import Learning
import Matrices

/// A model that is a network: it describes its layers and how it is trained, and everything else comes
/// with the protocol.
public protocol NetworkModel: Model where Fitted == FittedNetwork<Self> {
  /// The settings of the training.
  var training: Training { get }

  /// Describes the layers.
  ///
  /// - Parameters:
  ///   - input: where they begin.
  ///   - classes: the number of classes, at least 1.
  /// - Returns: one score a class, before the soft-max.
  /// - Throws: ``NetworkError`` when the input cannot be taken.
  func scores(of input: NetworkInput, classes: Int) throws -> Signal
}

extension NetworkModel {
  /// The network for rows of a layout.
  ///
  /// - Parameters:
  ///   - layout: what the columns of a row are.
  ///   - classes: the number of classes.
  /// - Returns: its layers.
  /// - Throws: ``NetworkError`` when the network cannot take them.
  public func network(for layout: RowLayout, classes: Int) throws -> Network {
    let network = try Network(to: scores(of: NetworkInput(layout), classes: classes))
    let given = network.nodes[network.output].shape
    guard given == .vector(classes) else {
      throw NetworkError(reason: "it gives \(given) scores for \(classes) classes")
    }
    return network
  }

  /// Weights and the order of the rows are drawn.
  public var usesChance: Bool { true }

  /// Rows that its layers can take.
  public func accepts(_ shape: DataShape) -> Acceptance {
    do {
      _ = try network(for: shape.layout, classes: shape.classes)
      return .yes
    } catch {
      return .no("\(error)")
    }
  }

  /// The operations of all epochs, and the memory of the compiled network.
  public func cost(for shape: DataShape) -> Cost {
    guard let network = try? network(for: shape.layout, classes: shape.classes) else {
      return Cost(operations: 0, bytes: 0)
    }
    // Backward takes about twice as much as forward.
    return Cost(
      operations: 3 * network.operations * Double(shape.rows) * Double(training.epochs),
      bytes: 16 * Double(network.parameterCount))
  }

  /// Trains the network.
  public func fit(_ samples: Samples, in context: FitContext) throws -> FittedNetwork<Self> {
    throw FitError.failed("networks cannot be trained yet")
  }
}

/// A trained network.
public struct FittedNetwork<Architecture: NetworkModel>: FittedModel {
  /// What describes its layers.
  let architecture: Architecture
  let layout: RowLayout
  let classes: Int
  /// The arrays in the order of the network's parameters.
  let arrays: [ShapedArray]

  /// The soft-max of the scores.
  public func probabilities(of features: Matrix) -> Matrix {
    Matrix(rows: features.rows, columns: classes) { _ in }
  }
}

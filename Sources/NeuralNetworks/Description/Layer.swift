/// One layer of a network: what it makes of shapes, and which parameters it has.
///
/// A layer is a small value that holds its settings and no numbers. How it is computed is said beside it
/// for each executor, within this package: another package puts these layers together with the functions
/// of ``Signal``.
public protocol Layer: Sendable {
  /// What tables call it, as in `convolution`.
  static var kind: String { get }

  /// Its settings in words, as in `3 × 3, stride 2`; empty where there are none.
  var details: String { get }

  /// The shape of what it gives.
  ///
  /// - Parameter inputs: the shapes of what it is given, one at least.
  /// - Returns: the shape of one row.
  /// - Throws: ``ShapeProblem`` when it cannot take them.
  func outputShape(of inputs: [TensorShape]) throws(ShapeProblem) -> TensorShape

  /// Its parameters, for inputs that ``outputShape(of:)`` takes.
  func parameters(for inputs: [TensorShape]) -> [Parameter]

  /// Multiplications and additions of a forward pass of one row, to the order of magnitude.
  func operations(for inputs: [TensorShape]) -> Double
}

extension Layer {
  /// No settings.
  public var details: String { "" }
  /// No parameters.
  public func parameters(for inputs: [TensorShape]) -> [Parameter] { [] }
  /// One for each element that comes in.
  public func operations(for inputs: [TensorShape]) -> Double {
    inputs.reduce(0) { $0 + Double($1.count) }
  }
}

/// Why a layer cannot take what it is given; the network adds the layer's name.
public struct ShapeProblem: Error, Equatable {
  /// As in `a picture is needed, not 512`.
  public var reason: String

  /// A problem.
  public init(_ reason: String) { self.reason = reason }
}

/// An array of numbers that belongs to a layer.
public struct Parameter: Equatable, Sendable {
  /// Whether training changes it by its gradient.
  public enum Role: Sendable {
    /// Counted among the network's parameters.
    case trained
    /// Kept beside them, as running means are.
    case statistic
  }

  /// The name within the layer, as in `weight`.
  public var name: String
  /// The sizes in plain order: output before input channels, then height and width.
  public var shape: [Int]
  /// Whether it is learnt or observed.
  public var role: Role
  /// How its numbers begin.
  public var start: Start

  /// A parameter.
  public init(_ name: String, _ shape: [Int], _ start: Start, role: Role = .trained) {
    self.name = name
    self.shape = shape
    self.start = start
    self.role = role
  }

  /// The number of elements.
  public var count: Int { shape.reduce(1, *) }

  /// How the numbers of a parameter begin.
  public enum Start: Equatable, Sendable {
    /// All of one value.
    case constant(Float)
    /// Drawn as the network's ``Initialisation`` says, for so many inputs and outputs of each element.
    case weights(inputs: Int, outputs: Int)
    /// Zero, or drawn as PyTorch does, for so many inputs.
    case bias(inputs: Int)
  }
}

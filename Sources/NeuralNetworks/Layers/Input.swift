/// Consecutive columns of a row, where a network begins.
public struct Input: Layer {
  /// `input`.
  public static let kind = "input"
  /// The shape the columns are given.
  public let shape: TensorShape
  /// The first of the columns.
  public let firstColumn: Int
  /// All columns of a row, those of other inputs and unused ones too.
  public let rowColumns: Int

  /// The shape; there is nothing before an input.
  public func outputShape(of inputs: [TensorShape]) throws(ShapeProblem) -> TensorShape { shape }
}

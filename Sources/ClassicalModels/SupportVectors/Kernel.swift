import Glibc
import Learning
import Matrices

/// A kernel with all its numbers fixed.
package struct Kernel: Codable, Equatable, Sendable {
  package enum Shape: String, SettingChoice {
    /// x·y
    case linear
    /// exp(−γ‖x − y‖²)
    case rbf
    /// (γ x·y + c₀)^degree
    case polynomial
  }

  package var shape: Shape
  var gamma: Double
  var degree: Int
  var offset: Double
  /// A power of two that rows are multiplied by first, so that squares stay within single precision; γ is that of
  /// the multiplied rows.
  var scale: Float

  package init(shape: Shape, gamma: Double, degree: Int, offset: Double, scale: Float = 1) {
    self.shape = shape
    self.scale = scale
    self.gamma = gamma
    self.degree = degree
    self.offset = offset
  }

  /// The kernel of each row with each row of another matrix; a row's values do not depend on the
  /// other rows.
  package func values(_ rows: Matrix, _ others: Matrix) -> Matrix {
    let (rows, others) = (rows.multiplied(by: scale), others.multiplied(by: scale))
    return shape == .rbf
      ? ofDistances(rows.squaredDistances(to: others))
      : ofProducts(rows.rowProducts(with: others))
  }

  /// The kernel of a matrix's rows with each other, for training.
  package func values(among rows: Matrix) -> Matrix {
    let rows = rows.multiplied(by: scale)
    // Distances from products would lose the small ones to rounding.
    return shape == .rbf ? ofDistances(rows.squaredDistances(to: rows)) : ofProducts(rows.rowGram)
  }

  private func ofDistances(_ squares: Matrix) -> Matrix {
    squares.map { Float(exp(-gamma * Double($0))) }
  }

  private func ofProducts(_ products: Matrix) -> Matrix {
    guard shape == .polynomial else { return products }
    return products.map { product in
      let base = gamma * Double(product) + offset
      return Float((1..<degree).reduce(base) { power, _ in power * base })
    }
  }
}

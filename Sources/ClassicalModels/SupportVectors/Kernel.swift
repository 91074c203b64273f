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

  package init(shape: Shape, gamma: Double, degree: Int, offset: Double) {
    self.shape = shape
    self.gamma = gamma
    self.degree = degree
    self.offset = offset
  }

  /// The kernel of each row with each row of another matrix; a row's values do not depend on the
  /// other rows.
  package func values(_ rows: Matrix, _ others: Matrix) -> Matrix {
    shape == .rbf
      ? ofDistances(rows.squaredDistances(to: others))
      : ofProducts(rows.rowProducts(with: others))
  }

  /// The kernel of a matrix's rows with each other, for training.
  package func values(among rows: Matrix) -> Matrix {
    // Distances from products would lose the small ones to rounding.
    shape == .rbf ? ofDistances(rows.squaredDistances(to: rows)) : ofProducts(rows.rowGram)
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

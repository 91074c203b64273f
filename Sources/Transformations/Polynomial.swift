import Learning
import Matrices

/// All monomials of the columns up to a degree.
package struct Polynomial: Transformation {
  package enum Interactions: String, SettingChoice {
    /// Powers of one column and products of several.
    case all
    /// Products of distinct columns.
    case only
  }

  package static let name = "polynomial"
  package static let summary = "all monomials of the columns up to degree 2 or 3"

  @Setting("the highest degree", in: 2...3) package var degree = 2
  @Setting("“all” monomials, or “only” products of distinct columns")
  package var interactions = Interactions.all
  @Setting("whether the first column is the constant 1") package var bias = true

  package init() {}

  package func accepts(_ shape: DataShape) -> Acceptance {
    let columns = columns(from: shape)
    return columns <= 1_000_000
      ? .yes : .no("\(shape.columns) columns would become \(columns), more than a million")
  }

  package func columns(from shape: DataShape) -> Int {
    // The number of multisets (or sets) of size k of d columns, in doubles against overflow.
    let d = Double(shape.columns)
    var count = (bias ? 1 : 0) + d
    count += interactions == .all ? d * (d + 1) / 2 : d * (d - 1) / 2
    if degree == 3 {
      count += interactions == .all ? d * (d + 1) * (d + 2) / 6 : d * (d - 1) * (d - 2) / 6
    }
    return Int(min(count, 1e15))
  }

  package func cost(for shape: DataShape) -> Cost {
    let elements = Double(shape.rows) * Double(columns(from: shape))
    return Cost(operations: elements, bytes: 4 * elements)
  }

  package func fit(_ samples: Samples, in context: FitContext) -> Fitted {
    Fitted(
      inputColumns: samples.features.columns, degree: degree,
      repeats: interactions == .all, bias: bias)
  }

  package struct Fitted: FittedTransformation {
    let inputColumns: Int
    let degree: Int
    let repeats: Bool
    let bias: Bool

    private var width: Int {
      var shape = Polynomial()
      shape.degree = degree
      shape.interactions = repeats ? .all : .only
      shape.bias = bias
      return shape.columns(from: .init(rows: 1, columns: inputColumns, classes: 1))
    }

    package func columns(from count: Int) -> Int? {
      inputColumns == count && (2...3).contains(degree) ? width : nil
    }

    /// Monomials in the order 1, x₁ … x_d, x₁², x₁x₂ …, by degree, then by their columns.
    package func transform(_ features: Matrix) -> Matrix {
      let columns = inputColumns
      let next = repeats ? 0 : 1
      return Matrix(rows: features.rows, columns: width) { row, span in
        let x = features.row(row)
        var index = 0
        func add(_ value: Float, _ span: inout MutableSpan<Float>) {
          span[index] = value
          index += 1
        }
        if bias { add(1, &span) }
        for i in 0..<columns { add(x[i], &span) }
        for i in 0..<columns {
          var j = i + next
          while j < columns {
            add(x[i] * x[j], &span)
            j += 1
          }
        }
        guard degree == 3 else { return }
        for i in 0..<columns {
          var j = i + next
          while j < columns {
            let product = x[i] * x[j]
            var k = j + next
            while k < columns {
              add(product * x[k], &span)
              k += 1
            }
            j += 1
          }
        }
      }
    }
  }
}

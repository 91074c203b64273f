import Matrices

extension Matrix {
  /// A power of two by which rows are multiplied before their differences are squared: 1 but where squares could
  /// leave single precision.
  ///
  /// Distances are then all multiplied by it, without rounding. Ordinary columns, whose values lie between 2⁻⁴⁰
  /// and 2⁴⁰ apart, stay as they are.
  var distanceScale: Float {
    guard rows > 0 else { return 1 }
    var (lows, highs) = (rowElements(0), rowElements(0))
    for row in 1..<max(1, rows) {
      let source = self.row(row)
      for column in 0..<columns {
        lows[column] = min(lows[column], source[column])
        highs[column] = max(highs[column], source[column])
      }
    }
    let width = zip(lows, highs).reduce(0) { max($0, Double($1.1) - Double($1.0)) }
    let largest = zip(lows, highs).reduce(0) { max($0, abs(Double($1.0)), abs(Double($1.1))) }
    guard width > 0, !(0x1p-40...0x1p40).contains(width) else { return 1 }
    // A column that hardly varies must not overflow for the sake of the others.
    let most = 120 - Int(largest.exponent)
    return Float(
      sign: .plus, exponent: max(-126, min(-Int(width.exponent), most, 126)), significand: 1)
  }

  /// Whether there are numbers other than 0 and the squares of all are 0, or have lost digits.
  var hasVanishingSquares: Bool {
    let elements = self.elements
    var largest: Float = 0
    for index in elements.indices { largest = max(largest, abs(elements[index])) }
    return largest > 0 && largest < 0x1p-60
  }

  /// All elements multiplied by a power of two.
  func multiplied(by scale: Float) -> Matrix { scale == 1 ? self : map { $0 * scale } }
}

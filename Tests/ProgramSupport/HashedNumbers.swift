/// Numbers that Swift and the scripts that make fixtures compute alike, from an integer hash.
///
/// `uniform` and `numbers` in the `make_references.py` of the networks' tests are the same.
package enum HashedNumbers {
  /// The array of the rows, beyond those of parameters.
  package static let rows = 1_000_000
  /// The array of the labels.
  package static let labels = 1_000_001
  /// The array of the gradients that come from above.
  package static let upstream = 1_000_002

  /// Numbers of 24 bits within -1..<1.
  ///
  /// - Parameters:
  ///   - array: other numbers for each.
  ///   - count: how many.
  /// - Returns: the numbers.
  package static func uniform(array: Int, count: Int) -> [Double] {
    (0..<count).map { element in
      var x =
        UInt32(truncatingIfNeeded: element) &* 0x9E37_79B1
        &+ UInt32(truncatingIfNeeded: array) &* 0x85EB_CA77 &+ 0x1656_67B1
      x = (x ^ x >> 16) &* 0x7FEB_352D
      x = (x ^ x >> 15) &* 0x846C_A68B
      x ^= x >> 16
      return Double(x >> 8) / 8_388_608 - 1
    }
  }

  /// The numbers of a parameter: its place among all decides, its name and its shape.
  ///
  /// - Parameters:
  ///   - array: its place.
  ///   - name: as in `weight`.
  ///   - shape: its sizes.
  ///   - bias: what biases keep from zero; 0 for small ones on both sides of it.
  /// - Returns: the numbers.
  package static func parameter(
    array: Int, name: String, shape: [Int], bias: Double = 0
  ) -> [Float] {
    let values = uniform(array: array, count: shape.reduce(1, *))
    switch name {
    case "weight" where shape.count > 1:
      let bound = (6 / Double(shape.dropFirst().reduce(1, *))).squareRoot()
      return values.map { Float($0 * bound) }
    case "weight", "running_var": return values.map { Float(1 + $0 / 4) }
    case "bias" where bias > 0: return values.map { Float($0 + ($0 < 0 ? -bias : bias)) }
    default: return values.map { Float($0 / 8) }
    }
  }
}

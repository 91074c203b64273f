import Glibc

/// Weights that fade a frame in and out.
package enum Window {
  /// The periodic Hann window: ½ − ½ cos(2πk / count).
  package static func hann(_ count: Int) -> [Float] { doubleHann(count).map { Float($0) } }

  /// The same in double precision.
  package static func doubleHann(_ count: Int) -> [Double] {
    (0..<count).map { 0.5 - 0.5 * cos(2 * Double.pi * Double($0) / Double(count)) }
  }
}

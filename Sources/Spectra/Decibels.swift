import Glibc
import Matrices

/// Powers and amplitudes on the decibel scale.
package struct Decibels: Hashable, Sendable {
  /// What 0 dB is.
  package enum Reference: Hashable, Sendable {
    case value(Float)
    /// The largest element.
    case maximum
  }

  package var reference: Reference
  /// Powers below count as this; for amplitudes its root is taken.
  package var floor: Float
  /// How far below the largest element the smallest may lie, in decibels; nil for no bound.
  package var range: Float?

  package init(reference: Reference = .value(1), floor: Float = 1e-10, range: Float? = 80) {
    self.reference = reference
    self.floor = floor
    self.range = range
  }

  /// 10 log₁₀(power / reference).
  package func ofPower(_ power: Matrix) -> Matrix {
    var largest: Float = 0
    let elements = power.elements
    for index in elements.indices { largest = max(largest, elements[index]) }
    let reference =
      switch self.reference {
      case .value(let value): value
      case .maximum: largest
      }
    let offset = 10 * log10f(max(floor, reference))
    let top = 10 * log10f(max(floor, largest)) - offset
    let least = range.map { top - $0 } ?? -.infinity
    return power.map { max(10 * log10f(max(floor, $0)) - offset, least) }
  }

  /// 20 log₁₀(amplitude / reference).
  package func ofAmplitude(_ amplitude: Matrix) -> Matrix {
    var decibels = self
    if case .value(let value) = reference { decibels.reference = .value(value * value) }
    return decibels.ofPower(amplitude.map { $0 * $0 })
  }
}

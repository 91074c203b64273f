import ContentHashing
import Glibc

/// A reproducible stream of random numbers (xoshiro256**, Blackman and Vigna 2021).
///
/// The numbers for a seed are the same on every machine and with every version of the compiler.
public struct RandomStream: RandomNumberGenerator, Sendable {
  private var state: (UInt64, UInt64, UInt64, UInt64)
  private let origin: UInt64

  /// The stream of a seed.
  public init(seed: UInt64) {
    origin = seed
    // SplitMix64 spreads the seed over the state, as the generator's authors advise.
    var mixer = seed
    func next() -> UInt64 {
      mixer &+= 0x9E37_79B9_7F4A_7C15
      var z = mixer
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
    state = (next(), next(), next(), next())
  }

  /// The stream of a seed and a name; different names give independent streams.
  public init(seed: Int, _ name: String) {
    self.init(seed: ContentHash(of: "\(seed)/\(name)").low)
  }

  /// A stream of its own for a part of the work, whatever was drawn from this one.
  public func derived(_ part: Int) -> RandomStream {
    RandomStream(seed: ContentHash(of: "\(origin).\(part)").low)
  }

  /// The next 64 random bits.
  public mutating func next() -> UInt64 {
    func rotated(_ value: UInt64, _ by: UInt64) -> UInt64 { (value << by) | (value >> (64 - by)) }
    let result = rotated(state.1 &* 5, 7) &* 9
    let shifted = state.1 << 17
    state.2 ^= state.0
    state.3 ^= state.1
    state.1 ^= state.2
    state.0 ^= state.3
    state.2 ^= shifted
    state.3 = rotated(state.3, 45)
    return result
  }

  /// A number in 0..<1, uniform on the multiples of 2⁻⁵³.
  public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// A whole number in 0..<bound, uniform; `bound` is at least 1.
  public mutating func below(_ bound: Int) -> Int {
    precondition(bound > 0)
    let bound = UInt64(bound)
    while true {
      let (high, low) = bound.multipliedFullWidth(by: next())
      // The few low products that would favour some numbers are drawn again (Lemire 2019).
      if low >= bound || low >= (0 &- bound) % bound { return Int(high) }
    }
  }

  /// A number from the normal distribution with mean 0 and variance 1 (Box and Muller 1958).
  public mutating func normal() -> Double {
    let radius = (-2 * log(1 - uniform())).squareRoot()
    return radius * cos(2 * Double.pi * uniform())
  }

  /// Puts the elements into a random order (Fisher and Yates).
  public mutating func shuffle<Element>(_ elements: inout [Element]) {
    for index in stride(from: elements.count - 1, to: 0, by: -1) {
      elements.swapAt(index, below(index + 1))
    }
  }

  /// The numbers 0..<count in a random order.
  public mutating func permutation(_ count: Int) -> [Int] {
    var order = Array(0..<count)
    shuffle(&order)
    return order
  }
}

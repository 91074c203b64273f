import AudioFeatures

/// How far features lie from what is expected, column by column.
struct Deviations: CustomStringConvertible {
  /// The worst of a column, in units of what is allowed.
  private struct Worst {
    var share = 0.0
    var difference = 0.0
    var clip = ""
  }

  private var worst = [Worst](repeating: Worst(), count: PublishedFeatures.names.count)

  /// The difference that a column may have.
  ///
  /// One part in ten thousand, with these exceptions: the tempo must be the same; the means of the two
  /// separated waves are near zero, and so are some cepstral means, which are sums of large numbers of
  /// both signs in single precision.
  static func allowed(_ index: Int, _ expected: [Double]) -> Double {
    let name = PublishedFeatures.names[index]
    let relative = 1e-4 * abs(expected[index])
    switch name {
    case "tempo": return 0
    case "harmony_mean", "perceptr_mean": return 1e-7
    case _ where name.hasPrefix("mfcc") && name.hasSuffix("_mean"):
      let first = PublishedFeatures.names.firstIndex(of: "mfcc1_mean").map { expected[$0] } ?? 0
      return max(
        relative, cepstralRounding(first: first) + 1e-6 * expected[index + 1].squareRoot())
    default: return relative
    }
  }

  /// What single precision leaves of a cepstral coefficient, given the first.
  ///
  /// The decibels of a frame have half a unit in the last place of rounding here and another half in librosa.
  /// Their cosine transform is orthonormal: no coefficient gets more than the length of all these errors, which
  /// is that share of the length of the decibels. Most of that is in the first coefficient, unless
  /// their mean is near 0.
  static func cepstralRounding(first: Double) -> Double { 0x1p-23 * max(abs(first), 100) }

  mutating func add(_ values: [Double], expected: [Double], clip: String) {
    for (index, name) in PublishedFeatures.names.enumerated() {
      let absolute = abs(values[index] - expected[index])
      let allowed = Self.allowed(index, expected)
      let share = absolute == 0 ? 0 : absolute.isFinite ? absolute / allowed : .infinity
      guard share > worst[index].share else { continue }
      worst[index] = Worst(
        share: share,
        difference: absolute
          / (["harmony_mean", "perceptr_mean"].contains(name) ? 1 : abs(expected[index])),
        clip: clip)
    }
  }

  /// The columns in which more than allowed was found, and where.
  var excesses: [String] {
    zip(PublishedFeatures.names, worst).filter { $1.share > 1 }.map {
      "\($0): \($1.difference) in \($1.clip)"
    }
  }

  /// A line a column: the worst difference, relative but for the two means near zero.
  var description: String {
    zip(PublishedFeatures.names, worst).map { "\($0)\t\($1.difference)\t\($1.clip)" }
      .joined(separator: "\n")
  }
}

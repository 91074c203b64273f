import AudioFeatures
import FileSystem
import JSONText
import Testing

/// The signals of make_references.py: whole numbers divided by 65,536.
enum Signal: String {
  case noise, tones, beats, impulse, silence, constant, pause

  private static func noise(_ count: Int) -> [Int] {
    var state: UInt32 = 1
    return (0..<count).map { _ in
      state = state &* 1_664_525 &+ 1_013_904_223
      return Int(state >> 16) - 32_768
    }
  }

  private static func triangle(_ index: Int, _ step: Int) -> Int {
    abs(index * step % 65_536 - 32_768) * 2 - 32_768
  }

  /// Rounds down, as Python does.
  private static func divided(_ value: Int, _ divisor: Int) -> Int {
    (value >= 0 ? value : value - divisor + 1) / divisor
  }

  func samples(_ count: Int) -> [Float] {
    let noise = Self.noise(count)
    let whole = (0..<count).map { i in
      switch self {
      case .noise: return noise[i]
      case .tones:
        return Self.divided(5 * Self.triangle(i, 1308), 16)
          + Self.divided(3 * Self.triangle(i, 1960), 16) + Self.divided(noise[i], 64)
      case .beats:
        let fading = max(0, 256 - i % 11_025 / 16)
        let step = 823 + i / 22_050 * 90
        let held =
          Self.divided(Self.triangle(i, 653), 4) + Self.divided(Self.triangle(i, step), 8)
        return Self.divided(noise[i] * fading, 512) + held
      case .impulse: return i == count / 2 ? 32_768 : 0
      case .silence: return 0
      case .constant: return 8192
      case .pause:
        return i > count / 3 && i < 2 * count / 3
          ? 0 : Self.divided(Self.triangle(i, 1308), 4) + Self.divided(noise[i], 8)
      }
    }
    return whole.map { Float(Double($0) / 65_536) }
  }
}

/// One of librosa’s recorded answers.
struct Reference: CustomTestStringConvertible {
  var signal: Signal
  var samples: Int
  var settings: FeatureSettings
  var checksum: Int
  var features: [Double]

  var testDescription: String {
    "\(signal.rawValue), \(samples) samples, \(settings.mode.rawValue), "
      + "\(settings.sampleRate) Hz, \(settings.fftSize)/\(settings.hopLength)"
  }

  static func all(_ file: String = "features.json") throws -> [Reference] {
    let path = Path(#filePath).folder / "Fixtures" / file
    return try (JSONNode(parsing: path.readBytes()).elements ?? []).map { node in
      func integer(_ name: String) throws -> Int { try #require(node[name]?.integer) }
      let settings = FeatureSettings(
        mode: try #require(FeatureSettings.Mode(rawValue: node["mode"]?.string ?? "")),
        sampleRate: try integer("sampleRate"), fftSize: try integer("fftSize"),
        hopLength: try integer("hopLength"))
      return Reference(
        signal: try #require(Signal(rawValue: node["signal"]?.string ?? "")),
        samples: try integer("samples"), settings: settings, checksum: try integer("checksum"),
        features: (node["features"]?.elements ?? []).compactMap(\.number))
    }
  }
}

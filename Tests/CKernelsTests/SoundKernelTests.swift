import CKernels
import Glibc
import Testing

/// The kernels beside plain loops, on memory that is no longer than they ask for.
@Suite("Kernels for sound")
struct SoundKernelTests {
  /// Values of one kind each time: the same numbers in every process.
  enum Values: CaseIterable {
    case random, ties, rising, falling, denormal

    func list(_ count: Int) -> [Float] {
      var state: UInt32 = 1
      return (0..<count).map { index in
        state = state &* 1_664_525 &+ 1_013_904_223
        let share = Float(state >> 8) / Float(1 << 24)
        return switch self {
        case .random: share
        case .ties: (share * 3).rounded(.down)
        case .rising: Float(index)
        case .falling: Float(count - index)
        case .denormal: share * Float(bitPattern: 71_362)
        }
      }
    }
  }

  /// Lends out rows one after the other in memory.
  private static func withRows<Result>(
    _ values: [Float], columns: Int, _ body: ([UnsafePointer<Float>?]) -> Result
  ) -> Result {
    values.withUnsafeBufferPointer { buffer in
      body(
        stride(from: 0, to: buffer.count, by: columns).map { start in
          buffer.baseAddress.map { $0 + start }
        })
    }
  }

  private static func median(_ values: [Float]) -> Float {
    let sorted = values.sorted()
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }

  // Each check runs on the processor's path, and once more in a process on the portable one.

  private static func checkMediansOf31() {
    for kind in Values.allCases {
      for columns in [8, 16, 40] {
        let values = kind.list(46 * columns)
        var found = [Float](repeating: -1, count: 16 * columns)
        withRows(values, columns: columns) {
          kernels_medians_across_rows($0, columns, &found, columns)
        }
        for index in found.indices {
          let (row, column) = (index / columns, index % columns)
          let own = (row..<row + 31).map { values[$0 * columns + column] }
          #expect(found[index] == median(own), "\(kind), \(columns) columns, \(index)")
        }
      }
      for count in [16, 32, 112] {
        let values = kind.list(8 * (count + 30))
        var found = [Float](repeating: -1, count: 8 * count)
        kernels_medians_along_lanes(values, count, &found)
        for index in found.indices {
          let own = (0..<31).map { values[index + 8 * $0] }
          #expect(found[index] == median(own), "\(kind), \(count) values, \(index)")
        }
      }
    }
  }

  private static func checkMedians() {
    for kind in Values.allCases {
      for count in Array(1...20) + [31, 127, 128, 129, 255, 256] {
        let now = kind.list(count)
        let before = Values.random.list(count + 1).dropFirst().map { $0 * (now.last ?? 0) }
        #expect(kernels_median(now, count) == median(now), "\(kind), \(count)")
        let rises = zip(now, before).map { max(0, $0 - $1) }
        #expect(kernels_median_rise(now, before, count) == median(rises), "\(kind), \(count)")
      }
    }
  }

  private static func checkTurning() {
    for columns in [8, 16, 48] {
      let values = Values.random.list(8 * columns)
      var lanes = [Float](repeating: -1, count: 8 * columns)
      withRows(values, columns: columns) { kernels_rows_to_lanes($0, columns, &lanes) }
      for index in lanes.indices {
        #expect(lanes[index] == values[index % 8 * columns + index / 8])
      }
      var back = [Float](repeating: -1, count: 8 * columns)
      back.withUnsafeMutableBufferPointer { buffer in
        let rows = (0..<8).map { row in buffer.baseAddress.map { $0 + row * columns } }
        kernels_lanes_to_rows(lanes, columns, rows)
      }
      #expect(back == values)
    }
  }

  private static func checkMasks() {
    let odd: [Float] = [
      0, Float(bitPattern: 7), 1e-38, .leastNormalMagnitude, 2e-38, 1e-10, 1, 3, 1e20, 3e38,
    ]
    var pairs: [(Float, Float)] = [(1, 1), (2, 1), (0, 5), (5, 0)]
    for harmonic in odd { pairs += odd.map { (harmonic, $0) } }
    #expect(pairs.count % 8 == 0)
    var spectrum = (0..<2 * pairs.count).map { Float($0 % 7) - 3 }
    let before = spectrum
    kernels_mask_harmonic(pairs.map(\.0), pairs.map(\.1), pairs.count, &spectrum)
    for (index, pair) in pairs.enumerated() {
      let (h, p) = (Double(pair.0), Double(pair.1))
      let isTiny = max(pair.0, pair.1) < .leastNormalMagnitude
      let mask = isTiny ? 0.5 : h * h / (h * h + p * p)
      for part in [2 * index, 2 * index + 1] {
        #expect(abs(Double(spectrum[part]) - mask * Double(before[part])) < 1e-6, "\(pair)")
      }
    }
  }

  private static func checkDecibels() {
    let powers =
      (0..<800).map { Float(pow(10, -14 + 0.06 * Double($0))) } + [
        0, Float(bitPattern: 714), 1, 2, 10, 100, 1e-10, 3e38,
      ]
    var found = [Float](repeating: 0, count: powers.count)
    kernels_decibels(powers, powers.count, 1e-10, &found)
    for (power, decibels) in zip(powers, found) {
      let expected = 10 * log10(Double(max(power, 1e-10)))
      #expect(abs(Double(decibels) - expected) < 1e-5 + 2e-7 * abs(expected), "\(power)")
    }
  }

  /// One bin, fewer and more than the sums in single precision span.
  private static func checkShapes() {
    for bins in [1, 2, 31, 32, 33, 100] {
      let magnitudes = Values.random.list(8 * bins).enumerated().map { $0 % 8 == 5 ? 0 : $1 }
      var shapes = kernels_shapes()
      let lanes = UnsafeMutablePointer<Float>.aligned(magnitudes)
      kernels_spectral_shapes(lanes, bins, &shapes)
      lanes.deallocate()
      let (doubles, singles) = withUnsafeBytes(of: &shapes) { bytes in
        (
          Array(bytes[..<192].bindMemory(to: Double.self)),
          Array(bytes[192...].bindMemory(to: Float.self))
        )
      }
      for lane in 0..<8 {
        let own = (0..<bins).map { magnitudes[8 * $0 + lane] }
        let total = own.reduce(0) { $0 + Double($1) }
        let places = own.indices.map { Double($0) }
        let moment = zip(places, own).reduce(0) { $0 + $1.0 * Double($1.1) }
        let centre = total > 0 ? moment / total : 0
        let spread = zip(places, own).reduce(0) {
          $0 + Double($1.1) * ($1.0 - centre) * ($1.0 - centre)
        }
        var sum: Float = 0
        let sums = own.map { value -> Float in
          sum += value
          return sum
        }
        let least = 0.85 * sum
        let deviation = total > 0 ? (spread / total).squareRoot() : 0
        #expect(abs(doubles[lane] - centre) < 1e-9 * Double(bins))
        #expect(abs(doubles[8 + lane] - deviation) < 1e-5 * Double(bins))
        #expect(doubles[16 + lane] == Double(sums.count { $0 < least }))
        #expect(singles[lane] == own.max())
        let margin = (sums.map { abs($0 - least) }.min() ?? 0) / least
        #expect(total > 0 ? singles[8 + lane] == min(1, margin) : singles[8 + lane].isNaN)
      }
    }
  }

  private static func checkWaves() {
    for count in [0, 1, 7, 8, 9, 40] {
      let samples = Values.random.list(count)
      let weights = samples.indices.map { $0 % 3 == 0 ? 0 : Float($0) }
      let sums = samples.indices.map { $0 % 3 == 0 ? 0 : samples[$0] * samples[$0] }
      var harmonic = sums
      var moments = kernels_moments()
      kernels_separate(&harmonic, weights, samples, count, &moments)
      let own = samples.indices.map { weights[$0] > 0 ? sums[$0] / weights[$0] : 0 }
      let rest = samples.indices.map { weights[$0] > 0 ? samples[$0] - own[$0] : 0 }
      #expect(harmonic == own)
      func difference(_ found: Double, _ values: [Float], _ value: (Double) -> Double) -> Double {
        abs(found - values.reduce(0) { $0 + value(Double($1)) })
      }
      #expect(difference(moments.harmonic_sum, own) { $0 } < 1e-12)
      #expect(difference(moments.harmonic_squares, own) { $0 * $0 } < 1e-12)
      #expect(difference(moments.percussive_sum, rest) { $0 } < 1e-12)
      #expect(difference(moments.percussive_squares, rest) { $0 * $0 } < 1e-12)
      #expect(difference(kernels_sum_of_squares(samples, count), samples) { $0 * $0 } < 1e-12)

      let odd: [Float] = [-1, 1, 0, -0.0, -1e-11, 1e-11, -2e-10]
      let wave = samples.map { odd[Int($0 * 7)] } + [1]
      let changes = wave.indices.dropFirst().count {
        (wave[$0] < -1e-10) != (wave[$0 - 1] < -1e-10)
      }
      let found = wave.withUnsafeBufferPointer { buffer in
        buffer.baseAddress.map { kernels_sign_changes($0 + 1, count) }
      }
      #expect(found == changes)
    }
  }

  private static func checkPeaks() {
    for bins in [3, 4, 17, 18, 19, 60] {
      for kind in Values.allCases where kind != .denormal {
        let magnitudes = kind.list(bins)
        let least: Float = 0.04
        let expected = (1..<bins - 1).filter {
          let power = [magnitudes[$0 - 1], magnitudes[$0], magnitudes[$0 + 1]].map { $0 * $0 }
          return power[1] > least && power[1] > power[0] && power[1] >= power[2]
        }
        var peaks = [kernels_peak](repeating: kernels_peak(), count: (bins - 1) / 2)
        let count = kernels_spectral_peaks(magnitudes, 1, bins - 1, least, &peaks)
        #expect(peaks[..<count].map { Int($0.bin) } == expected, "\(kind), \(bins) bins")
        for peak in peaks[..<count] {
          // On a parabola through three points the summit is within half a bin of the highest.
          #expect(abs(peak.shift) <= 0.5)
          #expect(peak.height >= magnitudes[Int(peak.bin)] * magnitudes[Int(peak.bin)])
        }
      }
    }
  }

  private static func checkAll() {
    checkMediansOf31()
    checkMedians()
    checkTurning()
    checkMasks()
    checkDecibels()
    checkShapes()
    checkWaves()
    checkPeaks()
  }

  @Test("Medians of 31, along time and along frequency") func mediansOf31() {
    Self.checkMediansOf31()
  }
  @Test("Medians of any number") func medians() { Self.checkMedians() }
  @Test("Eight rows become lanes and rows again") func turning() { Self.checkTurning() }
  @Test("Masks of what is tiny, usual and huge") func masks() { Self.checkMasks() }
  @Test("Decibels") func decibels() { Self.checkDecibels() }
  @Test("Shapes of spectra") func shapes() { Self.checkShapes() }
  @Test("Waves, their moments and changes of sign") func waves() { Self.checkWaves() }
  @Test("Peaks") func peaks() { Self.checkPeaks() }

  @Test("The portable path does the same") func portable() async {
    await #expect(processExitsWith: .success) {
      setenv("EXPLORE_CPU_PATH", "portable", 1)
      #expect(String(cString: kernels_cpu_path()) == "portable")
      Self.checkAll()
    }
  }
}

extension UnsafeMutablePointer<Float> {
  /// A copy that starts where arrays of lanes must, to be deallocated.
  fileprivate static func aligned(_ values: [Float]) -> Self {
    let raw = UnsafeMutableRawPointer.allocate(byteCount: 4 * values.count, alignment: 32)
    let start = raw.bindMemory(to: Float.self, capacity: values.count)
    start.initialize(from: values, count: values.count)
    return start
  }
}

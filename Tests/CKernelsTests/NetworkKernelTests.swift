import CKernels
import Glibc
import Testing

/// The kernels of networks beside plain loops in double precision.
@Suite("Kernels for networks")
struct NetworkKernelTests {
  /// The same numbers in every process, between −1 and 1.
  private static func numbers(_ count: Int, _ seed: UInt32 = 1) -> [Float] {
    var state = seed
    return (0..<count).map { _ in
      state = state &* 1_664_525 &+ 1_013_904_223
      return Float(state >> 8) / Float(1 << 23) - 1
    }
  }

  // Each check runs on the processor's path, and once more in processes on the others.

  private static func checkProducts() {
    let shapes = [
      (1, 1, 1), (5, 7, 3), (6, 16, 9), (12, 32, 20), (13, 33, 57), (25, 47, 2), (11, 95, 31),
      (7, 8, 40),
    ]
    for (m, n, depth) in shapes {
      for isTurned in [false, true] {
        let a = numbers(m * depth)
        let b = numbers(depth * (n + 3), 2)
        var c = numbers(m * (n + 2), 3)
        let before = c
        let (row, column) = isTurned ? (1, m) : (depth, 1)
        kernels_gather_products(a, row, column, b, n + 3, &c, n + 2, m, n, depth, 1)
        for i in 0..<m {
          for j in 0..<n + 2 {
            var sum = Double(before[i * (n + 2) + j])
            if j < n {
              for k in 0..<depth {
                sum += Double(a[i * row + k * column]) * Double(b[k * (n + 3) + j])
              }
            }
            #expect(abs(Double(c[i * (n + 2) + j]) - sum) < 2e-6 * Double(depth))
          }
        }
      }
    }
  }

  private static func checkTransposition() {
    for (rows, columns) in [(1, 1), (8, 8), (17, 10), (32, 57), (9, 24)] {
      let x = numbers(rows * columns)
      var turned = [Float](repeating: 9, count: columns * rows)
      kernels_transpose(x, columns, &turned, rows, rows, columns)
      for r in 0..<rows {
        for c in 0..<columns { #expect(turned[c * rows + r] == x[r * columns + c]) }
      }
    }
  }

  private static func checkNorm() {
    for count in [1, 15, 16, 33, 8192, 20_000] {
      let g = numbers(count)
      let plain = g.reduce(0) { $0 + Double($1) * Double($1) }
      #expect(abs(kernels_squared_norm(g, count, 2) / plain - 1) < 1e-12)
    }
  }

  /// Philox 4 × 32, one number at a time.
  private static func philox(
    _ counter: [UInt32], _ key: [UInt32], rounds: Int
  ) -> [UInt32] {
    var (c, k) = (counter, key)
    for _ in 0..<rounds {
      let a = UInt64(c[0]) * 0xD251_1F53
      let b = UInt64(c[2]) * 0xCD9E_8D57
      c = [
        UInt32(b >> 32) ^ c[1] ^ k[0], UInt32(truncatingIfNeeded: b),
        UInt32(a >> 32) ^ c[3] ^ k[1], UInt32(truncatingIfNeeded: a),
      ]
      k = [k[0] &+ 0x9E37_79B9, k[1] &+ 0xBB67_AE85]
    }
    return c
  }

  private static func checkDropout() {
    // The authors' known answers.
    #expect(
      philox([0, 0, 0, 0], [0, 0], rounds: 10)
        == [0x6627_E8D5, 0xE169_C58D, 0xBC57_AC4C, 0x9B00_DBD8])
    #expect(
      philox([.max, .max, .max, .max], [.max, .max], rounds: 10)
        == [0x408F_276D, 0x41C8_3B0E, 0xA20B_C7C6, 0x6D54_51FD])
    let seed: UInt64 = 0x1234_5678_9ABC_DEF0
    for count in [1, 31, 32, 77, 20_001] {
      let x = numbers(count)
      var out = [Float](repeating: 9, count: count)
      kernels_dropout(x, &out, count, 0.3, seed, 5, 2)
      let limit = UInt32((0.3 * 65536).rounded())
      for index in 0..<count {
        let block = UInt32(index / 64 * 8 + index % 8)
        let word = philox([block, 0, 5, 0], [0x9ABC_DEF0, 0x1234_5678], rounds: 7)[index % 64 / 16]
        let half = index % 16 < 8 ? word & 0xFFFF : word >> 16
        let expected = half < limit ? 0 : x[index] * Float(1 / (1 - Double(limit) / 65536))
        #expect(out[index] == expected, "\(index)")
      }
    }
    let ones = [Float](repeating: 1, count: 100_000)
    var kept = ones
    kernels_dropout(ones, &kept, ones.count, 0.25, 7, 0, 1)
    let share = Double(kept.count { $0 != 0 }) / Double(ones.count)
    #expect(abs(share - 0.75) < 5 * (0.25 * 0.75 / 1e5).squareRoot())
    kernels_dropout(ones, &kept, ones.count, 0, 7, 0, 1)
    #expect(kept == ones)
  }

  private static func checkScaling() {
    for (groups, points, lanes) in [(3, 10, 1), (2, 5, 8), (2, 7, 16), (4, 3, 10)] {
      let (x, f) = (numbers(groups * points * lanes), numbers(groups * lanes, 2))
      var out = x
      kernels_scale_groups(x, f, &out, groups, points, lanes, 2)
      for index in x.indices {
        let (group, lane) = (index / (points * lanes), index % lanes)
        #expect(out[index] == x[index] * f[group * lanes + lane])
      }
    }
  }

  private static func checkNormalisation() {
    for (rows, channels) in [(2, 1), (32, 64), (7, 57), (33, 10), (300, 250)] {
      for rectifies in [false, true] {
        let (x, dy) = (numbers(rows * channels), numbers(rows * channels, 2))
        let (scale, shift) = (numbers(channels, 3), numbers(channels, 4))
        var (y, dx) = (x, x)
        var (mean, variance) = (scale, scale)
        var (scaleGradients, shiftGradients) = (scale, scale)
        x.withUnsafeBufferPointer { x in
          scale.withUnsafeBufferPointer { scale in
            shift.withUnsafeBufferPointer { shift in
              y.withUnsafeMutableBufferPointer { y in
                mean.withUnsafeMutableBufferPointer { mean in
                  variance.withUnsafeMutableBufferPointer { variance in
                    var layer = kernels_normalisation(
                      rows: rows, channels: channels, x: x.baseAddress, scale: scale.baseAddress,
                      shift: shift.baseAddress, y: y.baseAddress, mean: mean.baseAddress,
                      variance: variance.baseAddress, epsilon: 1e-3, finds_statistics: 1,
                      rectifies: rectifies ? 1 : 0)
                    kernels_normalise(&layer, 2)
                    kernels_normalise_back(
                      &layer, dy, &dx, &scaleGradients, &shiftGradients, 2)
                    let first = Array(y)
                    // Known statistics give the same.
                    layer.finds_statistics = 0
                    kernels_normalise(&layer, 1)
                    #expect(Array(y) == first)
                  }
                }
              }
            }
          }
        }
        for c in 0..<channels {
          let own = (0..<rows).map { Double(x[$0 * channels + c]) }
          let average = own.reduce(0, +) / Double(rows)
          let spread = own.reduce(0) { $0 + ($1 - average) * ($1 - average) } / Double(rows)
          #expect(abs(Double(mean[c]) - average) < 1e-7)
          #expect(abs(Double(variance[c]) / max(spread, 1e-30) - 1) < 1e-6)
          let inverse = 1 / (spread + 1e-3).squareRoot()
          let normal = own.map { ($0 - average) * inverse }
          let result = normal.map { $0 * Double(scale[c]) + Double(shift[c]) }
          let g = (0..<rows).map {
            rectifies && result[$0] <= 0 ? 0 : Double(dy[$0 * channels + c])
          }
          let sum = g.reduce(0, +)
          let products = zip(g, normal).reduce(0) { $0 + $1.0 * $1.1 }
          #expect(abs(Double(shiftGradients[c]) - sum) < 1e-5)
          #expect(abs(Double(scaleGradients[c]) - products) < 1e-4)
          for r in 0..<rows {
            let expected = rectifies ? max(result[r], 0) : result[r]
            #expect(abs(Double(y[r * channels + c]) - expected) < 2e-5)
            let gradient =
              Double(scale[c]) * inverse
              * (g[r] - sum / Double(rows) - normal[r] * products / Double(rows))
            #expect(abs(Double(dx[r * channels + c]) - gradient) < 1e-4)
          }
        }
      }
    }
  }

  private static func checkAll() {
    checkProducts()
    checkTransposition()
    checkNorm()
    checkDropout()
    checkScaling()
    checkNormalisation()
  }

  @Test("Small products") func products() { Self.checkProducts() }
  @Test("Rows become columns") func transposition() { Self.checkTransposition() }
  @Test("Sums of squares") func norm() { Self.checkNorm() }
  @Test("Dropout is Philox, and drops its share") func dropout() { Self.checkDropout() }
  @Test("Batches of vectors are normalised") func normalisation() { Self.checkNormalisation() }
  @Test("Channels are scaled in every layout") func scaling() { Self.checkScaling() }

  @Test("The portable path does the same") func portable() async {
    await #expect(processExitsWith: .success) {
      setenv("EXPLORE_CPU_PATH", "portable", 1)
      Self.checkAll()
    }
  }

  @Test("The path of 256 bits does the same") func narrow() async {
    await #expect(processExitsWith: .success) {
      setenv("EXPLORE_CPU_PATH", "avx2", 1)
      Self.checkAll()
    }
  }
}

import CKernels
import Glibc
import Testing

/// The kernels on rows beside plain loops: the order of the sums is written down here once more, so that
/// every path has to give these very bits, and the sums are compared with those in double precision.
@Suite("Kernels for rows")
struct RowKernelTests {
  /// The same numbers in every process, between −1 and 1.
  private static func numbers(_ count: Int, _ seed: UInt32 = 1) -> [Float] {
    var state = seed
    return (0..<count).map { _ in
      state = state &* 1_664_525 &+ 1_013_904_223
      return Float(state >> 8) / Float(1 << 23) - 1
    }
  }

  /// Whether the path fuses products and sums.
  private static var isFused: Bool { String(cString: kernels_cpu_path()) != "portable" }

  /// x · y + sum, as the path rounds it.
  private static func sum<Number: BinaryFloatingPoint>(
    _ sum: Number, adding x: Number, times y: Number
  ) -> Number {
    isFused ? sum.addingProduct(x, y) : sum + x * y
  }

  /// Eight running sums, folded in halves, then the last ones one by one.
  private static func product(_ x: [Float], _ y: [Float]) -> Float {
    var sums = [Float](repeating: 0, count: 8)
    let whole = x.count / 8 * 8
    for c in 0..<whole { sums[c % 8] = sum(sums[c % 8], adding: x[c], times: y[c]) }
    let even = (sums[0] + sums[4]) + (sums[2] + sums[6])
    let odd = (sums[1] + sums[5]) + (sums[3] + sums[7])
    return (whole..<x.count).reduce(even + odd) { sum($0, adding: x[$1], times: y[$1]) }
  }

  private static func checkPairs() {
    for k in Array(0...17) + [30, 57, 64, 257] {
      for (m, n) in [(1, 1), (1, 14), (3, 5), (4, 6), (5, 3), (8, 7), (9, 13), (14, 2)] {
        let (a, b) = (numbers(m * k), numbers(n * k, 2))
        var products = [Float](repeating: 9, count: m * n)
        var distances = products
        kernels_row_products(a, m, b, n, k, &products)
        kernels_squared_distances(a, m, b, n, k, &distances)
        for i in 0..<m {
          for j in 0..<n {
            let (x, y) = (Array(a[i * k..<(i + 1) * k]), Array(b[j * k..<(j + 1) * k]))
            let d = zip(x, y).map { $0 - $1 }
            let place = "\(m) × \(n) × \(k) at \(i), \(j)"
            #expect(products[i * n + j] == product(x, y), "\(place)")
            #expect(distances[i * n + j] == product(d, d), "\(place)")
            let terms = zip(x, y).map { Double($0) * Double($1) }
            let differences = zip(x, y).map { Double($0) - Double($1) }
            let square = differences.reduce(0) { $0 + $1 * $1 }
            // n roundings of sums and one of each term, a difference's counting twice.
            let unit = Double(k + 3) * 0x1p-24
            let size = terms.reduce(0) { $0 + abs($1) }
            #expect(abs(Double(products[i * n + j]) - terms.reduce(0, +)) <= unit * size)
            #expect(abs(Double(distances[i * n + j]) - square) <= unit * square)
          }
        }
      }
    }
  }

  /// Blocks of left rows end within a table.
  private static func checkBlocks() {
    let (m, k) = (43, 3000)
    let (a, b) = (numbers(m * k), numbers(k, 2))
    var products = [Float](repeating: 9, count: m)
    kernels_row_products(a, m, b, 1, k, &products)
    for i in 0..<m { #expect(products[i] == product(Array(a[i * k..<(i + 1) * k]), b)) }
  }

  private static func checkRowsWithin() {
    for count in Array(0...70) + [512, 1000] {
      let (squares, products) = (numbers(count), numbers(count, 2))
      for bound: Float in [-4, -2.5, -1, 0, 1, 4, .infinity] {
        let expected = (0..<count).filter { squares[$0] - 2 * products[$0] <= bound }
        // One more, which must stay as it is.
        var found = [UInt32](repeating: 77, count: count + 1)
        let within = kernels_rows_within(squares, products, bound, count, &found)
        #expect(found[..<within].map { Int($0) } == expected, "\(count), \(bound)")
        #expect(found[count] == 77)
      }
    }
    // Equal to the bound is within; what is no number is not.
    var found = [UInt32](repeating: 77, count: 3)
    #expect(kernels_rows_within([1, .nan, 3], [0, 0, 1], 1, 3, &found) == 2)
    #expect(found[..<2] == [0, 2])
  }

  private static func checkMoves() {
    for count in [8, 16, 24, 64, 400, 2000] {
      // Coarse numbers, so that some are equal.
      for steps: Float in [1, 0x1p20] {
        func coarse(_ seed: UInt32) -> [Float] {
          numbers(count, seed).map { ($0 * steps).rounded() / steps }
        }
        let start = coarse(1).map(Double.init)
        let (first, second, chance) = (coarse(2), coarse(3), numbers(count, 4))
        for share: Float in [-2, 0, 2] {
          let growth = chance.map { $0 < share ? -Float.infinity : 0 }
          var values = start
          let found = kernels_smo_move(&values, growth, first, second, 0.3, count)
          let moved = start.indices.map {
            sum(start[$0], adding: -0.3, times: Double(first[$0]) - Double(second[$0]))
          }
          #expect(values == moved)
          let free = moved.indices.filter { growth[$0] == 0 }
          let highest = free.map { moved[$0] }.max() ?? -.infinity
          #expect(found.value == highest)
          #expect(Int(found.place) == free.last { moved[$0] == highest } ?? -1)
        }
      }
    }
  }

  /// The best partner of each of four sequences, then of the four.
  private static func partner(
    _ values: [Double], _ row: [Float], _ diagonal: [Float], own: Double, highest: Double
  ) -> Int {
    typealias Best = (gain: Double, curvature: Double, place: Int)
    var best = [Best](repeating: (0, 1, -1), count: 4)
    for t in values.indices {
      let difference = max(highest - values[t], 0)
      let raw = own + Double(diagonal[t]) - 2 * Double(row[t])
      let (gain, curvature) = (difference * difference, raw > 0 ? raw : 1e-12)
      let (known, other) = (gain * best[t % 4].curvature, best[t % 4].gain * curvature)
      if gain > 0, known >= other { best[t % 4] = (gain, curvature, t) }
    }
    return best.dropFirst().reduce(best[0]) {
      let (new, old) = ($1.gain * $0.curvature, $0.gain * $1.curvature)
      return new > old || (new == old && $1.place > $0.place) ? $1 : $0
    }.place
  }

  private static func checkPartners() {
    for count in [8, 16, 24, 64, 400, 2000] {
      for steps: Float in [1, 4, 0x1p20] {
        func coarse(_ seed: UInt32) -> [Float] {
          numbers(count, seed).map { ($0 * steps).rounded() / steps }
        }
        let values = coarse(1).map(Double.init)
        let (row, chance) = (coarse(2), numbers(count, 3))
        let diagonal = numbers(count, 4).map { 1.2 + $0 / 2 }
        for share: Float in [-2, 0, 2] {
          let shrinkage = chance.map { $0 < share ? Float.infinity : 0 }
          let shrinking = zip(values, shrinkage).map { $0 + Double($1) }
          for highest in [-2, 0.3, 1] {
            let found = kernels_smo_partner(
              values, shrinkage, row, diagonal, 0.9, highest, count)
            #expect(found.value == shrinking.min())
            #expect(
              Int(found.place)
                == partner(shrinking, row, diagonal, own: 0.9, highest: highest),
              "\(count), \(steps), \(share), \(highest)")
          }
        }
      }
    }
  }

  private static func checkAll() {
    checkPairs()
    checkBlocks()
    checkRowsWithin()
    checkMoves()
    checkPartners()
  }

  @Test("Products and distances of rows") func pairs() { Self.checkPairs() }
  @Test("Blocks of long rows") func blocks() { Self.checkBlocks() }
  @Test("Rows within a bound") func rowsWithin() { Self.checkRowsWithin() }
  @Test("Moves along a pair") func moves() { Self.checkMoves() }
  @Test("The best partner") func partners() { Self.checkPartners() }

  // What a processor lacks cannot be forced: it then takes the next narrower path.

  @Test("The portable path gives the bits of its order") func portable() async {
    await #expect(processExitsWith: .success) {
      setenv("EXPLORE_CPU_PATH", "portable", 1)
      Self.checkAll()
    }
  }

  @Test("The path of 256 bits gives the same bits") func narrow() async {
    await #expect(processExitsWith: .success) {
      setenv("EXPLORE_CPU_PATH", "avx2", 1)
      Self.checkAll()
    }
  }
}

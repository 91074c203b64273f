import Glibc
import Learning
import Matrices
import NeuralNetworks
import ProgramSupport
import Testing

@Suite struct OneDNNNetworkTests {
  static let adam = Optimiser.adam(beta1: 0.9, beta2: 0.999, epsilon: 1e-8)

  func compiled(
    _ network: Network, batch: Int, optimiser: Optimiser? = adam, threads: Int = 1,
    seed: UInt64 = 1
  ) throws -> any CompiledNetwork {
    try OneDNNExecutor().compile(
      network, NetworkState(startOf: network, .pytorch, random: RandomStream(seed: seed)),
      CompilationOptions(batch: batch, optimiser: optimiser, threads: threads))
  }

  func numbers(_ count: Int, seed: UInt64 = 3) -> [Float] {
    var random = RandomStream(seed: seed)
    return (0..<count).map { _ in Float(random.normal()) }
  }

  /// A convolutional network with everything that could mix rows: 3 × 11 × 9 pixels and 4 features.
  func mixedNetwork() throws -> Network {
    let input = NetworkInput(
      RowLayout(picture: PictureShape(channels: 3, height: 20, width: 18), features: 4))
    let features = try #require(try input.features())
    let picture = try input.picture().convolution(32, padding: 1).relu().batchNormalisation()
      .dropout(0.2, of: .channels)
    return try Network(
      to: residualBlock(residualBlock(picture, 32, stride: 1), 48, stride: 2).maxPooling(2)
        .convolution(17, padding: 1).batchNormalisation().flattened().concatenated(with: features)
        .dense(40).batchNormalisation().relu().dropout(0.3).dense(5))
  }

  let columns = 3 * 20 * 18 + 4

  func train(_ network: any CompiledNetwork, steps: Int, batch: Int, clip: Double? = nil) throws {
    for step in 1...steps {
      let rows = numbers(batch * columns, seed: UInt64(step))
      let scores = try network.forward(rows, count: batch, training: UInt64(step))
      let gradients = (0..<batch * 5).map { scores[$0] / Float(batch) }
      try network.backward(
        gradients, OptimiserStep(optimiser: Self.adam, number: step, rate: 1e-3, clipNorm: clip))
    }
  }

  @Test(arguments: [1, 2])
  func aRowsScoresAreTheSameBitsInAnyPlaceOfAnyBatch(_ threads: Int) throws {
    let network = try mixedNetwork()
    let compiled = try compiled(network, batch: 6, threads: threads)
    try train(compiled, steps: 2, batch: 6)
    let rows = numbers(14 * columns)
    let all = try compiled.forward(rows, count: 14, training: nil)
    let expected = (0..<14 * 5).map { all[$0] }
    for (first, count) in [(0, 1), (3, 6), (5, 4), (13, 1), (1, 13)] {
      let part = Array(rows[first * columns..<(first + count) * columns])
      let scores = try compiled.forward(part, count: count, training: nil)
      #expect(
        (0..<count * 5).map { scores[$0] } == Array(expected[first * 5..<(first + count) * 5]))
    }
  }

  @Test func aSmallerBatchTrainsAsIfCompiledForIt() throws {
    let network = try mixedNetwork()
    let rows = numbers(4 * columns)
    let given = numbers(4 * 5)
    let direct = try compiled(network, batch: 4)
    let other = try compiled(network, batch: 7)
    try train(direct, steps: 1, batch: 7)
    try train(other, steps: 1, batch: 7)
    var found: [(parameters: [ShapedArray], rows: Matrix)] = []
    for network in [direct, other] {
      _ = try network.forward(rows, count: 4, training: 9)
      found.append(try network.gradients(given))
    }
    for (left, right) in zip(found[0].parameters, found[1].parameters) {
      let largest = elements(left).map(abs).max() ?? 0
      for (a, b) in zip(elements(left), elements(right)) {
        #expect(abs(a - b) <= 2e-3 * largest + 1e-6)
      }
    }
  }

  @Test(.enabled(if: Processor.hasAVX2)) func theInstructionsOfBothLibrariesAreSaid() async {
    await #expect(processExitsWith: .success) {
      setenv("EXPLORE_CPU_PATH", "portable", 1)
      #expect(SmallPerceptron.ownArithmetic == "networks portable, oneDNN sse4.1")
    }
    await #expect(processExitsWith: .success) {
      setenv("EXPLORE_CPU_PATH", "avx2", 1)
      #expect(SmallPerceptron.ownArithmetic == "networks avx2, oneDNN avx2")
    }
  }

  @Test func normalisationNotesStatisticsAsPyTorchDoes() throws {
    let network = try Network(to: vector(2).batchNormalisation())
    let compiled = try compiled(network, batch: 3)
    _ = try compiled.forward([1, 10, 2, 10, 6, 40], count: 3, training: 1)
    var state = compiled.state().arrays.map(elements)
    // Means 3 and 20, unbiased variances 7 and 300, a tenth of which replaces 0 and 1.
    #expect(state[2] == [0.3, 2])
    #expect(abs(state[3][0] - 1.6) < 1e-5 && abs(state[3][1] - 30.9) < 1e-4)
    _ = try compiled.forward([1, 10, 2, 10, 6, 40], count: 3, training: nil)
    let after = compiled.state().arrays.map(elements)
    #expect(after == state)
    let scores = try compiled.forward([0.3, 2], count: 1, training: nil)
    #expect(abs(scores[0]) < 1e-6 && abs(scores[1]) < 1e-6)

    state = compiled.state().arrays.map(elements)
    #expect(after == state)
  }

  @Test func droppedNumbersAreThoseOfTheRate() throws {
    let network = try Network(to: vector(1000).dropout(0.25))
    let compiled = try compiled(network, batch: 20)
    let ones = [Float](repeating: 1, count: 20_000)
    let scores = try compiled.forward(ones, count: 20, training: 5)
    let first = (0..<20_000).map { scores[$0] }
    #expect(Set(first) == [0, Float(1 / 0.75)])
    let dropped = Double(first.count { $0 == 0 }) / 20_000
    #expect(abs(dropped - 0.25) < 0.0125)
    // What was dropped has no gradient.
    let gradients = try compiled.gradients(ones)
    #expect((0..<20).flatMap { gradients.rows.rowElements($0) } == first)
    let again = try compiled.forward(ones, count: 20, training: 5)
    #expect((0..<20_000).map { again[$0] } == first)
    let other = try compiled.forward(ones, count: 20, training: 6)
    #expect((0..<20_000).map { other[$0] } != first)
    let predicted = try compiled.forward(ones, count: 20, training: nil)
    #expect((0..<20_000).map { predicted[$0] } == ones)
  }

  @Test func droppedChannelsAndRowsAreDroppedAsAWhole() throws {
    let channels = try compiled(
      Network(to: picture(17, 4, 4).dropout(0.5, of: .channels).flattened()), batch: 8)
    let ones = [Float](repeating: 1, count: 8 * 17 * 16)
    var scores = try channels.forward(ones, count: 8, training: 1)
    var kept = 0
    for group in 0..<8 * 17 {
      let values = Set((0..<16).map { scores[group * 16 + $0] })
      #expect(values == [0] || values == [2])
      if values == [2] { kept += 1 }
    }
    #expect((40...96).contains(kept))
    let rows = try compiled(Network(to: vector(30).dropout(0.5, of: .samples)), batch: 64)
    scores = try rows.forward([Float](repeating: 1, count: 64 * 30), count: 64, training: 1)
    kept = 0
    for row in 0..<64 {
      let values = Set((0..<30).map { scores[row * 30 + $0] })
      #expect(values == [0] || values == [2])
      if values == [2] { kept += 1 }
    }
    #expect((16...48).contains(kept))
  }

  @Test func whatIsLoadedIsWhatWasTaken() throws {
    let network = try mixedNetwork()
    let one = try compiled(network, batch: 5)
    try train(one, steps: 3, batch: 5)
    let (state, moments) = (one.state(), one.optimiserState())
    #expect(moments.count == 2)
    let other = try compiled(network, batch: 5, seed: 2)
    #expect(other.state() != state)
    other.load(state)
    other.load(optimiserState: moments)
    #expect(other.state() == state)
    #expect(other.optimiserState() == moments)
    for network in [one, other] {
      let rows = numbers(5 * columns)
      let scores = try network.forward(rows, count: 5, training: 4)
      try network.backward(
        (0..<25).map { scores[$0] }, OptimiserStep(optimiser: Self.adam, number: 4, rate: 1e-3))
    }
    #expect(one.state() == other.state())
  }

  /// In whatever order they are kept.
  @Test func arraysThatAreLentAreThoseThatAreCopied() throws {
    let compiled = try compiled(try mixedNetwork(), batch: 4)
    try train(compiled, steps: 2, batch: 4)
    let copied = ([compiled.state()] + compiled.optimiserState()).map(\.arrays)
    let lent = compiled.lentArrays()
    #expect(lent.map { $0.map(\.shape) } == copied.map { $0.map(\.shape) })
    for (array, expected) in zip(lent.joined(), copied.joined()) {
      let isSame = array.withBytes { own in
        expected.values.withBytes { own.elementsEqual($0) }
      }
      #expect(isSame)
    }
  }

  @Test(arguments: [1, 2]) func theSameSeedGivesTheSameBits(_ threads: Int) throws {
    let network = try mixedNetwork()
    let states = try (0..<2).map { _ in
      let compiled = try compiled(network, batch: 5, threads: threads)
      try train(compiled, steps: 3, batch: 5)
      return compiled.state()
    }
    #expect(states[0] == states[1])
  }

  @Test func clippingShortensAllGradientsTogether() throws {
    let network = try mixedNetwork()
    let free = try compiled(network, batch: 5)
    let wide = try compiled(network, batch: 5)
    try train(free, steps: 2, batch: 5)
    try train(wide, steps: 2, batch: 5, clip: 1e6)
    #expect(free.state() == wide.state())

    let small = try Network(to: vector(3).dense(2))
    let one = try compiled(small, batch: 2, optimiser: .sgd(momentum: 0))
    let before = one.state()
    let rows: [Float] = [1, 2, 3, 4, 5, 6]
    _ = try one.forward(rows, count: 2, training: 1)
    let gradients = try one.gradients([1, 2, 3, 4]).parameters.map(elements)
    _ = try one.forward(rows, count: 2, training: 1)
    try one.backward(
      [1, 2, 3, 4],
      OptimiserStep(optimiser: .sgd(momentum: 0), number: 1, rate: 1, clipNorm: 0.5))
    let norm = gradients.joined().reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
    for (index, array) in one.state().arrays.enumerated() {
      for (place, value) in elements(array).enumerated() {
        let expected =
          Double(elements(before.arrays[index])[place])
          - Double(gradients[index][place]) * 0.5 / norm
        #expect(abs(Double(value) - expected) < 1e-5)
      }
    }
  }

  @Test func theMemoryIsKnownBeforeItIsTaken() throws {
    let network = try mixedNetwork()
    for optimiser in [Self.adam, nil] {
      let options = CompilationOptions(batch: 5, optimiser: optimiser, threads: 1)
      let compiled = try compiled(network, batch: 5, optimiser: optimiser)
      #expect(Double(compiled.bytes) == OneDNNExecutor().bytes(for: network, options))
    }
  }

  @Test func whatCannotBeHadIsRefusedWithItsSize() throws {
    let network = try Network(
      to: picture(1, 1024, 1024).convolution(64, padding: 1).globalAveragePooling().dense(2))
    let error = try #require(throws: FitError.self) {
      // 2¹⁹ rows × 2²⁰ pixels × 64 channels × 4 bytes are more than any address.
      try compiled(network, batch: 1 << 19)
    }
    #expect(error.description.contains("cannot be had"))
  }

  @Test func aBackwardPassNeedsAForwardPassForTraining() throws {
    let compiled = try compiled(Network(to: vector(3).dense(2)), batch: 2)
    _ = try compiled.forward([1, 2, 3], count: 1, training: nil)
    #expect(throws: FitError.self) {
      try compiled.backward([0, 0], OptimiserStep(optimiser: Self.adam, number: 1, rate: 1))
    }
  }
}

import FileSystem
import Glibc
import JSONText
import Learning
import Matrices
import NeuralModels
import NeuralNetworks
import ProgramSupport

/// One training step of each network, forward, backward and Adam, on made-up rows of the right shape.
struct NetworkSpeed {
  private struct Workload {
    /// The name, also in the peer's script.
    var name: String
    var model: any NetworkModel
    var layout: RowLayout
    var batch: Int
    /// Steps that are timed, after two that are not.
    var steps = 5
  }

  var threads: Int
  var peers: (python: Path, scripts: Path)?

  /// With the shapes, batches and shares of dropout of the peer's.
  private static let workloads: [Workload] = {
    var cnn = ConvolutionalNetwork()
    cnn.pooling = .flatten
    cnn.dropout = 0.25
    var miniVGG = MiniVGG()
    miniVGG.headDropout = 0.5
    func grey(_ height: Int, _ width: Int) -> RowLayout {
      RowLayout(picture: PictureShape(height: height, width: width), features: 0)
    }
    return [
      Workload(
        name: "mlp", model: MultilayerPerceptron(), layout: RowLayout(features: 58), batch: 32,
        steps: 200),
      Workload(name: "cnn", model: cnn, layout: grey(128, 128), batch: 32),
      Workload(name: "mini-vgg", model: miniVGG, layout: grey(480, 640), batch: 2),
      Workload(name: "resnet34", model: ResidualNetwork(), layout: grey(512, 512), batch: 8),
      Workload(
        name: "resnet34-small", model: ResidualNetwork(), layout: grey(128, 128), batch: 32),
    ]
  }()

  var benchmarks: [Benchmark] {
    Self.workloads.map { workload in
      Benchmark(
        name: "network/\(workload.name)",
        summary: "a training step on \(workload.batch) rows of \(workload.layout)"
      ) { try measure(workload, repetitions: $0) }
    }
  }

  /// Ours and the peer's in turn, each in a process of its own, whose peak memory is its alone.
  private func measure(_ workload: Workload, repetitions: Int) throws -> [Measurement] {
    let all = try (0..<repetitions).map { _ in [try runAlone(workload)] + (try peer(workload)) }
    var joined = medians(all)
    for index in joined.indices {
      let least = all.compactMap { $0[index].details["ms_min"]?.number }.min()
      joined[index].details["ms_min"] = least.map { JSONNode($0) }
    }
    return joined + comparison(workload, joined)
  }

  private func runAlone(_ workload: Workload) throws -> Measurement {
    let result = try ProcessTree(program: Program("benchmarks")).run(
      ["--threads", "\(threads)", "--here", "network/\(workload.name)"],
      environment: environment)
    guard result.program.code == 0 else {
      throw BenchmarkError(description: result.program.errors)
    }
    return Measurement(line: try JSONNode(parsing: result.program.output))
  }

  private var environment: [String: String] {
    ["OMP_NUM_THREADS": "\(threads)", "OPENBLAS_NUM_THREADS": "1"]
  }

  /// PyTorch's step in each of its layouts.
  private func peer(_ workload: Workload) throws -> [Measurement] {
    guard let peers else { return [] }
    let result = try Program(at: peers.python).run(
      [
        (peers.scripts / "torch_networks.py").string, "--only", workload.name, "--threads",
        "\(threads)",
      ])
    guard result.code == 0, !result.output.isEmpty else {
      throw BenchmarkError(description: "peer/torch/\(workload.name): \(result.errors)")
    }
    return try result.output.split(separator: "\n").map { line in
      let node = try JSONNode(parsing: String(line))
      var measurement = Measurement(line: node)
      measurement.name = "peer/torch/\(workload.name)/\(node["layout"]?.string ?? "-")"
      return measurement
    }
  }

  /// How many times faster than the better of the peer's layouts, and how much smaller.
  private func comparison(_ workload: Workload, _ measured: [Measurement]) -> [Measurement] {
    let peers = measured.dropFirst().compactMap { peer in peer.milliseconds.map { ($0, peer) } }
    guard let own = measured.first, let time = own.milliseconds,
      let (best, peer) = peers.min(by: { $0.0 < $1.0 })
    else { return [] }
    var comparison = Measurement(name: "network/\(workload.name)/beside-the-peer")
    comparison.repetitions = own.repetitions
    comparison.details = ["times_faster": JSONNode((best / time * 100).rounded() / 100)]
    if let ours = own.megabytes, let theirs = peer.megabytes {
      comparison.details["megabytes_less"] = JSONNode((theirs - ours).rounded())
    }
    return [comparison]
  }

  /// Measures in this process.
  func measure(_ name: String) throws -> Measurement {
    guard let workload = Self.workloads.first(where: { "network/\($0.name)" == name }) else {
      throw BenchmarkError(description: "no benchmark is called “\(name)”")
    }
    let network = try workload.model.network(for: workload.layout, classes: 10)
    let random = RandomStream(seed: 1)
    let optimiser = Optimiser.adam(beta1: 0.9, beta2: 0.999, epsilon: 1e-8)
    let compiled = try OneDNNExecutor().compile(
      network, NetworkState(startOf: network, .he, random: random),
      CompilationOptions(batch: workload.batch, optimiser: optimiser, threads: threads))
    var stream = random.derived(1)
    let rows = (0..<workload.batch * workload.layout.columns).map { _ in Float(stream.normal()) }
    let labels = (0..<workload.batch).map { _ in stream.below(10) }
    var loss = BatchLoss(classes: 10)
    let times = try (0..<workload.steps + 2).map { index in
      let start = ContinuousClock.now
      let scores = try compiled.forward(rows, count: workload.batch, training: UInt64(index))
      _ = loss.evaluate(scores, labels: labels, weights: nil)
      try compiled.backward(
        loss.gradient, OptimiserStep(optimiser: optimiser, number: index + 1, rate: 1e-3))
      return start.secondsAgo * 1e3
    }.dropFirst(2)

    var measurement = Measurement(name: name)
    measurement.milliseconds = median(Array(times)).map { ($0 * 1e3).rounded() / 1e3 }
    measurement.megabytes = peakMegabytes
    let operations = network.stepOperations * Double(workload.batch)
    let rate = operations / 1e6 / (measurement.milliseconds ?? 0)
    let shape = workload.layout.picture.map { [$0.channels, $0.height, $0.width] }
    measurement.details = [
      "parameters": JSONNode(network.parameterCount), "batch": JSONNode(workload.batch),
      "shape": JSONNode(
        ([workload.batch] + (shape ?? [workload.layout.features])).map { JSONNode($0) }),
      "threads": JSONNode(threads),
      "ms_min": JSONNode(((times.min() ?? 0) * 1e3).rounded() / 1e3),
      "gflop": JSONNode((operations / 1e6).rounded() / 1e3),
      "gflops": JSONNode((rate * 10).rounded() / 10),
      "share_of_peak": JSONNode((rate / (Self.peak * Double(threads)) * 1e3).rounded() / 1e3),
    ]
    return measurement
  }

  /// The matrix products of one core of the machine that the targets are for, in 10⁹ operations a second:
  /// 181 on two.
  private static let peak = 90.5

  /// As the peer measures it.
  private var peakMegabytes: Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return Double(usage.ru_maxrss / 1024)
  }
}

extension Network {
  /// Multiplications and additions of a training step on one row, those of weights alone: forward, by the
  /// weights, and by what comes in unless that is the input.
  fileprivate var stepOperations: Double {
    nodes.reduce(0) { sum, node in
      guard node.layer is Convolution || node.layer is Dense else { return sum }
      let isFirst = node.inputs.allSatisfy { nodes[$0].layer is Input }
      let forward = node.layer.operations(for: node.inputs.map { nodes[$0].shape })
      return sum + (isFirst ? 2 : 3) * forward
    }
  }
}

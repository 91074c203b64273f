import ClassicalModels
import ExploreCommands
import FileSystem
import Glibc
import JSONText
import Learning
import Matrices
import ProgramSupport
import TextFormatting

/// How time and memory of a model or transformation, with its defaults, grow with a made-up table.
struct Scale {
  enum Axis: String, CaseIterable {
    case rows, columns

    /// 50 columns while rows grow, 2000 rows while columns do.
    var shapes: [(rows: Int, columns: Int)] {
      switch self {
      case .rows: [1_000, 10_000, 100_000, 1_000_000].map { ($0, 50) }
      case .columns: [10, 100, 1_000, 10_000].map { (2_000, $0) }
      }
    }

    func size(_ shape: (rows: Int, columns: Int)) -> Int {
      self == .rows ? shape.rows : shape.columns
    }
  }

  /// A run that needs more of either is not finished.
  static let mostSeconds = 120.0
  static let mostBytes = 8e9
  private static let classCount = 5
  /// As many rows are predicted, or all where there are fewer.
  private static let predictedRows = 10_000

  let registry: Registry

  /// Names such as `model/forest/rows`.
  var benchmarks: [Benchmark] {
    let components =
      registry.models.map { ("model", $0.name) }
      + registry.transformations.map { ("transformation", $0.name) }
    return components.flatMap { kind, name in
      Axis.allCases.map { axis in
        let title = "\(kind)/\(name)/\(axis.rawValue)"
        return Benchmark(name: title, summary: "time and memory against \(axis.rawValue)") { _ in
          try axis.shapes.map { try Self.measureApart("\(title)/\(axis.size($0))") }
        }
      }
    }
  }

  /// Measures in a process of its own, so that its memory is that of this measurement alone.
  private static func measureApart(_ name: String) throws -> Measurement {
    var measurement = Measurement(name: name)
    let result = try ProcessTree(program: Program("benchmarks"), limit: mostSeconds)
      .run(["--here", name])
    if result.program.code == -SIGKILL {
      measurement.remark = "not finished after \(duration(seconds: mostSeconds))"
    } else if result.program.code != 0 {
      measurement.remark = result.program.errors
    } else {
      let node = try JSONNode(parsing: result.program.output)
      measurement.seconds = node["seconds"]?.number
      measurement.megabytes = Double(result.peakBytes) / 1e6
      measurement.remark = node["remark"]?.string
    }
    return measurement
  }

  /// Measures in this process.
  func measure(_ name: String) throws -> Measurement {
    let parts = name.split(separator: "/").map(String.init)
    guard parts.count == 4, let axis = Axis(rawValue: parts[2]), let size = Int(parts[3]),
      let shape = axis.shapes.first(where: { axis.size($0) == size })
    else { throw BenchmarkError(description: "no benchmark is called “\(name)”") }
    ArithmeticPath.useOneThread()
    let samples = Self.samples(rows: shape.rows, columns: shape.columns)
    var measurement = Measurement(name: name)
    func tooLarge(_ cost: Cost) -> Bool {
      guard cost.bytes > Self.mostBytes else { return false }
      measurement.remark = "would need about \(byteCount(cost.bytes))"
      return true
    }
    let context = FitContext(random: RandomStream(seed: 1))
    if parts[0] == "model", let type = registry.model(named: parts[1]) {
      func run<Kind: Model>(_ type: Kind.Type) throws {
        let model = Kind()
        guard !tooLarge(model.cost(for: samples.shape)) else { return }
        let start = ContinuousClock.now
        let fitted = try model.fit(samples, in: context)
        let rows = samples.features.rows(0..<min(samples.count, Self.predictedRows))
        _ = try fitted.predictions(for: rows)
        measurement.seconds = start.secondsAgo
      }
      try run(type)
    } else if let type = registry.transformation(named: parts[1]) {
      func run<Kind: Transformation>(_ type: Kind.Type) throws {
        let transformation = Kind()
        var cost = transformation.cost(for: samples.shape)
        let columns = transformation.columns(from: samples.shape)
        cost.bytes += 4 * Double(columns) * Double(samples.count)
        guard !tooLarge(cost) else { return }
        let start = ContinuousClock.now
        _ = try transformation.fit(samples, in: context).transform(samples.features)
        measurement.seconds = start.secondsAgo
      }
      try run(type)
    }
    return measurement
  }

  /// Classes whose rows lie around different centres, in a tenth of the columns.
  private static func samples(rows: Int, columns: Int) -> Samples {
    var random = RandomStream(seed: 7)
    let labels = (0..<rows).map { _ in random.below(classCount) }
    let features = Matrix(rows: rows, columns: columns) { row, span in
      for column in 0..<columns {
        let isInformative = column % 10 == labels[row] % 10
        span[column] = Float(random.normal()) + (isInformative ? 1 : 0)
      }
    }
    return Samples(features: features, labels: labels, classCount: classCount)
  }
}

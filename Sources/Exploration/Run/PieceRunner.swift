import FileSystem
import JSONText
import Learning
import Matrices

/// Does pieces of work on one input's rows: what a worker calls.
struct PieceRunner: Sendable {
  let plan: Plan
  let input: Plan.Input
  let registry: Registry
  let work: WorkList
  let cache: Cache
  let folder: RunFolder
  /// The input's features.
  let features: Matrix
  /// When the coordinator will stop the current piece.
  var deadline: ContinuousClock.Instant?
  /// Is told the share of the current fit that is done.
  var onProgress: @Sendable (Double) -> Void = { _ in }

  // MARK: Preparations

  /// A fitted chain with its rows, from the cache or made and kept there.
  func prepared(_ index: Int) throws -> Cache.Prepared {
    let piece = work.preparations[index]
    if let known = cache.preparation(piece.key, registry: registry) { return known }
    let prepared = try prepare(piece)
    // Without room in the cache the work is done again where it is needed.
    try? cache.store(prepared, key: piece.key, registry: registry)
    return prepared
  }

  private func prepare(_ piece: WorkList.PreparationPiece) throws -> Cache.Prepared {
    let start = ContinuousClock.now
    let log = FitLog(onProgress: onProgress)
    let context = FitContext(
      random: RandomStream(seed: plan.seed, piece.stream), deadline: deadline, log: log)
    let training = Samples(
      features: features.gathering(rows: piece.training),
      labels: piece.training.map { input.data.labels[$0] }, classCount: plan.classes.count,
      units: units(of: piece.training))
    let (fitted, trainingRows) = try preparation(piece).fit(
      training, columns: input.data.columns, in: context)
    let others = fitted.transform(features.gathering(rows: piece.others))
    guard others.isFinite else {
      throw FitError.failed("the transformation gave values beyond single precision")
    }
    return Cache.Prepared(
      fitted: fitted, rows: trainingRows.appending(others), seconds: start.secondsAgo,
      notes: log.notes)
  }

  private func preparation(_ piece: WorkList.PreparationPiece) throws -> Preparation {
    let stages =
      [plan.scaling] + plan.transformations[piece.transformation].variants[piece.variant].stages
    return Preparation(
      fillsMissing: input.data.missing == "median",
      stages: try stages.map { stage in
        func make<Kind: Transformation>(_ type: Kind.Type) throws -> any Transformation {
          try Kind(settings: stage.settings)
        }
        guard let type = registry.transformation(named: stage.name) else {
          throw FitError.failed("this program knows no transformation “\(stage.name)”")
        }
        return try make(type)
      })
  }

  // MARK: Samples

  private func units(of rows: [Int]) -> [Int]? {
    plan.learningUnits(of: input).map { units in rows.map { units[$0] } }
  }

  /// Training rows as a model sees them: of the classes that are there, balanced as asked.
  struct LearningSamples {
    var samples: Samples
    /// The classes that have rows; the samples' labels count these.
    var knownClasses: [Int]
  }

  func learningSamples(
    _ rows: [Int], features: Matrix, random: RandomStream
  ) -> LearningSamples {
    let labels = rows.map { input.data.labels[$0] }
    let known = Set(labels).sorted()
    var numberOfClass = [Int](repeating: 0, count: plan.classes.count)
    for (number, label) in known.enumerated() { numberOfClass[label] = number }
    var samples = Samples(
      features: features, labels: labels.map { numberOfClass[$0] }, classCount: known.count,
      units: units(of: rows))
    switch plan.balance {
    case .none: break
    case .weights: samples = samples.balancedByWeights()
    case .oversample: samples = samples.balancedByOversampling(random: random)
    }
    return LearningSamples(samples: samples, knownClasses: known)
  }

  /// Keeps the winner's whole pipeline in the run folder, replacing an earlier one at once.
  func save(_ pipeline: FittedPipeline, cellName: String) throws {
    let target = folder.model(of: cellName)
    let temporary = Path(target.string + ".partial")
    try temporary.remove()
    try temporary.createFolder()
    try Archive(temporary).write(pipeline)
    try target.remove()
    try temporary.rename(to: target)
  }
}

extension Samples {
  /// Every class weighs the same: a row counts rows ÷ (classes · rows of its class).
  func balancedByWeights() -> Samples {
    let counts = rowsByClass.map(\.count)
    let weights = labels.map { Float(count) / Float(classCount * counts[$0]) }
    return Samples(
      features: features, labels: labels, classCount: classCount, weights: weights, units: units)
  }

  /// Rows of smaller classes are repeated by chance until every class has as many as the largest.
  ///
  /// The copies of a row are a unit where there are no other units: they belong on one side of any
  /// split that a model makes for itself.
  func balancedByOversampling(random: RandomStream) -> Samples {
    var random = random
    let classes = rowsByClass
    let largest = classes.map(\.count).max() ?? 0
    var rows = Array(labels.indices)
    for own in classes where !own.isEmpty {
      for _ in own.count..<max(own.count, largest) { rows.append(own[random.below(own.count)]) }
    }
    return Samples(
      features: features, labels: labels, classCount: classCount, weights: weights,
      units: units ?? Array(labels.indices)
    ).gathering(rows: rows)
  }
}

extension Matrix {
  /// The rows of another matrix below this one's.
  func appending(_ other: Matrix) -> Matrix {
    Matrix(rows: rows + other.rows, columns: columns) { row, span in
      let source = row < rows ? self.row(row) : other.row(row - rows)
      for column in 0..<columns { span[column] = source[column] }
    }
  }
}

extension ContinuousClock.Instant {
  /// Seconds from this moment to now.
  var secondsAgo: Double {
    let passed = (ContinuousClock.now - self).components
    return Double(passed.seconds) + Double(passed.attoseconds) * 1e-18
  }
}

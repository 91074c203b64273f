import FileSystem
import JSONText
import Learning
import Matrices
import TextFormatting

/// Does pieces of work on one input's rows: what a worker calls.
struct PieceRunner: Sendable {
  let plan: Plan
  let sheet: Plan.Sheet
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
  /// Is told each point of a learning curve.
  var onPoint: @Sendable (FitLog.CurvePoint) -> Void = { _ in }

  // MARK: Preparations

  /// A fitted chain with its rows, from the cache or made and kept there.
  func prepared(_ index: Int) throws -> Cache.Prepared {
    let piece = work.preparations[index]
    if let known = cache.preparation(piece.key, registry: registry) { return known }
    if let streamed = try preparePictures(piece) { return streamed }
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
    let rows = work.rows(of: piece)
    let training = Samples(
      features: features.gathering(rows: rows.training),
      labels: rows.training.map { input.data.labels[$0] }, classCount: plan.classes.count,
      units: units(of: rows.training), layout: input.data.layout)
    let (fitted, trainingRows) = try preparation(piece).fit(
      training, columns: input.data.columns, in: context)
    let others = fitted.transform(features.gathering(rows: rows.others))
    guard others.isFinite else {
      throw FitError.failed("the transformation gave values beyond single precision")
    }
    return Cache.Prepared(
      fitted: fitted, rows: trainingRows.appending(others), seconds: start.secondsAgo,
      notes: log.notes)
  }

  /// Pictures pass block by block from one file to another: what is held does not grow with the data.
  ///
  /// - Returns: nil where stages make features of the pixels, which takes all rows into memory.
  private func preparePictures(_ piece: WorkList.PreparationPiece) throws -> Cache.Prepared? {
    let preparation = try preparation(piece)
    guard let picture = input.data.picture else { return nil }
    let hasFeatures = input.data.layout.features > 0
    guard hasFeatures || preparation.keepsPictures else { return nil }
    let start = ContinuousClock.now
    let log = FitLog(onProgress: onProgress)
    let context = FitContext(
      random: RandomStream(seed: plan.seed, piece.stream), deadline: deadline, log: log)
    let rows = work.rows(of: piece)
    let order = rows.training + rows.others
    // Nothing is learnt from rows that stay as they are: one stands for all.
    let taught = preparation.changesNothing ? Array(rows.training.prefix(1)) : rows.training
    let training = Samples(
      features: try hasFeatures ? featuresBehind(picture, taught) : pixels(taught),
      labels: taught.map { input.data.labels[$0] }, classCount: plan.classes.count,
      units: units(of: taught), layout: hasFeatures ? nil : input.data.layout)
    var (fitted, trainingRows) = try preparation.fit(
      training, columns: input.data.columns, in: context
    ) { stage, rows in
      try hasFeatures
        ? stage.transform(rows)
        : blocks(of: rows.rows, columns: picture.count) { stage.transform(rows.rows($0)) }
    }
    fitted.picture = picture
    if hasFeatures { fitted.pixels = picture.count }
    // Features are few, and are prepared all at once.
    let numbers =
      hasFeatures
      ? (taught.count < rows.training.count
        ? fitted.transformAll(featuresBehind(picture, rows.training)) : trainingRows)
        .appending(fitted.transformAll(featuresBehind(picture, rows.others)))
      : nil
    let columns = picture.count + (numbers?.columns ?? 0)
    return try cache.store(
      fitted, key: piece.key, columns: columns, since: start, notes: log.notes, registry: registry
    ) { take in
      try forEachBlock(of: order.count, columns: columns) { block in
        let rows = features.gathering(rows: Array(order[block]))
        let prepared =
          numbers.map { rows.columns(..<picture.count).joined(with: $0.rows(block)) }
          ?? fitted.transform(rows)
        guard prepared.isFinite else {
          throw FitError.failed("the transformation gave values beyond single precision")
        }
        try take(prepared)
      }
    }
  }

  /// The features of some rows, without the pixels before them.
  private func featuresBehind(_ picture: PictureShape, _ rows: [Int]) -> Matrix {
    Matrix(rows: rows.count, columns: input.data.layout.features) { index, span in
      let source = features.row(rows[index])
      for column in 0..<span.count { span[column] = source[picture.count + column] }
    }
  }

  /// Some rows, copied from file to file.
  private func pixels(_ rows: [Int]) throws -> Matrix {
    try blocks(of: rows.count, columns: features.columns) { block in
      features.gathering(rows: Array(rows[block]))
    }
  }

  private func forEachBlock(
    of count: Int, columns: Int, _ body: (Range<Int>) throws -> Void
  ) rethrows {
    let step = MatrixScratch.blockRows(columns: columns)
    for first in stride(from: 0, to: count, by: step) {
      try body(first..<min(count, first + step))
    }
  }

  /// A matrix in a file, made of blocks of rows.
  private func blocks(
    of count: Int, columns: Int, _ block: (Range<Int>) throws -> Matrix
  ) throws -> Matrix {
    try cache.scratch.matrix(columns: columns) { take in
      try forEachBlock(of: count, columns: columns) { try take(block($0)) }
    }
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

  func units(of rows: [Int]) -> [Int]? {
    plan.learningUnits(of: sheet).map { units in rows.map { units[$0] } }
  }

  /// Training rows as a model sees them: of the classes that are there, balanced as asked.
  struct LearningSamples {
    var samples: Samples
    /// The classes that have rows; the samples' labels count these.
    var knownClasses: [Int]
  }

  func learningSamples(
    _ rows: [Int], features: Matrix, layout: RowLayout, random: RandomStream
  ) -> LearningSamples {
    let labels = rows.map { input.data.labels[$0] }
    let known = Set(labels).sorted()
    var numberOfClass = [Int](repeating: 0, count: plan.classes.count)
    for (number, label) in known.enumerated() { numberOfClass[label] = number }
    var samples = Samples(
      features: features, labels: labels.map { numberOfClass[$0] }, classCount: known.count,
      units: units(of: rows), layout: layout)
    switch plan.balance {
    case .none: break
    case .weights: samples = samples.balancedByWeights()
    case .oversample: samples = samples.balancedByOversampling(random: random)
    }
    return LearningSamples(samples: samples, knownClasses: known)
  }

  /// Keeps the winner's whole pipeline in the run folder, replacing an earlier one at once.
  func save(_ pipeline: FittedPipeline, cellName: String, key: String) throws {
    let target = folder.model(of: cellName)
    let temporary = folder.partialModel(of: fileName(cellName))
    try temporary.remove()
    try temporary.createFolder()
    try Archive(temporary).write(pipeline)
    try KeptModels.replace(target, by: temporary, key: key)
  }
}

extension Samples {
  /// Every class weighs the same: a row counts rows ÷ (classes · rows of its class).
  func balancedByWeights() -> Samples {
    let counts = rowsByClass.map(\.count)
    let weights = labels.map { Float(count) / Float(classCount * counts[$0]) }
    return Samples(
      features: features, labels: labels, classCount: classCount, weights: weights, units: units,
      layout: layout)
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
      units: units ?? Array(labels.indices), layout: layout
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

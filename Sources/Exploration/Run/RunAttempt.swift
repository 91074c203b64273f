import ContentHashing
import DataTables
import FileSystem
import JSONText
import Learning
import Matrices
import TextFormatting

/// One call of `explore run`: from the plan to the last record, before any report.
package struct RunAttempt {
  package struct Options: Sendable {
    package var jobs: Int
    package var retries = false
    /// Forgets what earlier runs left in the folder.
    package var isFresh = false
    package var cacheGigabytes = 20.0
    /// The command line, for the record.
    package var arguments: [String] = []
    /// The folder of the experiment file, which its relative paths begin at, for the record.
    package var experimentFolder: Path?
    /// The version of the program, for the record.
    package var version: String

    package init(jobs: Int, version: String) {
      self.jobs = jobs
      self.version = version
    }
  }

  let folder: RunFolder
  let plan: Plan
  /// Those of each input.
  let features: [Matrix]
  let registry: Registry
  let options: Options
  let cache: Cache
  package let journal: Journal
  /// What the folder's last run had otherwise, so that none of its cells counts any more.
  package let changes: [String]
  private let lock: FileLock

  /// Takes the folder and writes down what is about to be done.
  ///
  /// - Throws: ``RunError`` when the folder belongs to something else or another run is at work in
  ///   it, `SystemError` when it cannot be written.
  package init(
    _ plan: Plan, experimentText: String, features: [Matrix], folder: RunFolder, registry: Registry,
    options: Options
  ) throws {
    try Self.checkFolder(folder, plan.name)
    try folder.path.createFolder()
    guard let lock = try FileLock(folder.lock) else {
      let holder = FileLock.holder(of: folder.lock).map { " (process \($0))" } ?? ""
      throw RunError(
        "another run is at work in \(terminalText(folder.path.string))\(holder); wait for it, or "
          + "give another folder with --out")
    }
    if options.isFresh { try Self.empty(folder) }
    changes = (try? Plan(readingFrom: folder.plan)).map { plan.changes(since: $0) } ?? []
    try folder.journals.createFolder()
    self.lock = lock
    self.folder = folder
    self.plan = plan
    self.features = features
    self.registry = registry
    self.options = options
    let own = folder.path / "cache"
    let standard = try Cache.standard() ?? Cache(own)
    standard.shrink(toBytes: options.cacheGigabytes * 1e9)
    do {
      try Self.store(features, of: plan, in: standard)
      cache = standard
    } catch let error as SystemError where error.isOutOfSpace {
      // There may be room beside the results, which have to be written anyway.
      cache = try Cache(own)
      try Self.store(features, of: plan, in: cache)
    }
    journal = try Journal(reading: folder.journals, repairing: true)
    try folder.experiment.writeAtomically(experimentText)
    try plan.write(to: folder)
    var provenance = Provenance(reading: folder)
    provenance.addStart(options)
    try provenance.write(to: folder)
  }

  /// Does what is missing.
  ///
  /// - Throws: ``RunError`` or `SystemError` when the run cannot go on; what is finished stays.
  package func run(onProgress: @escaping (RunProgress) -> Void) throws -> Coordinator.Outcome {
    let coordinator = try Coordinator(
      plan: plan, registry: registry, folder: folder, cache: cache, features: features,
      journal: journal, options: .init(jobs: options.jobs, retries: options.retries),
      onProgress: onProgress)
    let outcome = try coordinator.run()
    cache.shrink(toBytes: options.cacheGigabytes * 1e9)
    return outcome
  }

  private static func store(_ features: [Matrix], of plan: Plan, in cache: Cache) throws {
    for (input, features) in zip(plan.inputs, features) {
      try cache.store(table: features, key: input.data.key)
    }
  }

  // MARK: The folder

  /// A folder that holds something, but not a run of an experiment of this name, is left alone.
  private static func checkFolder(_ folder: RunFolder, _ name: String) throws {
    guard folder.path.exists else { return }
    guard folder.path.isFolder else {
      throw RunError("\(terminalText(folder.path.string)) is a file; a run needs a folder")
    }
    guard try folder.plan.exists || folder.experiment.exists || folder.strangers().isEmpty else {
      throw RunError(
        "\(terminalText(folder.path.string)) is not empty and not a run folder; give another one "
          + "with --out")
    }
    // A damaged plan is written anew; one that names another experiment is not.
    if let bytes = try? folder.plan.readBytes(), CheckedObject.content(of: bytes) != .damaged,
      let other = (try? JSONNode(parsing: bytes))?["name"]?.string, other != name
    {
      throw RunError(
        "\(terminalText(folder.path.string)) holds a run of the experiment “\(terminalText(other))”, "
          + "not of “\(terminalText(name))”; give another folder with --out")
    }
  }

  private static func empty(_ folder: RunFolder) throws(SystemError) {
    for path in [
      folder.journals, folder.tables, folder.curves, folder.confusion, folder.figures, folder.page,
      folder.markdown, folder.cells, folder.checkpoints, folder.plan, folder.provenance,
      folder.experiment,
      folder.samples, folder.unusedFiles,
    ] {
      try path.remove()
    }
  }
}

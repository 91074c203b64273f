import ContentHashing
import FileSystem
import JSONText
import Learning
import Matrices

/// A folder where a training keeps how far it is, so that it goes on from there after a kill.
///
/// Each state is written whole into a folder of its own, `epoch-N`, which gets its name last and replaces
/// the one before. What cannot be read, or belongs to another training, counts for nothing.
struct Checkpoint {
  /// The largest state that is kept: beyond it, copying costs more memory than can be spared.
  static let mostBytes = 2e9

  let folder: Path
  /// What training it belongs to.
  let identity: String
  let log: FitLog

  private struct Content: Codable {
    var identity: String
    /// Of the arrays' bytes.
    var sum: String
    var figures: [EpochFigures]
    var state: [ShapedArray]?
    var moments: [[ShapedArray]]
    var best: [ShapedArray]?

    var actualSum: String {
      var hasher = StreamHasher()
      for array in (state ?? []) + moments.flatMap({ $0 }) + (best ?? []) {
        array.values.withBytes { hasher.add($0) }
      }
      return hasher.hash.description
    }
  }

  /// The last state that was kept whole; nil where there is none.
  func read() -> TrainingProgress? {
    for name in folders().reversed() {
      do {
        let content = try Archive(folder / name).read { node, attachments in
          try node.decode(Content.self, attachments: attachments)
        }
        guard content.identity == identity else {
          log.note("a checkpoint of another training was not used")
          continue
        }
        guard content.actualSum == content.sum else {
          throw DamagedFile(path: folder / name, reason: "its numbers have changed")
        }
        return TrainingProgress(
          figures: content.figures, state: content.state, moments: content.moments,
          best: content.best)
      } catch {
        log.note("a checkpoint was not used: \(error)")
      }
    }
    return nil
  }

  /// Keeps a state in place of the one before; a note where that fails.
  func write(_ progress: TrainingProgress) {
    let name = "epoch-\(progress.epochs)"
    let partial = folder / "\(name).partial"
    do {
      var content = Content(
        identity: identity, sum: "", figures: progress.figures, state: progress.state,
        moments: progress.moments, best: progress.best)
      content.sum = content.actualSum
      try partial.remove()
      try partial.createFolder()
      try Archive(partial).write(content)
      try (folder / name).remove()
      try partial.rename(to: folder / name)
      for other in folders() where other != name { try (folder / other).remove() }
    } catch {
      try? partial.remove()
      log.note("no checkpoint could be kept: \(error)")
    }
  }

  /// Those with a name, by their epochs.
  private func folders() -> [String] {
    let names = (try? folder.children()) ?? []
    return names.compactMap { name in
      name.hasPrefix("epoch-") ? Int(name.dropFirst(6)).map { (epoch: $0, name: name) } : nil
    }.sorted { $0.epoch < $1.epoch }.map(\.name)
  }
}

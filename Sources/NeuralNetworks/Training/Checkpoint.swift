import FileSystem
import JSONText
import Learning
import Matrices

/// A folder where a training keeps how far it is, so that it goes on from there after a kill.
///
/// Each state is written whole into a folder of its own, `epoch-N`, which gets its name last and replaces
/// the one before. What cannot be read, or belongs to another training, counts for nothing.
struct Checkpoint {
  let folder: Path
  /// What training it belongs to.
  let identity: String
  let log: FitLog

  private struct Content: Decodable {
    var identity: String
    var figures: [EpochFigures]
    var state: [ShapedArray]?
    var moments: [[ShapedArray]]
    var best: [ShapedArray]?
  }

  private struct WrittenContent: Encodable {
    var identity: String
    var figures: [EpochFigures]
    var state: [LentArray]?
    var moments: [[LentArray]]
    var best: [LentArray]?
  }

  /// The numbers of a checkpoint, none of which is copied before it is written: networks may be as large as
  /// memory allows.
  struct Arrays {
    /// As in ``TrainingProgress/state``.
    var state: [LentArray]?
    /// As in ``TrainingProgress/moments``.
    var moments: [[LentArray]] = []
    /// As in ``TrainingProgress/best``.
    var best: [LentArray]?
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
        return TrainingProgress(
          figures: content.figures, state: content.state, moments: content.moments,
          best: content.best)
      } catch {
        log.note("a checkpoint was not used: \(error)")
      }
    }
    return nil
  }

  /// Keeps how far a training is in place of what was kept before; a note where that fails.
  ///
  /// - Parameters:
  ///   - progress: the figures; its arrays do not matter.
  ///   - arrays: what takes their place.
  func write(_ progress: TrainingProgress, _ arrays: Arrays) {
    let name = "epoch-\(progress.epochs)"
    let partial = folder / "\(name).partial"
    do {
      let content = WrittenContent(
        identity: identity, figures: progress.figures, state: arrays.state,
        moments: arrays.moments, best: arrays.best)
      try partial.remove()
      try partial.createFolder()
      try Archive(partial).write(content)
      try (folder / name).remove()
      try partial.rename(to: folder / name)
      // What a kill left half written, too.
      for other in try folder.children() where other.hasPrefix("epoch-") && other != name {
        try (folder / other).remove()
      }
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

extension ShapedArray {
  /// The same numbers, to be read later.
  var lent: LentArray { LentArray(shape: shape) { body in values.withBytes { body($0) } } }
}

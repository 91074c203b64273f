import JSONText

/// What a coordinator asks of a worker: a line on the worker's standard input.
package enum WorkOrder: Hashable, Sendable {
  case preparation(Int)
  case cell(Int)
  /// The piece, and the setting to fit.
  case deployment(Int, TrialSetting)

  var line: String {
    let node: JSONNode =
      switch self {
      case .preparation(let index): ["preparation": JSONNode(index)]
      case .cell(let index): ["cell": JSONNode(index)]
      case .deployment(let index, let setting):
        ["deployment": JSONNode(index), "setting": (try? JSONNode(encoding: setting)) ?? .null]
      }
    return node.compactText + "\n"
  }

  init?(_ line: String) {
    guard let node = try? JSONNode(parsing: line) else { return nil }
    if let index = node["preparation"]?.integer {
      self = .preparation(index)
    } else if let index = node["cell"]?.integer {
      self = .cell(index)
    } else if let index = node["deployment"]?.integer,
      let setting = try? node["setting"]?.decode(TrialSetting.self)
    {
      self = .deployment(index, setting)
    } else {
      return nil
    }
  }
}

/// What a worker tells its coordinator: a line on the worker's file descriptor 3.
enum WorkerMessage: Codable, Equatable, Sendable {
  /// The worker has read the plan and waits.
  case ready
  /// The share of the piece that is done, and the epoch of its current fit where there are epochs.
  case progress(Double, epoch: Int?)
  /// The piece is finished and its record on the disk.
  case done(failure: Failure?, winner: TrialSetting?, seconds: Double)
  /// The features that the piece needs are not in the cache.
  case tableMissing
  /// Something is wrong that another piece would meet too, such as a full disk.
  case fatal(String)

  /// The descriptor messages go to.
  static let descriptor: Int32 = 3
}

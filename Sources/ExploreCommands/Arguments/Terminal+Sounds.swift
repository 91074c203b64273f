import AudioData
import DataTables
import Exploration
import TextFormatting
import Threads

extension Terminal {
  /// Does work on many sounds that shows how far it is and ends at Ctrl-C.
  ///
  /// - Parameters:
  ///   - doing: what is done, as in `extracting features`.
  ///   - noun: what a sound is called.
  ///   - work: asks now and then whether to end, and tells how far it is.
  /// - Returns: what the work gives.
  /// - Throws: what the work throws; ``MapCancelled`` after Ctrl-C.
  func showing<Result>(
    _ doing: String, of noun: String = "file",
    _ work: (_ isCancelled: () -> Bool, _ onProgress: (MapProgress) -> Void) throws -> Result
  ) throws -> Result {
    let interruption = try Interruption(endsAtSecond: true)
    defer { endProgress() }
    return try work({ interruption.hasCome }) { progress in
      var words =
        "\(doing): \(progress.finished) of \(counted(progress.count, noun))"
      if let left = progress.secondsLeft, left >= 1 {
        words += " · \(duration(seconds: left)) left"
      }
      showProgress(words)
    }
  }
}

extension Experiment {
  /// Loads the data of each input; sounds and pictures are read on several threads.
  func load(jobs: Int, _ terminal: Terminal) throws -> [Dataset] {
    let words = inputs.lazy.compactMap { input -> String? in
      switch input.data {
      case .sound(let request): request.picture == nil ? "extracting features" : "making pictures"
      case .pictures: "reading pictures"
      case .table, .builtIn: nil
      }
    }.first
    guard let words else { return try inputs.map { try $0.data.load(seed: seed) } }
    let cache = try Cache.standard()
    return try terminal.showing(words) { isCancelled, onProgress in
      try inputs.map {
        try $0.data.load(
          seed: seed, cache: cache, jobs: jobs, isCancelled: isCancelled, onProgress: onProgress)
      }
    }
  }
}

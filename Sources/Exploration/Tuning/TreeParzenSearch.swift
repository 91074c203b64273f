import Learning
import TextFormatting

/// Settings like those that did well and unlike those that did badly.
package struct TreeParzenSearch: Tuner {
  package static let name = "tpe"
  package static let summary =
    "settings like the good ones so far and unlike the others (tree-structured Parzen estimator)"
  package static let reference = "Bergstra et al. 2011"

  @Setting(
    "settings that are tried; 30, or as many as the seconds allow", in: 1...1000, none: "default")
  package var trials: Int? = nil
  @Setting("no fit begins after so many seconds of a piece of work", above: 0, none: "unlimited")
  package var seconds: Double? = nil
  @Setting("settings that are drawn by chance before any is proposed", in: 1...1000)
  package var startup = 10

  package init() {}

  private var mostTrials: Int { trials(standard: 30) }

  package var draws: Int? { min(startup, mostTrials) }

  /// All that proposals may choose among.
  package var transformationDraws: Int? { Tuners.mostPreparations }

  package func procedure(settings: Int) -> TuningProcedure { .proposals(trials: mostTrials) }

  /// As in `tpe, 30 settings`.
  package var words: String {
    var words = "\(Self.name), "
    if trials != nil || seconds == nil { words += "\(mostTrials) settings, " }
    if let seconds { words += "\(duration(seconds: seconds)) a piece of work, " }
    return words + "the first \(min(startup, mostTrials)) by chance"
  }
}

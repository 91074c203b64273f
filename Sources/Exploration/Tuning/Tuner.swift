import JSONText
import Learning
import TextFormatting

/// How the settings that a cell tries are chosen.
package protocol Tuner: Component {
  /// How many settings are tried; nil for what the tuner does by default.
  var trials: Int? { get }
  /// The seconds of a piece of work after which no further fit begins; nil for no such limit.
  var seconds: Double? { get }
  /// How many settings of a component are drawn where it has more; nil for all combinations of lists.
  var draws: Int? { get }
  /// The same of a transformation, every setting of which is fitted before a piece of work begins.
  var transformationDraws: Int? { get }
  /// As in `random, 30 settings`.
  var words: String { get }
  /// How settings that were drawn are tried.
  func procedure(settings: Int) -> TuningProcedure
}

/// What a piece of work does with the settings that its plan lists.
package enum TuningProcedure: Equatable, Sendable {
  /// Fits each, one by one or together.
  case all
  /// Fits them with little of the budget, and the best of them with more.
  case brackets([Bracket])
  /// Fits each, then proposes others until there were so many trials.
  case proposals(trials: Int)

  /// How many fits there are at most, and how many full ones take as long.
  package func fits(settings: Int) -> (count: Int, budget: Double) {
    switch self {
    case .all: return (settings, Double(settings))
    case .proposals(let trials): return (trials, Double(trials))
    case .brackets(let brackets):
      let rungs = brackets.flatMap(\.rungs)
      return (
        rungs.reduce(0) { $0 + $1.count }, rungs.reduce(0) { $0 + Double($1.count) * $1.budget }
      )
    }
  }
}

/// All tuners, and how an experiment file's is found.
package enum Tuners {
  package static let all: [any Tuner.Type] = [
    GridSearch.self, RandomSearch.self, SuccessiveHalving.self, Hyperband.self,
    TreeParzenSearch.self,
  ]

  /// A limit of seconds alone lets a piece try so many settings.
  static let mostTrials = Experiment.mostCombinations

  /// What is drawn of a transformation where it is not known how many settings are tried, or which:
  /// each is fitted before the piece begins.
  static let mostPreparations = 10

  /// The tuner that a plan names.
  ///
  /// - Throws: ``FitError`` where there is none of this name.
  static func make(_ stage: Experiment.Stage) throws -> any Tuner {
    func make<Kind: Tuner>(_ type: Kind.Type) throws -> any Tuner {
      try Kind(settings: stage.settings)
    }
    guard let type = all.first(where: { $0.name == stage.name }) else {
      throw FitError.failed("this program knows no tuner “\(stage.name)”")
    }
    return try make(type)
  }
}

extension Tuner {
  /// How many trials are made where only the seconds are limited, or nothing is.
  func trials(standard: Int) -> Int { trials ?? (seconds == nil ? standard : Tuners.mostTrials) }

  package func procedure(settings: Int) -> TuningProcedure { .all }

  /// Its name with all its settings, as a plan keeps it.
  var stage: Experiment.Stage {
    .init(name: Self.name, settings: (try? settingValues) ?? [:])
  }

  package var transformationDraws: Int? {
    seconds != nil && trials == nil ? min(draws ?? .max, Tuners.mostPreparations) : draws
  }

  package var words: String {
    var words = Self.name
    if let draws, trials != nil || seconds == nil { words += ", \(counted(draws, "setting"))" }
    if let seconds { words += ", \(duration(seconds: seconds)) a piece of work" }
    return words
  }
}

/// Every combination of the values that are listed.
package struct GridSearch: Tuner {
  package static let name = "grid"
  package static let summary = "every combination of the values that are listed"

  package init() {}

  package var trials: Int? { nil }
  package var seconds: Double? { nil }
  package var draws: Int? { nil }
}

/// Settings drawn by chance, each independent of the others.
package struct RandomSearch: Tuner {
  package static let name = "random"
  package static let summary = "settings drawn by chance from lists and ranges"
  package static let reference = "Bergstra and Bengio 2012"

  @Setting(
    "settings that are tried; 30, or as many as the seconds allow", in: 1...1000, none: "default")
  package var trials: Int? = nil
  @Setting("no fit begins after so many seconds of a piece of work", above: 0, none: "unlimited")
  package var seconds: Double? = nil

  package init() {}

  package var draws: Int? { trials(standard: 30) }
}

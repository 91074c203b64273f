import JSONText
import Learning
import Matrices

/// What one trial tries: a variant of the cell's transformation, and settings of its model.
package struct TrialSetting: Codable, Hashable, Sendable {
  /// The variant of the transformation.
  package var transformation: Int
  /// The variant of the model; nil for settings that the plan does not list.
  package var model: Int?
  /// The settings that were proposed while the piece of work ran.
  package var proposed: Experiment.ModelChoice.Variant?

  package init(transformation: Int, model: Int) {
    self.transformation = transformation
    self.model = model
  }

  init(transformation: Int, proposed: Experiment.ModelChoice.Variant) {
    self.transformation = transformation
    self.proposed = proposed
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(transformation)
    hasher.combine(model)
    hasher.combine(proposed?.text)
  }
}

/// The setting chosen most often and how often; of equally frequent ones that which the plan lists first,
/// then that which was chosen first; nil for none.
package func favouriteSetting(_ chosen: [TrialSetting]) -> (setting: TrialSetting, count: Int)? {
  var counts: [(setting: TrialSetting, count: Int)] = []
  for setting in chosen {
    if let index = counts.firstIndex(where: { $0.setting == setting }) {
      counts[index].count += 1
    } else {
      counts.append((setting, 1))
    }
  }
  let places = counts.indices.map { place in
    let setting = counts[place].setting
    return (-counts[place].count, setting.transformation, setting.model ?? .max, place)
  }
  return places.min { $0 < $1 }.map { counts[$0.3] }
}

extension Plan {
  /// How the settings of cells are chosen.
  ///
  /// - Throws: ``FitError`` for a tuner that this program does not know.
  func makeTuner() throws -> any Tuner { try Tuners.make(tuner ?? .init(name: GridSearch.name)) }

  /// How settings are chosen, where not by the grid.
  package var tunerWords: String? {
    guard tuner != nil, let tuner = try? makeTuner() else { return nil }
    return tuner.words
      + (tuner.seconds == nil ? "" : " (how many that is depends on the machine)")
  }

  /// The settings that the plan lists for a cell, by their numbers: every combination of a variant of the
  /// transformation and one of the model, those of the model changing fastest, or those that were drawn.
  package func settings(of cell: Cell) -> [TrialSetting] {
    if let drawn = cell.settings {
      return drawn.map { TrialSetting(transformation: $0[0], model: $0[1]) }
    }
    return transformations[cell.transformation].variants.indices.flatMap { transformation in
      models[cell.model].variants.indices.map {
        TrialSetting(transformation: transformation, model: $0)
      }
    }
  }

  /// How a cell tries its settings; what has only one just fits it.
  package func procedure(of cell: Cell) -> TuningProcedure {
    let count = settings(of: cell).count
    guard count > 1, let tuner = try? makeTuner() else { return .all }
    return tuner.procedure(settings: count)
  }

  /// Whether the trials of a cell are the settings that the plan lists, in their order.
  package func listsTrials(of cell: Cell) -> Bool { procedure(of: cell) == .all }

  /// The trials that each piece of a cell has, at most.
  package func trialCount(of cell: Cell) -> Int {
    procedure(of: cell).fits(settings: settings(of: cell).count).count
  }

  /// What a trial tried; nil where its record does not say so and the plan does not either.
  package func setting(of trial: TrialRecord, _ cell: Cell) -> TrialSetting? {
    trial.setting ?? listedSetting(trial.trial, of: cell)
  }

  /// The setting that a piece chose; nil for a piece that failed.
  package func chosenSetting(_ record: CellRecord, _ cell: Cell) -> TrialSetting? {
    record.setting ?? record.winner.flatMap { listedSetting($0, of: cell) }
  }

  private func listedSetting(_ trial: Int, of cell: Cell) -> TrialSetting? {
    guard listsTrials(of: cell) else { return nil }
    let listed = settings(of: cell)
    return listed.indices.contains(trial) ? listed[trial] : nil
  }

  /// The model's settings in a trial.
  package func modelVariant(
    _ setting: TrialSetting, of cell: Cell
  ) -> Experiment.ModelChoice.Variant? {
    let variants = models[cell.model].variants
    if let proposed = setting.proposed { return proposed }
    return setting.model.flatMap { variants.indices.contains($0) ? variants[$0] : nil }
  }

  /// The setting in words, as in `rbf.gamma=0.1 C=10`; empty where nothing is given.
  package func text(of setting: TrialSetting, _ cell: Cell) -> String {
    let variants = transformations[cell.transformation].variants
    let own =
      variants.indices.contains(setting.transformation)
      ? variants[setting.transformation].text : ""
    return [own, modelVariant(setting, of: cell)?.text ?? ""].filter { !$0.isEmpty }
      .joined(separator: " ")
  }

  /// Draws combinations of a transformation's and a model's variants where there are more than the tuner
  /// tries; nil for all of them.
  ///
  /// The variants of both come round in a random order, so that each is tried as often as the others.
  func drawnSettings(_ transformation: Int, _ model: Int, _ tuner: any Tuner) -> [[Int]]? {
    let counts = (
      transformations[transformation].variants.count, models[model].variants.count
    )
    guard let draws = tuner.draws, counts.0 * counts.1 > draws else { return nil }
    func order(_ count: Int, _ name: String) -> [Int] {
      var random = RandomStream(seed: seed, "tuner/order/\(name)")
      return random.permutation(count)
    }
    let orders = (
      order(counts.0, "transformation \(transformations[transformation].name)"),
      order(counts.1, "model \(models[model].name)")
    )
    let round = counts.0 * counts.1 / greatestCommonDivisor(counts.0, counts.1)
    return (0..<draws).map {
      [orders.0[$0 % counts.0], orders.1[($0 + $0 / round) % counts.1]]
    }
  }
}

private func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
  b == 0 ? a : greatestCommonDivisor(b, a % b)
}

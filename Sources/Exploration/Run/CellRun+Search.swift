import JSONText
import Learning
import Matrices

// Which settings are fitted, and with how much of the budget.

extension CellRun {
  /// Tries settings as the experiment's tuner has it.
  func search(_ outcome: inout Outcome) throws {
    let listed = settings.indices.map { candidate(listed: $0, trial: $0) }
    if split.selection.isEmpty {
      // Nothing to select on: the only setting wins, and is fitted at the end.
      outcome.winner = Winner(candidate: listed[0], score: 0, fitted: nil)
      return
    }
    switch procedure {
    case .all: try fit(listed, &outcome)
    case .brackets(let brackets): try run(brackets, &outcome)
    case .proposals(let trials): try propose(listed, trials: trials, &outcome)
    }
  }

  private func candidate(listed number: Int, trial: Int, budget: Double = 1) -> Candidate {
    Candidate(
      trial: trial, setting: settings[number], model: models[settings[number].model ?? 0],
      threads: piece.threads[number], budget: budget)
  }

  /// Whether the seconds of the piece are not over; something must be chosen all the same.
  func mayBegin(_ outcome: Outcome) -> Bool {
    guard let seconds = tuner.seconds, outcome.winner != nil || outcome.bestReduced != nil else {
      return true
    }
    return outcome.start.secondsAgo < seconds
  }

  /// The model as it is fitted with the candidate's budget; where that is one of rows, as it is.
  func reduced(_ candidate: Candidate) throws -> Kind {
    guard candidate.budget < 1, Kind.budgetSetting != nil else { return candidate.model }
    return try candidate.model.reduced(toShare: candidate.budget)
  }

  // MARK: Successive halving

  /// Begins the settings in a random order, so that no bracket has all neighbours of a list.
  private func run(_ brackets: [Bracket], _ outcome: inout Outcome) throws {
    var random = RandomStream(seed: plan.seed, "tuner/order/brackets")
    var waiting = random.permutation(settings.count)[...]
    for bracket in brackets {
      let begun = bracket.rungs[0].count
      var going = Array(waiting.prefix(begun))
      waiting = waiting.dropFirst(begun)
      for rung in bracket.rungs where mayBegin(outcome) {
        let candidates = going.prefix(rung.count).enumerated().map { place, number in
          candidate(listed: number, trial: outcome.trials + place, budget: rung.budget)
        }
        try fit(candidates, &outcome)
        going = ranked(candidates, outcome).map { going[$0] }
      }
    }
    // Where the time ran out before any had the full budget, the best so far gets it.
    if outcome.winner == nil, let best = outcome.bestReduced {
      var candidate = best.candidate
      candidate.trial = outcome.trials
      candidate.budget = 1
      try trySeparately(candidate, &outcome)
    }
  }

  /// The places of candidates that have a score, the best first.
  private func ranked(_ candidates: [Candidate], _ outcome: Outcome) -> [Int] {
    let losses = candidates.map { candidate in
      outcome.scores[candidate.trial].map { plan.measure.isMinimised ? $0 : -$0 }
    }
    let scored = losses.indices.filter { losses[$0] != nil }
    return scored.sorted { (losses[$0] ?? 0, $0) < (losses[$1] ?? 0, $1) }
  }

  // MARK: Proposals

  private func propose(
    _ listed: [Candidate], trials: Int, _ outcome: inout Outcome
  ) throws {
    try fit(listed, &outcome)
    let choice = plan.models[cell.model]
    let spaces = choice.spaces ?? [SearchSpace([])]
    var proposals = TreeParzenProposals(
      spaces: spaces, transformations: variantCount, isMinimised: plan.measure.isMinimised)
    for candidate in listed {
      let settings = plan.modelVariant(candidate.setting, of: cell)?.settings ?? [:]
      let points = spaces.map { choice.spaces == nil ? [] : $0.point(of: settings) }
      guard let space = points.firstIndex(where: { $0 != nil }), let point = points[space] else {
        continue
      }
      proposals.add(
        .init(transformation: candidate.setting.transformation, space: space, point: point),
        score: outcome.scores[candidate.trial])
    }
    var random = RandomStream(seed: plan.seed, "\(piece.stream)/tuner")
    var trial = listed.count
    while trial < trials, mayBegin(outcome), let proposal = proposals.next(using: &random) {
      var score: Double?
      if let candidate = try candidate(proposal, spaces, trial: trial, &outcome) {
        try trySeparately(candidate, &outcome)
        score = outcome.scores[trial]
      }
      proposals.add(proposal, score: score)
      trial += 1
    }
  }

  /// A proposal as a trial; nil where its settings do not go together, which is recorded.
  private func candidate(
    _ proposal: TreeParzenProposals.Proposal, _ spaces: [SearchSpace], trial: Int,
    _ outcome: inout Outcome
  ) throws -> Candidate? {
    let choice = plan.models[cell.model]
    let settings =
      choice.spaces == nil
      ? choice.variants[0].settings : spaces[proposal.space].settings(proposal.point)
    var setting = TrialSetting(transformation: proposal.transformation, model: 0)
    if let number = choice.variants.firstIndex(where: { $0.settings == settings }) {
      setting.model = number
    } else {
      setting = TrialSetting(
        transformation: proposal.transformation,
        proposed: .init(settings: settings, text: Self.text(of: settings)))
    }
    let threads = piece.threads.max() ?? 1
    do {
      return Candidate(
        trial: trial, setting: setting, model: try Kind(settings: settings), threads: threads)
    } catch {
      let known = Candidate(trial: trial, setting: setting, model: models[0], threads: threads)
      try recordFailure(of: known, error, &outcome)
      return nil
    }
  }

  /// As in `C=10 kernel=rbf`.
  private static func text(of settings: JSONNode) -> String {
    let declared = Kind.settings
    let texts = (settings.members ?? []).map { member in
      let domain = declared.first { $0.name == member.name }?.domain
      return "\(member.name)=\(domain?.text(for: member.value) ?? member.value.compactText)"
    }
    return texts.isEmpty ? "defaults" : texts.joined(separator: " ")
  }
}

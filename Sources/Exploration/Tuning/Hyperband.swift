import Learning

/// One round of successive halving: many settings at a small share of the full budget, the best of them
/// at a larger one, until few have all of it.
package struct Bracket: Equatable, Sendable {
  package struct Rung: Equatable, Sendable {
    /// The settings that are fitted.
    package var count: Int
    /// The share of the full budget that each fit takes, above 0 and 1 at most.
    package var budget: Double
  }

  /// The last one has the full budget.
  package var rungs: [Rung]

  /// A bracket of so many settings and as many halvings as asked, or as many as there are settings for.
  ///
  /// Rung i has ⌊settings ÷ factorⁱ⌋ settings, each at factorⁱ⁻ˢ of the budget (Li et al. 2018,
  /// algorithm 1).
  package init(settings: Int, halvings: Int, factor: Int) {
    var halvings = halvings
    while halvings > 0, settings < power(factor, halvings) { halvings -= 1 }
    rungs = (0...halvings).map {
      Rung(
        count: settings / power(factor, $0), budget: 1 / Double(power(factor, halvings - $0)))
    }
  }

  /// How often a budget can be divided by the factor without falling below a share of it.
  static func halvings(factor: Int, least share: Double) -> Int {
    var halvings = 0
    while 1 / Double(power(factor, halvings + 1)) >= share * (1 - 1e-9) { halvings += 1 }
    return halvings
  }
}

/// Many settings at a small budget, of which the best go on with a larger one.
package struct SuccessiveHalving: Tuner {
  package static let name = "halving"
  package static let summary =
    "many settings with few epochs, trees or rows; the best of them go on with more"
  package static let reference = "Jamieson and Talwalkar 2016"

  @Setting(
    "settings that are begun; 27, or again and again 27 while the seconds last", in: 1...1000,
    none: "default")
  package var trials: Int? = nil
  @Setting("no fit begins after so many seconds of a piece of work", above: 0, none: "unlimited")
  package var seconds: Double? = nil
  @Setting("one of so many settings goes on, with so many times the budget", in: 2...10)
  package var factor = 3
  @Setting("the least share of the full budget that a fit gets", in: 0.0001...1)
  package var minimum = 0.037

  package init() {}

  private static let standard = 27

  package var draws: Int? { trials(standard: Self.standard) }

  package func procedure(settings: Int) -> TuningProcedure {
    let halvings = Bracket.halvings(factor: factor, least: minimum)
    let size = trials ?? Self.standard
    return .brackets(
      stride(from: 0, to: settings, by: size).map {
        Bracket(settings: min(size, settings - $0), halvings: halvings, factor: factor)
      })
  }
}

/// Successive halving with many settings at little budget, then with fewer at more, since nobody knows
/// which is better.
package struct Hyperband: Tuner {
  package static let name = "hyperband"
  package static let summary = "successive halving, from many settings to few"
  package static let reference = "Li et al. 2018"

  @Setting(
    "settings that are begun; those of one round of brackets, or as many as the seconds allow",
    in: 1...1000, none: "default")
  package var trials: Int? = nil
  @Setting("no fit begins after so many seconds of a piece of work", above: 0, none: "unlimited")
  package var seconds: Double? = nil
  @Setting("one of so many settings goes on, with so many times the budget", in: 2...10)
  package var factor = 3
  @Setting("the least share of the full budget that a fit gets", in: 0.0001...1)
  package var minimum = 0.037

  package init() {}

  /// The settings and halvings of each bracket of a round: ⌈(s_max + 1) ÷ (s + 1) · factorˢ⌉ settings for
  /// s = s_max … 0.
  private var round: [(settings: Int, halvings: Int)] {
    let most = Bracket.halvings(factor: factor, least: minimum)
    return (0...most).reversed().map { halvings in
      let product = (most + 1) * power(factor, halvings)
      return ((product + halvings) / (halvings + 1), halvings)
    }
  }

  package var draws: Int? {
    min(trials(standard: round.reduce(0) { $0 + $1.settings }), Tuners.mostTrials)
  }

  package func procedure(settings: Int) -> TuningProcedure {
    var brackets: [Bracket] = []
    var left = settings
    while left > 0 {
      for bracket in round where left > 0 {
        brackets.append(
          Bracket(
            settings: min(bracket.settings, left), halvings: bracket.halvings, factor: factor))
        left -= min(bracket.settings, left)
      }
    }
    return .brackets(brackets)
  }
}

private func power(_ base: Int, _ exponent: Int) -> Int {
  (0..<exponent).reduce(1) { power, _ in power * base }
}

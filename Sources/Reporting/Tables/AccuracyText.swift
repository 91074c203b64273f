import Exploration
import Statistics
import TextFormatting

extension AccuracyInterval {
  /// Both ends in per cent, as in `76.6–77.0`.
  func percents(decimals: Int = 1) -> String {
    "\(fixed(low * 100, decimals: decimals))–\(fixed(high * 100, decimals: decimals))"
  }
}

extension CellSummary {
  /// The standard deviation over seeds and their range, in per cent; nil for fewer than two seeds.
  var seedsText: String? {
    guard let deviation = seedDeviation, let low = accuracyBySeed.min(),
      let high = accuracyBySeed.max()
    else { return nil }
    return "± \(fixed(deviation * 100, decimals: 1)) "
      + "(\(fixed(low * 100, decimals: 1)) … \(fixed(high * 100, decimals: 1)))"
  }

  /// The chosen setting, and how often it was chosen where there were several choices.
  var settingsText: String {
    guard chosen.of > 1, !settings.isEmpty else { return settings }
    return "\(settings) (\(chosen.count) of \(chosen.of))"
  }
}

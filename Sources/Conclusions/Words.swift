import TextFormatting

/// Names in a sentence, of many only the first.
func someNames(_ names: [String], most: Int = 4) -> String {
  names.prefix(most).joined(separator: ", ")
    + (names.count > most ? " and \(names.count - most) more" : "")
}

/// A difference of shares in points, as in `6.1 points`.
func points(_ difference: Double) -> String { "\(fixed(difference * 100, decimals: 1)) points" }

/// Words with a capital letter in front.
func sentenceCase(_ words: String) -> String {
  words.prefix(1).uppercased() + words.dropFirst()
}

/// A large number with its thousands apart and no more than two digits that matter, as in `1,300`.
func roundNumber(_ value: Int) -> String {
  var (value, unit) = (value, 1)
  while value >= 100 {
    value = (value + 5) / 10
    unit *= 10
  }
  let digits = Array(String(value * unit))
  return digits.enumerated().map { place, digit in
    let left = digits.count - place
    return place > 0 && left % 3 == 0 ? ",\(digit)" : "\(digit)"
  }.joined()
}

/// Which classes a picture or a table of the page shows: beyond some tens they are neither read nor light.
enum DrawnClasses {
  static let most = 60

  /// All classes, or of more than ``most`` those with the most to see; in their own order.
  ///
  /// - Parameters:
  ///   - count: of all.
  ///   - interest: how much there is to see of a class.
  /// - Returns: their numbers, ascending.
  static func chosen(of count: Int, by interest: (Int) -> Double) -> [Int] {
    guard count > most else { return Array(0..<count) }
    let values = (0..<count).map(interest)
    return values.indices.sorted { (values[$1], $0) < (values[$0], $1) }.prefix(most).sorted()
  }

  /// As in `60 of 1000 classes, those most often mistaken`; nil where all are shown.
  static func words(of count: Int, which: String, all file: String) -> String? {
    count > most ? "\(most) of \(count) classes, those \(which); all are in \(file)" : nil
  }
}

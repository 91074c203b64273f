/// How many rows and units of each class the parts of a sheet's first split have.
package struct PartTable: Sendable {
  package let parts: [String]
  private var rows: [[Int]]
  private var units: [[Int]]
  private let hasUnits: Bool

  package init(_ sheet: Plan.Sheet, of plan: Plan) {
    let data = plan.inputs[sheet.input].data
    let division = plan.division(sheet)
    guard let split = division.splits.first else {
      (parts, rows, units, hasUnits) = ([], [], [], false)
      return
    }
    var sets: [(String, [Int])] = []
    if split.selection.count == 1 {
      sets = [
        ("training", split.selection[0].training), ("validation", split.selection[0].validation),
      ]
    } else {
      sets = [("training", split.finalTraining)]
    }
    sets.append(("test", split.test))
    parts = sets.map(\.0)
    hasUnits = division.units != nil
    rows = data.classes.map { _ in sets.map { _ in 0 } }
    units = rows
    for (part, set) in sets.enumerated() {
      var seen = data.classes.map { _ in Set<Int>() }
      for row in set.1 {
        rows[data.labels[row]][part] += 1
        if let unit = division.units?[row] { seen[data.labels[row]].insert(unit) }
      }
      for label in seen.indices { units[label][part] = seen[label].count }
    }
  }

  /// Rows, and units in brackets where there are any.
  package func text(label: Int, part: Int) -> String {
    hasUnits ? "\(rows[label][part]) (\(units[label][part]))" : "\(rows[label][part])"
  }
}

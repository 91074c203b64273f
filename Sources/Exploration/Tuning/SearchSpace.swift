import JSONText
import Learning
import Matrices

/// The values that one component's settings may have: what a tuner searches.
package struct SearchSpace: Codable, Equatable, Sendable {
  /// One setting that the experiment file gives.
  package struct Dimension: Codable, Equatable, Sendable {
    /// The setting's name.
    package var name: String
    /// As in tables: `C`, or `rbf.gamma` of a transformation.
    package var label: String
    /// The stage of a chain that has the setting; 0 of a model.
    package var stage: Int
    /// The values that are listed, one where nothing is tuned; none for a range.
    package var values: [JSONNode]
    package var range: ValueRange?
    /// The smallest and the largest number that the setting could ever have; nil for none.
    package var lower, upper: Double?

    /// How many values there are; nil for those of a continuous range.
    package var count: Int? { range.map(\.count) ?? values.count }
    package var isTuned: Bool { count != 1 }

    package init(
      name: String, label: String? = nil, stage: Int = 0, values: [JSONNode] = [],
      range: ValueRange? = nil, lower: Double? = nil, upper: Double? = nil
    ) {
      self.name = name
      self.label = label ?? name
      self.stage = stage
      self.values = values
      self.range = range
      self.lower = lower
      self.upper = upper
    }

    /// Each of a finite number of values, in order.
    fileprivate var all: [JSONNode] {
      guard let range, let count = range.count else { return values }
      return (0..<count).map { range.value(atShare: (Double($0) + 0.5) / Double(count)) }
    }

    fileprivate func draw(using random: inout RandomStream) -> JSONNode {
      range.map { $0.value(atShare: random.uniform()) } ?? values[random.below(values.count)]
    }

    /// The values of a list of numbers, the smallest first; nil for anything else, or too few.
    var numericOrder: [JSONNode]? {
      let numbers = values.compactMap(\.number)
      guard range == nil, numbers.count == values.count, numbers.count >= 3 else { return nil }
      return values.sorted { ($0.number ?? 0) < ($1.number ?? 0) }
    }

    func contains(_ value: JSONNode) -> Bool {
      guard let range else { return values.contains(value) }
      return value.number.map { range.contains($0) } ?? false
    }
  }

  /// A value for every dimension.
  package typealias Point = [JSONNode]

  /// In the order of the file.
  package var dimensions: [Dimension]

  package init(_ dimensions: [Dimension]) { self.dimensions = dimensions }

  package var isTuned: Bool { dimensions.contains(where: \.isTuned) }

  /// Whether every dimension has values.
  var isPossible: Bool { dimensions.allSatisfy { $0.range?.isPossible ?? !$0.values.isEmpty } }

  /// How many points there are, `Int.max` for more than can be counted; nil for a continuous space.
  package var size: Int? {
    let counts = dimensions.compactMap(\.count)
    return counts.count == dimensions.count ? cappedProduct(counts) : nil
  }

  /// Every point of a finite space, the last dimension changing fastest.
  var allPoints: [Point] {
    dimensions.reduce([[]]) { points, dimension in
      points.flatMap { point in dimension.all.map { point + [$0] } }
    }
  }

  package func draw(using random: inout RandomStream) -> Point {
    dimensions.map { $0.draw(using: &random) }
  }

  /// So many different points, or all where there are no more, those in order.
  package func draws(_ count: Int, using random: inout RandomStream) -> [Point] {
    if let size, size <= count { return allPoints }
    var points: [Point] = []
    var known: Set<String> = []
    // A continuous range of few digits may have fewer values than are asked for.
    for _ in 0..<1000 * count where points.count < count {
      let point = draw(using: &random)
      if known.insert(JSONNode(point).compactText).inserted { points.append(point) }
    }
    return points
  }

  /// A stage's part of a point, as its component's settings.
  func settings(_ point: Point, stage: Int = 0) -> JSONNode {
    JSONNode(
      .object(
        zip(dimensions, point).filter { $0.0.stage == stage }.map { .init($0.name, $1) }))
  }

  /// The point that is a model's settings; nil where they are not of this space.
  func point(of settings: JSONNode) -> Point? {
    let members = settings.members ?? []
    guard members.map(\.name) == dimensions.map(\.name),
      zip(dimensions, members).allSatisfy({ $0.contains($1.value) })
    else { return nil }
    return members.map(\.value)
  }
}

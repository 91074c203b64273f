/// A named group of features that experiments ask for.
package struct FeatureSet: Sendable {
  /// The name in experiment files, as in `gtzan57`.
  package let name: String
  package let summary: String
  /// The columns, in their order.
  package let columns: [String]
  /// Goes up whenever the numbers of the set change: what caches hold of it is then computed anew.
  package let revision: Int
  /// Makes what computes the set for one thread: from samples at the settings' rate one number a
  /// column.
  package let makeExtractor:
    @Sendable (FeatureSettings) throws -> (_ samples: [Float]) throws -> [Double]

  /// All of them.
  package static let all: [FeatureSet] = [gtzan57]

  /// The 57 columns of the published GTZAN tables.
  package static let gtzan57 = FeatureSet(
    name: "gtzan57",
    summary: "the 57 columns of the published GTZAN tables, as librosa computes them",
    columns: PublishedFeatures.names, revision: 1
  ) { settings in
    let extractor = try FeatureExtractor(settings)
    return { try extractor.features(of: $0.span) }
  }

  package static func named(_ name: String) -> FeatureSet? { all.first { $0.name == name } }
}

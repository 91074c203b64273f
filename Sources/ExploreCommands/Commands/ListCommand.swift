import AudioFeatures
import BuiltInMusic
import DataTables
import Exploration
import JSONText
import Learning
import TextFormatting

/// `explore list`: models, transformations, scalings, tuners, datasets, feature sets and measures.
enum ListCommand: Command {
  static let specification = CommandSpecification(
    "list", "lists models, transformations, scalings, tuners, datasets, feature sets and measures",
    positionals: [
      .init(
        "KIND", "models, transformations, scalings, tuners, datasets, feature-sets or measures",
        isOptional: true)
    ], options: [.init("--json", "prints the list as JSON")], example: "explore list models")

  static func run(_ arguments: ParsedArguments, registry: Registry) throws -> ExitCode {
    let catalogue = Catalogue(registry)
    var kinds = catalogue.kinds
    if let kind = arguments.positional(0) {
      kinds = kinds.filter { $0.name == kind }
      guard !kinds.isEmpty else {
        throw arguments.error(
          "there is no kind “\(kind)”; \(suggestion(for: kind, among: catalogue.kinds.map(\.name)))"
        )
      }
    }
    if arguments.has("--json") {
      let members = kinds.map { kind in
        JSONNode.Member(
          kind.name,
          JSONNode(
            kind.entries.map { ["name": JSONNode($0.name), "summary": JSONNode($0.summary)] }))
      }
      Terminal.printOutput(JSONNode(.object(members)).indentedText)
      return .success
    }
    let width = kinds.flatMap(\.entries).map(\.name.count).max() ?? 0
    let text = kinds.map { kind in
      Terminal.bold(kind.name) + "\n"
        + kind.entries.map { entry in
          "  " + entry.name + String(repeating: " ", count: width - entry.name.count + 2)
            + entry.summary + "\n"
        }.joined()
    }.joined(separator: "\n")
    Terminal.printOutput(text)
    return .success
  }
}

/// Everything that has a name in experiment files.
struct Catalogue {
  struct Entry {
    var name: String
    var summary: String
    var reference: String
    var settings: [SettingDescription] = []
  }

  struct Kind {
    /// In the plural, as in `models`.
    var name: String
    /// As in `model`.
    var singular: String { String(name.dropLast()).replacing("-", with: " ") }
    var entries: [Entry]
  }

  let kinds: [Kind]

  /// What experiment files call the built-in music.
  static let syntheticMusic = "synthetic"

  /// Whether it takes a picture but no row of features, with its default settings.
  private static func needsPictures(_ type: any Component.Type) -> Bool {
    let component = type.init()
    let picture = RowLayout(picture: PictureShape(height: 512, width: 512), features: 0)
    func takes(_ layout: RowLayout) -> Bool {
      component.accepts(DataShape(rows: 1000, layout: layout, classes: 10)) == .yes
    }
    return !takes(RowLayout(features: 57)) && takes(picture)
  }

  init(_ registry: Registry) {
    func entry(_ type: any Component.Type) -> Entry {
      Entry(
        name: type.name,
        summary: type.summary + (Self.needsPictures(type) ? " (needs pictures)" : ""),
        reference: type.reference, settings: type.settings)
    }
    kinds = [
      Kind(name: "models", entries: registry.models.map { entry($0) }),
      Kind(
        name: "transformations",
        entries: registry.transformations.filter { !$0.isScaling || $0.name == "none" }.map {
          entry($0)
        }),
      Kind(name: "scalings", entries: registry.scalings.map { entry($0) }),
      Kind(name: "tuners", entries: Tuners.all.map { entry($0) }),
      Kind(
        name: "datasets",
        entries: BuiltInTable.all.map {
          Entry(name: $0.name, summary: $0.summary, reference: $0.source)
        } + [
          Entry(
            name: Self.syntheticMusic,
            summary: "built-in music: songs in up to ten styles, played by the program itself",
            reference: "styles: \(SyntheticMusic.styles.joined(separator: ", "))")
        ]),
      Kind(
        name: "feature-sets",
        entries: FeatureSet.all.map {
          Entry(name: $0.name, summary: $0.summary, reference: "")
        }),
      Kind(
        name: "measures",
        entries: Measure.allCases.map {
          Entry(name: $0.rawValue, summary: $0.summary, reference: "")
        }),
    ]
  }
}

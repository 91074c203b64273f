import JSONText
import Learning
import TextFormatting

/// `explore describe`: one model, transformation, data set, feature set or measure.
enum DescribeCommand: Command {
  static let specification = CommandSpecification(
    "describe",
    "tells what a model, transformation or data set is, with its settings and an example",
    positionals: [.init("NAME", "a name that explore list shows")],
    options: [
      .init(
        "--input", value: "SHAPE",
        "the layers of a network for such rows: 58, 1x128x128 or 1x512x512+57"),
      .init("--classes", value: "N", "how many classes the network tells apart (default: 10)"),
      .init("--set", value: "NAME=VALUE", "another value for a setting", isRepeatable: true),
      .init("--json", "prints the description as JSON"),
    ], example: "explore describe cnn --input 1x128x128 --classes 10")

  static func run(_ arguments: ParsedArguments, registry: Registry) throws -> ExitCode {
    let name = arguments.positional(0) ?? ""
    let catalogue = Catalogue(registry)
    let found = catalogue.kinds.compactMap { kind in
      kind.entries.first { $0.name == name }.map { (kind: kind.singular, entry: $0) }
    }
    guard let (kind, entry) = found.first else {
      let names = catalogue.kinds.flatMap { $0.entries.map(\.name) }
      throw BadInput(
        "there is nothing called “\(name)”; "
          + (nearestName(to: name, among: names).map { "did you mean “\($0)”?" }
            ?? "“explore list” tells what there is"))
    }
    if let layers = try NetworkDescription(arguments, name: name, registry: registry) {
      Terminal.printOutput(arguments.has("--json") ? layers.json.indentedText : layers.words)
      return .success
    }
    Terminal.printOutput(
      arguments.has("--json") ? json(entry, kind).indentedText : words(entry, kind))
    return .success
  }

  private static func words(_ entry: Catalogue.Entry, _ kind: String) -> String {
    var text = "\(Terminal.bold(entry.name)) (\(kind))\n\(entry.summary)\n"
    if !entry.reference.isEmpty { text += "\(entry.reference)\n" }
    var groups: [String?] = []
    for setting in entry.settings where !groups.contains(setting.group) {
      groups.append(setting.group)
    }
    for group in groups {
      let rows = entry.settings.filter { $0.group == group }.map { setting in
        [
          "  " + setting.name, setting.domain.text(for: setting.defaultValue),
          setting.domain.words, setting.help,
        ]
      }
      let title = group.map { "\($0.replacing("_", with: " ")) settings" } ?? "settings"
      text +=
        "\n\(title):\n"
        + columns([["  name", "default", "values", "meaning"]] + rows, leftAligned: [0, 1, 2, 3])
    }
    return text + "\nexample:\n  \(example(entry, kind))\n"
  }

  /// A line of an experiment file.
  private static func example(_ entry: Catalogue.Entry, _ kind: String) -> String {
    switch kind {
    case "dataset" where entry.name == Catalogue.syntheticMusic:
      return "\"data\": {\"synthetic\": {\"genres\": 10, \"songs\": 20, \"seconds\": 10}}"
    case "feature set":
      // Spectrograms need segments of one length, and the others take them.
      return
        "\"data\": {\"audio\": \"my-music\", \"segment_seconds\": 3, "
        + "\"features\": \(quotedJSON(entry.name))}"
    case "dataset": return "\"data\": {\"builtin\": \(quotedJSON(entry.name))}"
    case "measure": return "\"measure\": \(quotedJSON(entry.name))"
    case "tuner":
      return entry.settings.isEmpty
        ? "\"tuner\": \(quotedJSON(entry.name))"
        : "\"tuner\": {\(quotedJSON(entry.name)): {\"trials\": 30}}"
    case "scaling": return "\"scaling\": \(quotedJSON(entry.name))"
    default:
      guard let setting = entry.settings.first else {
        return "\"\(kind)s\": [\(quotedJSON(entry.name))]"
      }
      let value = JSONNode(setting.domain.text(for: setting.defaultValue))
      let written = setting.defaultValue.isNull ? value : setting.defaultValue
      let node: JSONNode = JSONNode(
        .object([
          .init(entry.name, JSONNode(.object([.init(setting.name, written)])))
        ]))
      return "\"\(kind)s\": [\(node.compactText)]"
    }
  }

  private static func json(_ entry: Catalogue.Entry, _ kind: String) -> JSONNode {
    [
      "name": JSONNode(entry.name), "kind": JSONNode(kind), "summary": JSONNode(entry.summary),
      "reference": JSONNode(entry.reference),
      "settings": JSONNode(
        entry.settings.map { setting in
          [
            "name": JSONNode(setting.name), "default": setting.defaultValue,
            "values": JSONNode(setting.domain.words), "help": JSONNode(setting.help),
          ]
        }),
    ]
  }
}

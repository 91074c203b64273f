import AudioData
import DataTables
import FileSets
import FileSystem
import JSONText
import Learning
import PictureData
import TextFormatting

/// `explore new`: writes a starting experiment file for a table or a folder of sounds or pictures.
enum NewCommand: Command {
  static let specification = CommandSpecification(
    "new", "writes a starting experiment file for a table, sound files or pictures",
    positionals: [
      .init(
        "TABLE.csv|DIR",
        "a table, whose label and groups are guessed, or a folder or an index of sound files "
          + "or of PNG pictures")
    ],
    options: [
      .init(
        "--output", alias: "-o", value: "FILE",
        "where to write (default: TABLE.json or DIR.json beside it)"),
      .init("--label", value: "COLUMN", "the label column, where the guess would be wrong"),
    ], example: "explore new features.csv -o experiment.json")

  static func run(_ arguments: ParsedArguments, registry: Registry) throws -> ExitCode {
    let source = Path(arguments.positional(0).map { $0.trimmedOfSlashes } ?? "")
    let stem = source.name.split(separator: ".").first.map(String.init) ?? "experiment"
    let target = arguments.value("--output").map { Path($0) } ?? source.folder / "\(stem).json"
    let goesToOutput = arguments.value("--output") == "-"
    if !goesToOutput, target.exists {
      throw BadInput("\(target.string) exists already; give another file with -o")
    }
    let place = relativePath(from: goesToOutput ? "." : target.folder, to: source)
    let guess: Guess
    if let catalogue = pictures(source) {
      guess = try self.guess(catalogue, as: place, arguments)
    } else if source.isFolder || isIndex(source, of: .sounds) {
      guess = try self.guess(try FileCatalogue(sounds: source), as: place, arguments)
    } else {
      guess = try table(source, as: place, arguments)
    }
    let text = experiment(name: stem, guess)
    if goesToOutput {
      Terminal.printOutput(text)
      return .success
    }
    try target.writeAtomically(text)
    Terminal.printOutput("\(target.string)\n")
    Terminal.printError("\(guess.words); check the file, then: explore run \(target.string)")
    return .success
  }

  /// What a source seems to be meant for.
  private struct Guess {
    /// The members of `data`.
    var data: [String]
    var split = """
      // Rows of a group stay together; {"folds": {"count": 5}} tests every row once.
      "split": { "holdout": { "validation": 0.15, "test": 0.15 } }
      """
    /// Models beside those that take any table.
    var networks: [String] = []
    /// Cells that cannot be.
    var skip: [String] = []
    /// In words.
    var words: String
  }

  /// The pictures of a folder that has no sounds, or of an index that names some.
  private static func pictures(_ source: Path) -> FileCatalogue? {
    guard let catalogue = try? FileCatalogue(source, of: .pictures),
      catalogue.tracks.contains(where: {
        FileKind.pictures.extensions.contains($0.path.fileExtension)
      })
    else { return nil }
    if source.isFolder { return (try? FileCatalogue(sounds: source)) == nil ? catalogue : nil }
    return isIndex(source, of: .pictures) ? catalogue : nil
  }

  /// Whether a CSV file lists files, rather than numbers of them.
  private static func isIndex(_ file: Path, of kind: FileKind) -> Bool {
    guard let catalogue = try? FileCatalogue(file, of: kind), !catalogue.tracks.isEmpty,
      let columns = try? TableSurvey(file).columns
    else { return false }
    return columns.filter(\.isNumeric).count * 2 < columns.count
  }

  private static func guess(
    _ catalogue: FileCatalogue, as place: String, _ arguments: ParsedArguments
  ) throws -> Guess {
    if arguments.has("--label") { throw arguments.error("--label goes with a table") }
    let classes = catalogue.classes
    guard classes.count > 1 else {
      throw BadInput(
        "\(catalogue.source): all \(catalogue.kind.noun) files are of one class, “\(classes.first ?? "")”; at least two are needed"
      )
    }
    let shown = classes.prefix(10).joined(separator: ", ") + (classes.count > 10 ? ", …" : "")
    var guess = Guess(
      data: catalogue.kind == .pictures
        ? ["\"pictures\": \(quotedJSON(place))", "\"size\": 32"]
        : ["\"audio\": \(quotedJSON(place))", "\"features\": \"gtzan57\""],
      words: "\(classes.count) classes: \(shown)")
    if catalogue.kind == .pictures {
      guess.networks = [
        "// A network takes the picture itself; it learns longer, and more from a larger \"size\".",
        #"{ "cnn": { "filters": [16, 32], "epochs": 40 } },"#,
      ]
      guess.skip = ["pca+cnn"]
    }
    if catalogue.columns.contains("fold") {
      guess.split = #"""
        // The official folds of the index.
        "split": { "folds": { "column": "fold" } }
        """#
      guess.words += "; official folds"
    }
    return guess
  }

  private static func table(
    _ table: Path, as place: String, _ arguments: ParsedArguments
  ) throws -> Guess {
    let survey = try TableSurvey(table)
    let label = try label(arguments, survey, table)
    let numbering = survey.columns.filter { $0.name != label && $0.isNumbering }
    if !numbering.isEmpty {
      let names = numbering.map { "“\($0.name)”" }.joined(separator: ", ")
      Terminal.printError("ignored, as they seem to number rows or parts: \(names)")
    }
    let group = survey.likelyGroup(label: label)
    let giveaways = survey.giveaways(label: label).filter { $0.column != group?.column }
    for giveaway in giveaways { Terminal.printError("ignored: \(giveaway.words)") }
    if let group {
      Terminal.printError(
        "rows of one \(group.name) stay together (column “\(group.column)”); delete “groups” if that is wrong"
      )
    }
    return Guess(
      data: data(of: place, label: label, survey, group, giveaways: giveaways.map(\.column)),
      words: "label: \(label)")
  }

  private static func label(
    _ arguments: ParsedArguments, _ survey: TableSurvey, _ table: Path
  ) throws -> String {
    let names = survey.columns.map(\.name)
    if let label = arguments.value("--label") {
      guard names.contains(label) else {
        throw TableError(
          path: table.string, .unknownColumn(label, role: "--label", known: names))
      }
      return label
    }
    guard let label = survey.likelyLabel else {
      throw BadInput(
        "\(table.string): no column looks like a label; name it with --label, one of "
          + names.prefix(20).joined(separator: ", "))
    }
    return label
  }

  /// The table's path as the experiment file will read it.
  private static func relativePath(from folder: Path, to table: Path) -> String {
    if table.isAbsolute { return table.string }
    if folder.string == table.folder.string { return table.name }
    return folder.string == "." ? table.string : (Path.currentFolder / table.string).string
  }

  private static func data(
    of table: String, label: String, _ survey: TableSurvey,
    _ group: (name: String, column: String, pattern: String?)?, giveaways: [String]
  ) -> [String] {
    let ignored = survey.columns.filter { column in
      column.name != label && column.name != group?.column
        && (!column.isNumeric || column.isNumbering || giveaways.contains(column.name))
    }
    let missing = survey.columns.filter {
      $0.isNumeric && !$0.isNumbering && $0.missing > 0 && !giveaways.contains($0.name)
    }
    var data = ["\"table\": \(quotedJSON(table))", "\"label\": \(quotedJSON(label))"]
    if !ignored.isEmpty {
      data.append("\"ignore\": \(JSONNode(ignored.map(\.name)).compactText)")
    }
    if !missing.isEmpty { data.append("\"missing\": \"median\"") }
    if let group {
      var members = [JSONNode.Member("column", JSONNode(group.column))]
      if let pattern = group.pattern { members.append(.init("pattern", JSONNode(pattern))) }
      data.append(
        "\"groups\": { \(quotedJSON(group.name)): \(JSONNode(.object(members)).compactText) }")
    }
    return data
  }

  private static func experiment(name: String, _ guess: Guess) -> String {
    let networks = guess.networks.map { $0 + "\n    " }.joined()
    let skip =
      guess.skip.isEmpty
      ? "" : ",\n  \"skip\": \(JSONNode(guess.skip.map { JSONNode($0) }).compactText)"
    return """
      {
        "name": \(quotedJSON(name)),
        "seed": 42,
        "data": {
          \(guess.data.joined(separator: ",\n    "))
        },
        "scaling": "standard",
        \(guess.split.split(separator: "\n").joined(separator: "\n  ")),
        "transformations": [ "none", { "pca": { "variance": 0.95 } } ],
        "models": [
          "dummy",
          \(networks){ "logistic": { "C": [0.01, 0.1, 1, 10, 100] } },
          { "svm": { "kernel": "rbf", "C": [0.1, 1, 10, 100] } },
          { "ridge": { "alpha": [100, 10, 1, 0.1, 0.01] } },
          { "forest": { "trees": 200 } },
          { "knn": { "k": [1, 3, 5, 7, 10], "weights": ["uniform", "distance"] } }
        ]\(skip)
      }

      """
  }
}

extension String {
  /// The folder `music` however it is written: a shell completes it to `music/`.
  fileprivate var trimmedOfSlashes: String {
    var rest = self[...]
    while rest.count > 1, rest.last == "/" { rest.removeLast() }
    return String(rest)
  }
}

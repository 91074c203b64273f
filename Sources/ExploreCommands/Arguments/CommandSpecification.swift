import TextFormatting

/// What a command takes: its positional arguments and options, each with a line of help.
package struct CommandSpecification: Sendable {
  package struct Positional: Sendable {
    package var name: String
    package var help: String
    package var isOptional: Bool
    /// Whether several may be given; only the last positional may be so.
    package var isRepeatable: Bool

    package init(
      _ name: String, _ help: String, isOptional: Bool = false, isRepeatable: Bool = false
    ) {
      self.name = name
      self.help = help
      self.isOptional = isOptional
      self.isRepeatable = isRepeatable
    }

    fileprivate var spelling: String {
      let name = isRepeatable ? name + "…" : name
      return isOptional ? "[\(name)]" : name
    }
  }

  package struct Option: Sendable {
    /// With its dashes, as in `--jobs`.
    package var name: String
    /// A second spelling, as in `-o`.
    package var alias: String?
    /// What stands for the value in the help; nil for a flag.
    package var value: String?
    package var help: String
    package var isRepeatable: Bool

    package init(
      _ name: String, alias: String? = nil, value: String? = nil, _ help: String,
      isRepeatable: Bool = false
    ) {
      self.name = name
      self.alias = alias
      self.value = value
      self.help = help
      self.isRepeatable = isRepeatable
    }

    fileprivate var spelling: String {
      [alias, name].compactMap { $0 }.joined(separator: ", ") + (value.map { " " + $0 } ?? "")
    }
  }

  /// One word, or two where several commands have one subject, as in `data check`.
  package var name: String
  package var summary: String
  package var positionals: [Positional]
  package var options: [Option]
  package var example: String?
  /// More that the help screen says, below everything else.
  package var notes: String?

  package init(
    _ name: String, _ summary: String, positionals: [Positional] = [], options: [Option] = [],
    example: String? = nil, notes: String? = nil
  ) {
    self.name = name
    self.summary = summary
    self.positionals = positionals
    self.options =
      options + [
        Option("--help", alias: "-h", "shows this help"),
        Option("--version", "shows the version"),
      ]
    self.example = example
    self.notes = notes
  }

  /// One line, as in `explore run FILE [options]`.
  package var usage: String {
    let places = positionals.map { " " + $0.spelling }
    return "explore \(name)\(places.joined()) [options]"
  }

  /// The whole help screen.
  package var help: String {
    let rows = positionals.map { ($0.name, $0.help) }
    let optionRows = options.map { ($0.spelling, $0.help) }
    let width = (rows + optionRows).map(\.0.count).max() ?? 0
    func table(_ rows: [(String, String)]) -> String {
      rows.map { spelling, help in
        "  " + spelling + String(repeating: " ", count: width - spelling.count + 2) + help + "\n"
      }.joined()
    }
    var text = "\(summary)\n\nusage: \(usage)\n"
    if !rows.isEmpty { text += "\n" + table(rows) }
    text += "\noptions:\n" + table(optionRows)
    if let example { text += "\nexample:\n  \(example)\n" }
    if let notes { text += "\n\(notes)\n" }
    return text
  }
}

/// A command line that cannot be understood.
package struct UsageError: Error, Equatable, CustomStringConvertible {
  package var description: String
  /// The command whose usage is shown below; nil for the program's own.
  package var usage: String?

  package init(_ description: String, usage: String? = nil) {
    self.description = description
    self.usage = usage
  }
}

/// A command line that fits a command's specification.
package struct ParsedArguments: Sendable {
  private let specification: CommandSpecification
  private var positionals: [String] = []
  private var values: [String: [String]] = [:]

  /// Reads arguments; `--name value` and `--name=value` are the same, `--` ends the options.
  ///
  /// - Throws: ``UsageError`` for an unknown option, a missing or surplus argument.
  package init(
    _ arguments: [String], _ specification: CommandSpecification
  ) throws(UsageError) {
    self.specification = specification
    var rest = arguments[...]
    var optionsEnded = false
    while let argument = rest.popFirst() {
      if optionsEnded || !argument.hasPrefix("-") || argument == "-" {
        positionals.append(argument)
      } else if argument == "--" {
        optionsEnded = true
      } else {
        try readOption(argument, &rest)
      }
    }
    // Help is given whatever else is wrong.
    if has("--help") || has("--version") { return }
    if positionals.count > specification.positionals.count,
      specification.positionals.last?.isRepeatable != true
    {
      throw error("unexpected argument “\(positionals[specification.positionals.count])”")
    }
    for (index, positional) in specification.positionals.enumerated()
    where index >= positionals.count && !positional.isOptional {
      throw error("\(positional.name) is missing: \(positional.help)")
    }
  }

  private mutating func readOption(
    _ argument: String, _ rest: inout ArraySlice<String>
  ) throws(UsageError) {
    let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let spelling = String(parts[0])
    guard
      let option = specification.options.first(where: {
        $0.name == spelling || $0.alias == spelling
      })
    else {
      let known = specification.options.map(\.name)
      let near = nearestName(to: spelling, among: known).map { "; did you mean “\($0)”?" } ?? ""
      throw error("unknown option “\(spelling)”\(near)")
    }
    if values[option.name] != nil, !option.isRepeatable {
      throw error("\(option.name) is given twice")
    }
    guard let placeholder = option.value else {
      guard parts.count == 1 else { throw error("\(option.name) takes no value") }
      values[option.name, default: []].append("")
      return
    }
    guard let value = parts.count > 1 ? String(parts[1]) : rest.popFirst() else {
      throw error("\(option.name) needs a value: \(option.name) \(placeholder)")
    }
    values[option.name, default: []].append(value)
  }

  /// An error that shows the command's usage.
  package func error(_ description: String) -> UsageError {
    UsageError(description, usage: specification.usage)
  }

  /// A positional argument; nil for an optional one that was not given.
  package func positional(_ index: Int) -> String? {
    index < positionals.count ? positionals[index] : nil
  }

  /// The positional arguments from this one on.
  package func positionals(from index: Int) -> [String] { Array(positionals.dropFirst(index)) }

  package func has(_ option: String) -> Bool { values[option] != nil }

  /// The value of an option; nil when it was not given.
  package func value(_ option: String) -> String? { values[option]?.last }

  /// All values of a repeatable option.
  package func allValues(_ option: String) -> [String] { values[option] ?? [] }

  /// The value of an option as a number.
  ///
  /// - Throws: ``UsageError`` when it is no number of the range.
  package func number<Number: LosslessStringConvertible & Comparable>(
    _ option: String, in range: ClosedRange<Number>
  ) throws(UsageError) -> Number? {
    guard let text = value(option) else { return nil }
    guard let number = Number(text), range.contains(number) else {
      throw error(
        "\(option) needs a number from \(range.lowerBound) to \(range.upperBound), found “\(text)”")
    }
    return number
  }
}

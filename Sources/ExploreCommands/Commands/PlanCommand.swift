import Exploration
import FileSystem
import JSONText
import Learning
import TextFormatting

/// `explore plan`: what a run would do, without doing it.
enum PlanCommand: Command {
  static let specification = CommandSpecification(
    "plan", "shows the cells, what is done, what is skipped and why, time and memory",
    positionals: [.init("FILE", "the experiment file")],
    options: RunCommand.experimentOptions + [
      .init("--quiet", "shows only the cells"), .init("--json", "prints the plan as JSON"),
    ], example: "explore plan experiments/quickstart.json")

  static func run(_ arguments: ParsedArguments, registry: Registry) throws -> ExitCode {
    let request = try ExperimentRequest(
      arguments, registry: registry, jobs: Machine.cores,
      terminal: Terminal(isQuiet: arguments.has("--quiet")))
    let folder = request.folder
    let journal =
      folder.journals.exists
      ? try Journal(reading: folder.journals, repairing: false) : Journal(folder: folder.journals)
    let forecast = Forecast(request.plan, registry: registry, journal: journal, folder: folder)
    if arguments.has("--json") {
      Terminal.printOutput(json(request.plan, forecast).indentedText)
    } else {
      let isQuiet = arguments.has("--quiet")
      Terminal.printOutput(
        isQuiet ? cellTable(forecast) : words(request.plan, forecast, folder))
    }
    return .success
  }

  // MARK: Words

  private static func words(_ plan: Plan, _ forecast: Forecast, _ folder: RunFolder) -> String {
    var text = "\(Terminal.bold(terminalText(plan.name)))\n\n"
    text += "data     \(terminalText(plan.source)): "
    let classes = counted(plan.classes.count, "class", plural: "classes")
    if plan.hasInputs {
      text += classes + "\n"
      for input in plan.inputs {
        text += "input    \(terminalName(input.name)): \(size(of: input))\n"
      }
    } else {
      text += "\(size(of: plan.inputs[0])), \(classes)\n"
    }
    for own in plan.protocols {
      text += "split    \(own.name.isEmpty ? "" : "\(terminalName(own.name)): ")"
      text += "\(terminalText(own.words))\n"
    }
    text += curveLines(plan)
    if let tuner = plan.tunerWords { text += "tuner    \(tuner)\n" }
    if let limits = Machine.limitWords { text += "machine  \(terminalText(limits))\n" }
    text += "run      \(terminalText(folder.path.string))\n\n"
    for sheets in plan.rankedSheets {
      // Inputs with the same rows have the same parts.
      let sheet = sheets[0]
      let name =
        plan.inputsShareRows ? plan.protocols[sheet.protocol].name : plan.name(of: sheet)
      if !name.isEmpty { text += "\(terminalName(name))\n" }
      text += partTable(plan, sheet)
    }
    for finding in plan.dataFindings + plan.splitFindings {
      text += "\(finding.severity.rawValue): \(terminalText(finding.message))\n"
    }
    text += auditLines(plan)
    text += "\n" + cellTable(forecast)
    let open = forecast.cells.filter { $0.seconds > 0 }.count
    let seconds = forecast.secondsOnOneCore / Double(Machine.cores)
    text += "\n\(counted(open, "cell")) to compute"
    if open > 0 {
      text +=
        ", about \(duration(seconds: seconds)) on \(counted(Machine.cores, "core"))"
        + (forecast.isMeasured ? "" : " (a guess: nothing was measured yet)")
    }
    return text + "\n" + longPieces(plan, forecast)
  }

  /// The sizes of the learning curve and how many fits they take, for each protocol's first input.
  private static func curveLines(_ plan: Plan) -> String {
    guard !plan.learningCurve.isEmpty else { return "" }
    return plan.sheets.map { sheet in
      let name = plan.name(of: sheet)
      let subsets = plan.division(sheet).subsets
      let shares = plan.learningCurve.filter { share in
        share == 1 || subsets.contains { $0.share == share }
      }
      return "curve    \(name.isEmpty ? "" : "\(terminalName(name)): ")"
        + "\(shares.map(percentage).joined(separator: ", ")) of the training groups, "
        + "\(counted(subsets.count, "fit")) more of each cell\n"
    }.joined()
  }

  private static func size(of input: Plan.Input) -> String {
    "\(counted(input.data.labels.count, "row")), \(input.data.columnWords)"
  }

  private static func partTable(_ plan: Plan, _ sheet: Plan.Sheet) -> String {
    let table = PartTable(sheet, of: plan)
    let division = plan.division(sheet)
    let unit =
      division.units == nil
      ? "rows"
      : "rows (groups: \(terminalName(plan.grouping(of: sheet)?.name ?? "equal rows")))"
    var rows = [[unit] + table.parts]
    for (label, name) in plan.classes.enumerated() {
      rows.append(
        [terminalName(name)] + table.parts.indices.map { table.text(label: label, part: $0) })
    }
    return columns(rows, leftAligned: [0])
      + (plan.protocols[sheet.protocol].isFolds
        ? "(fold 0 of repeat 0; \(division.splits.count) splits)\n" : "")
  }

  private static func auditLines(_ plan: Plan) -> String {
    var text = ""
    for sheet in plan.sheets {
      let name = plan.name(of: sheet)
      let place = name.isEmpty ? "" : " of \(terminalName(name))"
      for entry in plan.division(sheet).audit.entries {
        let whose =
          entry.kind == "identical rows"
          ? "test rows equal to rows learnt from"
          : "test groups (\(terminalText(entry.kind))) with rows to learn from"
        text += "leakage audit\(place): \(entry.shared) of \(entry.total) \(whose)\n"
      }
    }
    if let taint = plan.taint { text += "warning: too optimistic: \(terminalText(taint))\n" }
    return text
  }

  /// Which cells may end as timeouts.
  private static func longPieces(_ plan: Plan, _ forecast: Forecast) -> String {
    let names = forecast.cells.filter { $0.longestPiece > plan.limits.seconds }
      .map { terminalName($0.name) }
    guard !names.isEmpty else { return "" }
    return "may take longer than limits.cell_seconds = \(shortest(plan.limits.seconds)): "
      + names.prefix(10).joined(separator: ", ") + (names.count > 10 ? ", …" : "") + "\n"
  }

  private static func cellTable(_ forecast: Forecast) -> String {
    // One thread is not worth a column.
    let hasThreads = forecast.cells.contains { $0.threads > 1 }
    var rows = [
      ["cell", "trials"] + (hasThreads ? ["threads"] : []) + ["time", "memory", "state"]
    ]
    for cell in forecast.cells {
      rows.append(
        [terminalName(cell.name), "\(cell.trials)"]
          + (hasThreads ? [cell.megabytes > 0 ? "\(cell.threads)" : ""] : []) + [
            cell.seconds > 0 ? duration(seconds: cell.seconds) : "",
            cell.megabytes > 0 ? byteCount(cell.megabytes * 1e6) : "", terminalText(cell.state),
          ])
    }
    return columns(rows, leftAligned: [0, rows[0].count - 1])
  }

  // MARK: JSON

  private static func json(_ plan: Plan, _ forecast: Forecast) -> JSONNode {
    var members: [JSONNode.Member] = [
      .init("name", JSONNode(plan.name)), .init("seed", JSONNode(plan.seed)),
      .init("tuner", JSONNode(plan.tuner?.name ?? "grid")),
    ]
    if plan.hasProtocols {
      members.append(
        .init(
          "protocols",
          JSONNode(
            plan.protocols.enumerated().map { index, own in
              JSONNode(
                .object([.init("name", JSONNode(own.name))] + inputs(of: index, in: plan)))
            })))
    } else {
      members += inputs(of: 0, in: plan)
    }
    members.append(
      .init(
        "cells",
        JSONNode(
          forecast.cells.map {
            [
              "name": JSONNode($0.name), "state": JSONNode($0.state), "trials": JSONNode($0.trials),
              "threads": JSONNode($0.threads), "seconds": JSONNode($0.seconds),
              "megabytes": JSONNode($0.megabytes),
            ]
          })))
    members.append(.init("machine", JSONNode(.object(Machine.members))))
    return JSONNode(.object(members))
  }

  /// The inputs as a protocol divides them; without names the only one's own members.
  private static func inputs(of index: Int, in plan: Plan) -> [JSONNode.Member] {
    let sheets = plan.inputs.indices.map { Plan.Sheet(protocol: index, input: $0) }
    guard plan.hasInputs else { return json(of: sheets[0], in: plan) }
    return [
      .init(
        "inputs",
        JSONNode(
          sheets.map { sheet in
            let name = JSONNode(plan.inputs[sheet.input].name)
            return JSONNode(.object([.init("name", name)] + json(of: sheet, in: plan)))
          }))
    ]
  }

  private static func json(of sheet: Plan.Sheet, in plan: Plan) -> [JSONNode.Member] {
    let data = plan.inputs[sheet.input].data
    let own = plan.protocols[sheet.protocol]
    let division = plan.division(sheet)
    let findings = data.findings + own.findings + division.findings
    return [
      .init(
        "data",
        [
          "source": JSONNode(data.source), "rows": JSONNode(data.labels.count),
          "layout": JSONNode("\(data.layout)"), "columns": JSONNode(data.columns),
          "classes": JSONNode(data.classes),
          "findings": JSONNode(findings.map { JSONNode($0.message) }),
        ]),
      .init(
        "split",
        [
          "words": JSONNode(own.words), "splits": JSONNode(division.splits.count),
          "parts": JSONNode(PartTable(sheet, of: plan).parts),
          "subsets": JSONNode(division.subsets.count),
          "leakage": JSONNode(
            division.audit.entries.map {
              [
                "kind": JSONNode($0.kind), "shared": JSONNode($0.shared),
                "total": JSONNode($0.total),
              ]
            }),
          "taint": division.audit.taint.map { JSONNode($0) } ?? .null,
        ]),
    ]
  }
}

/// Rows of text in columns as wide as their widest cell.
func columns(_ rows: [[String]], leftAligned: Set<Int>) -> String {
  let widths = (rows.first ?? []).indices.map { column in
    rows.map { $0[column].count }.max() ?? 0
  }
  return rows.map { row in
    let line = row.enumerated().map { column, text in
      let padding = String(repeating: " ", count: widths[column] - text.count)
      return leftAligned.contains(column) ? text + padding : padding + text
    }.joined(separator: "  ")
    return String(line.reversed().drop { $0 == " " }.reversed()) + "\n"
  }.joined()
}

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
    text +=
      "data     \(terminalText(plan.data.source)): \(counted(plan.data.labels.count, "row")), "
      + "\(counted(plan.data.columns.count, "column")), "
      + "\(counted(plan.data.classes.count, "class", plural: "classes"))\n"
    text += "split    \(terminalText(plan.splitWords))\n"
    text += "run      \(terminalText(folder.path.string))\n\n"
    text += partTable(plan)
    for finding in plan.data.findings + plan.findings {
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
    return text + "\n"
  }

  private static func partTable(_ plan: Plan) -> String {
    let table = PartTable(plan)
    let unit =
      plan.data.units == nil
      ? "rows" : "rows (groups: \(terminalName(plan.data.groupName ?? "equal rows")))"
    var rows = [[unit] + table.parts]
    for (label, name) in plan.data.classes.enumerated() {
      rows.append(
        [terminalName(name)] + table.parts.indices.map { table.text(label: label, part: $0) })
    }
    return columns(rows, leftAligned: [0])
      + (plan.isFolds ? "(fold 0 of repeat 0; \(plan.splits.count) splits)\n" : "")
  }

  private static func auditLines(_ plan: Plan) -> String {
    var text = ""
    for entry in plan.audit.entries {
      let whose =
        entry.kind == "identical rows"
        ? "test rows equal to rows learnt from"
        : "test groups (\(terminalText(entry.kind))) with rows to learn from"
      text += "leakage audit: \(entry.shared) of \(entry.total) \(whose)\n"
    }
    if let taint = plan.audit.taint { text += "warning: too optimistic: \(terminalText(taint))\n" }
    return text
  }

  private static func cellTable(_ forecast: Forecast) -> String {
    var rows = [["cell", "trials", "time", "memory", "state"]]
    for cell in forecast.cells {
      rows.append([
        terminalName(cell.name), "\(cell.trials)",
        cell.seconds > 0 ? duration(seconds: cell.seconds) : "",
        cell.megabytes > 0 ? byteCount(cell.megabytes * 1e6) : "", terminalText(cell.state),
      ])
    }
    return columns(rows, leftAligned: [0, 4])
  }

  // MARK: JSON

  private static func json(_ plan: Plan, _ forecast: Forecast) -> JSONNode {
    let table = PartTable(plan)
    return [
      "name": JSONNode(plan.name), "seed": JSONNode(plan.seed),
      "data": [
        "source": JSONNode(plan.data.source), "rows": JSONNode(plan.data.labels.count),
        "columns": JSONNode(plan.data.columns), "classes": JSONNode(plan.data.classes),
        "findings": JSONNode((plan.data.findings + plan.findings).map { JSONNode($0.message) }),
      ],
      "split": [
        "words": JSONNode(plan.splitWords), "splits": JSONNode(plan.splits.count),
        "parts": JSONNode(table.parts),
        "leakage": JSONNode(
          plan.audit.entries.map {
            ["kind": JSONNode($0.kind), "shared": JSONNode($0.shared), "total": JSONNode($0.total)]
          }),
        "taint": plan.audit.taint.map { JSONNode($0) } ?? .null,
      ],
      "cells": JSONNode(
        forecast.cells.map {
          [
            "name": JSONNode($0.name), "state": JSONNode($0.state), "trials": JSONNode($0.trials),
            "seconds": JSONNode($0.seconds), "megabytes": JSONNode($0.megabytes),
          ]
        }),
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

import DataTables
import Exploration
import JSONText
import TextFormatting

extension Page {
  var data: HTML {
    var parts = [findings(plan.data.findings, none: "Nothing odd was found on loading.")]
    let counts = partCounts
    parts.append(.table(counts.header, counts.rows, isSortable: true))
    parts.append(
      .element(
        "details", [:],
        .element("summary", [:], counted(plan.data.columns.count, "column")),
        .element("p", ["class": "note"], plan.data.columns.joined(separator: ", "))))
    return .joined(parts)
  }

  var split: HTML {
    var parts = [HTML.element("p", [:], plan.splitWords + ".")]
    if plan.isFolds {
      parts.append(
        .element(
          "p", [:],
          "\(plan.splits.count) splits; the table above counts repeat 0, fold 0."))
    }
    parts.append(findings(plan.findings, none: nil))
    let rows = plan.audit.entries.map { entry in
      [
        entry.kind, "\(entry.shared)", "\(entry.total)",
        entry.isProtocol
          ? (entry.shared == 0 ? "kept apart" : "leaks") : "not kept apart by this split",
      ]
    }
    if rows.isEmpty {
      parts.append(
        .element(
          "p", ["class": "note"],
          "Leakage audit: the data has no groups and no identical rows; nothing can stand on both "
            + "sides."))
    } else {
      parts.append(.element("h3", [:], "Leakage audit"))
      parts.append(
        .table(["of the test part", "also learnt from", "of", "verdict"], rows))
    }
    return .joined(parts)
  }

  private func findings(_ findings: [DataFinding], none: String?) -> HTML {
    guard !findings.isEmpty else {
      return none.map { .element("p", ["class": "note"], $0) } ?? HTML()
    }
    return .element(
      "ul", ["class": "findings"],
      .joined(
        findings.map { finding in
          .element("li", ["class": finding.severity.rawValue], finding.message)
        }))
  }

  /// Rows, and units where there are any, of each class in each part of the first split.
  private var partCounts: (header: [String], rows: [[String]]) {
    let table = PartTable(plan)
    return (
      ["class"] + table.parts,
      plan.data.classes.enumerated().map { label, name in
        [name] + table.parts.indices.map { table.text(label: label, part: $0) }
      }
    )
  }

  var method: HTML {
    let sentences = [
      "A setting is chosen by \(plan.measure.rawValue) on the validation rows; of equal ones the first. "
        + "The test rows are used once, by the winner.",
      plan.refit
        ? "The winner is fitted again on training and validation rows."
        : "The winner is the model fitted to the training rows; it is not fitted again.",
      "Scaling, filling of missing values and transformations are fitted to training rows only.",
      plan.isFolds
        ? "Each fold is the test part once and chooses its own setting. Accuracy, AUC and log loss are "
          + "means over folds; counts are summed over a repeat's folds. Intervals are corrected for "
          + "the training rows that folds share (Nadeau and Bengio 2003)."
        : "Intervals are Wilson's; where test rows come in groups, with the effective number of rows and "
          + "Student's t. They cover the choice of test rows, not a retraining.",
      "Probabilities of ridge and perceptron, and of svm while it is tuned, are a soft-max of scores and "
        + "uncalibrated; their AUC and top 3 come from the scores.",
      "Log loss is natural, probabilities clipped at 2⁻²³. Precision, recall and F1 "
        + "are 0 on a zero denominator; macro means are over classes with test rows.",
    ]
    return .element("ul", [:], .joined(sentences.map { .element("li", [:], $0) }))
  }

  var experiment: HTML { .element("pre", [:], report.experimentText) }

  var provenance: HTML {
    let starts = report.provenance["starts"]?.elements ?? []
    let rows = starts.map { start in
      ["started", "version", "processor", "cores", "jobs", "system", "kernels", "blas"].map { key in
        start[key].map { $0.string ?? $0.compactText } ?? ""
      }
    }
    let list = [
      ("seed", "\(plan.seed)"), ("data", plan.data.key), ("plan", plan.format),
    ].map { ["\($0)", $1] }
    return .table(
      ["started", "version", "processor", "cores", "jobs", "system", "kernels", "BLAS"], rows)
      + .table(["", ""], list)
  }
}

import Exploration
import FileSystem
import JSONText

/// Something that two runs have otherwise: in what was asked, in the data, or in what computed them.
package struct RunDifference: Equatable, Sendable {
  package enum Subject: String, CaseIterable, Sendable {
    case experiment, data, code
  }

  package var subject: Subject
  package var what: String
  /// What each run has; empty for nothing.
  package var first: String
  package var second: String

  /// What the plans, the provenance and the records of two runs have otherwise.
  package static func all(
    _ first: RunFolder, _ second: RunFolder, _ results: (RunResults, RunResults)
  )
    -> [RunDifference]
  {
    let plans = (results.0.plan, results.1.plan)
    var all = plans.0.differences(to: plans.1).map { difference in
      RunDifference(
        subject: difference.subject == .data ? .data : .experiment, what: difference.what,
        first: difference.first, second: difference.second)
    }
    let isSameQuestion = all.isEmpty
    let provenance = (Provenance(reading: first), Provenance(reading: second))
    for (member, name) in [
      ("version", "version"), ("processor", "processor"), ("kernels", "kernels"),
      ("blas", "BLAS"), ("system", "system"),
    ] {
      let values = [provenance.0, provenance.1].map {
        $0.values(of: member).sorted().joined(separator: "; ")
      }
      if values[0] != values[1] {
        all.append(
          RunDifference(subject: .code, what: name, first: values[0], second: values[1]))
      }
    }
    let paths = (arithmetic(of: results.0), arithmetic(of: results.1))
    if paths.0 != paths.1 {
      all.append(
        RunDifference(
          subject: .code, what: "arithmetic", first: paths.0.joined(separator: "; "),
          second: paths.1.joined(separator: "; ")))
    }
    // The keys of records know the revision of each component: with the same question and data,
    // nothing else can change them.
    if isSameQuestion {
      let revised = revisedCells(plans.0, plans.1)
      if !revised.isEmpty {
        all.append(
          RunDifference(
            subject: .code, what: "revisions",
            first: "models and transformations of other revisions",
            second: revised.prefix(6).joined(separator: ", ")
              + (revised.count > 6 ? " and \(revised.count - 6) more" : "")))
      }
    }
    return all
  }

  private static func arithmetic(of results: RunResults) -> [String] {
    Set(
      results.cells.flatMap { cell in
        cell.pieces.flatMap { [$0.record.arithmetic, $0.record.ownArithmetic].compactMap { $0 } }
      }
    ).sorted()
  }

  /// The cells of two plans that differ in nothing but the keys of their pieces.
  private static func revisedCells(_ first: Plan, _ second: Plan) -> [String] {
    let keys = [first, second].map { plan in
      Dictionary(grouping: plan.pieces, by: \.cell).mapValues { $0.map(\.key) }
    }
    return first.cells.indices.filter { index in
      guard let own = keys[0][index], let other = keys[1][index] else { return false }
      return own != other
    }.map { first.name(of: first.cells[$0]) }
  }
}

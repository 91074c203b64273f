import JSONText
import Learning
import TextFormatting

/// Something that two plans have otherwise.
package struct PlanDifference: Equatable, Sendable {
  package enum Subject: String, Sendable {
    case experiment, data
  }

  package var subject: Subject
  /// As in `seed`, or `model svm`.
  package var what: String
  /// What the first has; empty for nothing.
  package var first: String
  /// What the second has; empty for nothing.
  package var second: String
  /// Whether one of them has nothing of the kind, so that what both have is the same.
  package var isOnlyInOne = false
}

extension Plan {
  /// What this plan and another one, of a later or other run, have otherwise: settings first, then
  /// the lists of what is crossed, then data.
  package func differences(to other: Plan) -> [PlanDifference] {
    settingDifferences(to: other)
      + differences(
        "transformation", transformations, other.transformations, name: \.name
      ) { own, others in
        let stages = (own.variants.map(\.words), others.variants.map(\.words))
        return stages.0 == stages.1 ? nil : (listed(stages.0), listed(stages.1))
      }
      + differences("model", models, other.models, name: \.name) { own, others in
        let settings = (own.settingWords, others.settingWords)
        return settings.0 == settings.1 ? nil : (listed(settings.0), listed(settings.1))
      }
      + differences("split", protocols, other.protocols, name: \.name) { own, others in
        if own.words != others.words { return (own.words, others.words) }
        return divisionDifference(own, others, other)
      }
      + dataDifferences(to: other)
  }

  /// Everything but lists of what is crossed, and what follows from them: settings that later versions
  /// add are among them.
  private func settingDifferences(to other: Plan) -> [PlanDifference] {
    let lists = [
      "format", "inputs", "protocols", "transformations", "models", "cells", "pieces",
    ]
    func members(_ plan: Plan) -> [JSONNode.Member] {
      let node = (try? JSONNode(encoding: plan))?.members ?? []
      return node.filter { !lists.contains($0.name) }.flatMap { member in
        // The limits are told one by one, as they are in experiment files.
        guard member.name == "limits", let limits = member.value.members else { return [member] }
        return limits.map { JSONNode.Member("limits.\($0.name)", $0.value) }
      }
    }
    let own = members(self)
    let others = members(other)
    let names =
      own.map(\.name) + others.map(\.name).filter { name in !own.contains { $0.name == name } }
    return names.compactMap { name in
      let first = own.first { $0.name == name }?.value ?? .null
      let second = others.first { $0.name == name }?.value ?? .null
      guard first != second else { return nil }
      return PlanDifference(
        subject: .experiment, what: experimentKey(name), first: first.words, second: second.words)
    }
  }

  private func differences<Element>(
    _ kind: String, _ own: [Element], _ others: [Element], name: (Element) -> String,
    _ difference: (Element, Element) -> (String, String)?
  ) -> [PlanDifference] {
    func title(_ element: Element) -> String {
      name(element).isEmpty ? kind : "\(kind) \(name(element))"
    }
    let common = own.compactMap { element -> PlanDifference? in
      guard let second = others.first(where: { name($0) == name(element) }) else {
        return PlanDifference(
          subject: .experiment, what: title(element), first: "there", second: "",
          isOnlyInOne: true)
      }
      return difference(element, second).map {
        PlanDifference(
          subject: .experiment, what: title(element), first: $0.0, second: $0.1)
      }
    }
    let added = others.filter { element in !own.contains { name($0) == name(element) } }
    return common
      + added.map {
        PlanDifference(
          subject: .experiment, what: title($0), first: "", second: "there", isOnlyInOne: true)
      }
  }

  /// How many rows of a protocol are test rows of other splits than in the other plan; nil where all
  /// inputs that both have are divided alike.
  private func divisionDifference(
    _ own: SplitProtocol, _ others: SplitProtocol, _ other: Plan
  ) -> (String, String)? {
    for (index, input) in inputs.enumerated() {
      guard let second = other.inputs.firstIndex(where: { $0.name == input.name }) else { continue }
      let (mine, its) = (own.divisions[index], others.divisions[second])
      if mine.splits.map(\.test) != its.splits.map(\.test) {
        return ("its test rows", "other test rows")
      }
      if mine.splits != its.splits {
        return ("its training and validation rows", "others, of the same test rows")
      }
      if mine.units != its.units { return ("its units", "other units") }
    }
    return nil
  }

  private func dataDifferences(to other: Plan) -> [PlanDifference] {
    var result: [PlanDifference] = []
    func add(_ what: String, _ first: String, _ second: String, isOnlyInOne: Bool = false) {
      guard first != second else { return }
      result.append(
        PlanDifference(
          subject: .data, what: what, first: first, second: second, isOnlyInOne: isOnlyInOne))
    }
    for input in inputs {
      let title = input.name.isEmpty ? "" : " of \(input.name)"
      guard let second = other.inputs.first(where: { $0.name == input.name }) else {
        add(
          input.name.isEmpty ? "the only input" : "input \(input.name)", "there", "",
          isOnlyInOne: true)
        continue
      }
      let (own, others) = (input.data, second.data)
      add("source\(title)", own.source, others.source)
      add("key\(title)", own.key, others.key)
      add("rows\(title)", "\(own.labels.count)", "\(others.labels.count)")
      add("classes\(title)", listed(own.classes), listed(others.classes))
      if own.columns != others.columns {
        let lost = own.columns.filter { !others.columns.contains($0) }
        let won = others.columns.filter { !own.columns.contains($0) }
        func words(_ data: Data, _ only: [String]) -> String {
          data.columnWords + (only.isEmpty ? "" : ", only there: \(listed(only))")
        }
        add(
          "columns\(title)", words(own, lost),
          words(others, won) + (lost.isEmpty && won.isEmpty ? " in another order" : ""))
      }
      add(
        "picture\(title)", own.picture.map { "\($0)" } ?? "", others.picture.map { "\($0)" } ?? "")
      add("missing\(title)", own.missing, others.missing)
      if own.fileRows != others.fileRows, own.labels.count == others.labels.count {
        add("rows\(title)", "its rows", "other rows of the file")
      } else if own.labels != others.labels, own.labels.count == others.labels.count {
        let changed = zip(own.labels, others.labels).count { $0 != $1 }
        add("labels\(title)", "its labels", "\(counted(changed, "row")) of another class")
      }
      if own.groupings != others.groupings {
        add(
          "groups\(title)", listed(own.groupings.map { "\($0.name) (\($0.names.count))" }),
          listed(others.groupings.map { "\($0.name) (\($0.names.count))" })
            + (own.groupings.map(\.names.count) == others.groupings.map(\.names.count)
              ? " otherwise" : ""))
      }
    }
    for input in other.inputs where !inputs.contains(where: { $0.name == input.name }) {
      add(
        input.name.isEmpty ? "the only input" : "input \(input.name)", "", "there",
        isOnlyInOne: true)
    }
    return result
  }
}

/// What experiment files call it, as in `learning_curve` for `learningCurve`.
private func experimentKey(_ name: String) -> String {
  name.reduce(into: "") { $0 += $1.isUppercase ? "_\($1.lowercased())" : String($1) }
}

/// Names in a row, of many only the first.
private func listed(_ names: [String]) -> String {
  names.prefix(6).joined(separator: ", ")
    + (names.count > 6 ? " and \(names.count - 6) more" : "")
}

extension JSONNode {
  /// A value for people; a component without settings is its name.
  fileprivate var words: String {
    if isNull { return "" }
    if let name = self["name"]?.string, let settings = self["settings"]?.members {
      let given = settings.filter { !$0.value.isNull }
      return given.isEmpty ? name : "\(name) \(JSONNode(.object(given)).compactText)"
    }
    return string ?? compactText
  }
}

extension Experiment.TransformationChoice.Variant {
  /// Its stages with the settings that are given.
  fileprivate var words: String {
    stages.map { stage in
      stage.settings.members?.isEmpty ?? true
        ? stage.name : "\(stage.name) \(stage.settings.compactText)"
    }.joined(separator: ", ")
  }
}

extension Experiment.ModelChoice {
  fileprivate var settingWords: [String] {
    let settings = variants.map { variant in
      variant.settings.members?.isEmpty ?? true ? "defaults" : variant.settings.compactText
    }
    return model == name ? settings : settings.map { "\(model) \($0)" }
  }
}

import Learning

extension Plan {
  /// What does not go together in a plan that was read from a file: a number that names no row, class,
  /// transformation, model, cell or split, or a list that is shorter than others ask for; nil for a
  /// plan as it was written.
  ///
  /// Nobody who reads a plan needs to look again.
  var inconsistency: String? {
    componentInconsistency
      ?? (inputs.isEmpty ? "there is no input" : nil)
      ?? inputs.lazy.compactMap { $0.inconsistency(like: inputs[0]) }.first
      ?? (protocols.isEmpty ? "there is no protocol" : nil)
      ?? protocols.lazy.compactMap { $0.inconsistency(with: inputs) }.first
      ?? cellInconsistency
  }

  private var componentInconsistency: String? {
    if transformations.isEmpty || transformations.contains(where: { $0.variants.isEmpty }) {
      return "a transformation is missing"
    }
    if models.isEmpty || models.contains(where: { $0.variants.isEmpty }) {
      return "a model is missing"
    }
    if models.contains(where: {
      $0.spaces.map { $0.isEmpty || !$0.allSatisfy(\.isPossible) } ?? false
    })
      || !transformations.allSatisfy({ $0.space?.isPossible ?? true })
    {
      return "a range of settings has no values"
    }
    if !Experiment.seedsBounds.contains(Double(seeds)) { return "“seeds” is out of range" }
    if !Experiment.secondsBounds.contains(limits.seconds)
      || !Experiment.megabytesBounds.contains(limits.megabytes)
      || !Experiment.threadsBounds.contains(Double(limits.threads ?? 1))
    {
      return "a limit is out of range"
    }
    if (try? makeTuner()) == nil { return "this program does not know the tuner" }
    return nil
  }

  private var cellInconsistency: String? {
    let expected = sheets.flatMap { sheet in
      transformations.indices.flatMap { transformation in
        models.indices.map { [sheet.protocol, sheet.input, transformation, $0] }
      }
    }
    if cells.map({ [$0.protocol, $0.input, $0.transformation, $0.model] }) != expected {
      return "a cell is missing"
    }
    var piecesOfCell = [[[Int]]](repeating: [], count: cells.count)
    for piece in pieces {
      guard cells.indices.contains(piece.cell) else { return "a piece of work names no cell" }
      piecesOfCell[piece.cell].append([piece.seedIndex, piece.split])
    }
    for (cell, own) in zip(cells, piecesOfCell) {
      let variants = (
        transformations[cell.transformation].variants.indices, models[cell.model].variants.indices
      )
      if let settings = cell.settings,
        settings.isEmpty
          || !settings.allSatisfy({
            $0.count == 2 && variants.0.contains($0[0]) && variants.1.contains($0[1])
          })
      {
        return "a cell tries a setting that is not there"
      }
      if cell.skipReason != nil, own.isEmpty { continue }
      let division = division(of: cell)
      let expected =
        (0..<seeds(of: cell)).flatMap { seed in division.splits.indices.map { [seed, $0] } }
        + division.subsets.indices.map { [0, division.splits.count + $0] }
      if own != expected { return "a piece of work is missing" }
    }
    return nil
  }
}

extension Plan.Input {
  /// What does not go together in an input, or with the first one.
  fileprivate func inconsistency(like first: Plan.Input) -> String? {
    if data.classes != first.data.classes { return "the inputs differ in their classes" }
    let rows = data.labels.count
    if data.columns.isEmpty, data.picture == nil { return "there are no columns" }
    if let picture = data.picture, !picture.isPossible { return "a picture has no pixels" }
    if data.classes.count < 2 { return "there are fewer than two classes" }
    if rows == 0 { return "there are no rows" }
    if !data.labels.allSatisfy(data.classes.indices.contains) {
      return "a label names no class"
    }
    if data.fileRows.count != rows { return "“fileRows” and “labels” differ in length" }
    for grouping in data.groupings {
      if grouping.groups.count != rows
        || !grouping.groups.allSatisfy(grouping.names.indices.contains)
      {
        return "“groupings” and “labels” do not fit"
      }
    }
    return nil
  }
}

extension Plan.SplitProtocol {
  /// What does not go together in a protocol, or with the inputs whose rows it divides.
  fileprivate func inconsistency(with inputs: [Plan.Input]) -> String? {
    if divisions.count != inputs.count { return "an input is not divided" }
    if divisions.contains(where: { $0.splits.count != divisions[0].splits.count }) {
      return "the inputs differ in their splits"
    }
    return zip(divisions, inputs).lazy.compactMap { $0.inconsistency(with: $1.data) }.first
  }
}

extension Plan.Division {
  fileprivate func inconsistency(with data: Plan.Data) -> String? {
    let rows = data.labels.indices
    if let grouping, !data.groupings.indices.contains(grouping) { return "a grouping is missing" }
    if let units, units.count != rows.count || !units.allSatisfy(rows.contains) {
      return "“units” and “labels” do not fit"
    }
    if splits.isEmpty { return "there is no split" }
    for split in splits {
      if !splits.indices.contains(split.repetition) || !splits.indices.contains(split.fold) {
        return "a fold or repeat is out of range"
      }
      let lists = split.selection.flatMap { [$0.training, $0.validation] } + [split.test]
      if !(lists + [split.finalTraining]).allSatisfy({ $0.allSatisfy(rows.contains) }) {
        return "a split names a row that is not there"
      }
      if split.test.isEmpty || split.finalTraining.isEmpty
        || split.selection.contains(where: { $0.training.isEmpty })
      {
        return "a split has no rows to learn from or to test on"
      }
    }
    for subset in subsets {
      guard splits.indices.contains(subset.split) else { return "a subset is of no split" }
      let split = splits[subset.split].learning(from: subset.rows)
      if split.finalTraining.isEmpty || split.selection.contains(where: { $0.training.isEmpty }) {
        return "a subset has no rows to learn from"
      }
    }
    return nil
  }
}

import FileSystem
import Learning

/// What the journals say of each piece of a plan: whether it must be done, again or at all.
struct PieceStatus {
  enum Status: Equatable {
    case open, done
    case failed(Failure)
  }

  let plan: Plan
  let registry: Registry
  let journal: Journal
  let folder: RunFolder

  /// What is to be done with a piece; where failures are tried again, those are open.
  func cell(_ piece: WorkList.CellPiece, retrying: Bool) -> Status {
    guard let record = journal.cell(piece.key) else { return .open }
    if let failure = record.failure {
      return retrying || isLimitRaised(failure) ? .open : .failed(failure)
    }
    let cell = plan.cells[piece.cell]
    let trials =
      plan.transformations[cell.transformation].variants.count
      * plan.models[cell.model].variants.count
    let keepsModel = plan.keepsModel(of: piece)
    let isWhole =
      journal.testPredictions(piece.key) != nil && journal.trials(piece.key).count == trials
      && (!keepsModel || hasModel(piece.cell))
    return isWhole ? .done : .open
  }

  func isDeployed(_ piece: WorkList.DeploymentPiece) -> Bool {
    guard let record = journal.deployments[piece.key], record.failure == nil else { return false }
    return hasModel(piece.cell)
  }

  /// Whether the cell's model is there and whole.
  private func hasModel(_ cell: Int) -> Bool {
    let model = folder.model(of: plan.name(of: plan.cells[cell]))
    return (try? FittedPipeline(readingFrom: model, registry: registry)) != nil
  }

  private func isLimitRaised(_ failure: Failure) -> Bool {
    guard let limit = failure.limit else { return false }
    switch failure.status {
    case .timeout: return plan.limits.seconds > limit
    case .memory: return plan.limits.megabytes > limit
    default: return false
    }
  }
}

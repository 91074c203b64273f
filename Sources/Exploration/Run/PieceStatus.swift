import FileSystem
import Learning

/// What the journals say of each piece of a plan: whether it must be done, again or at all.
struct PieceStatus {
  enum Status: Equatable {
    case open, done
    case failed(Failure)
  }

  let plan: Plan
  let journal: Journal
  let models: KeptModels

  /// What is to be done with a piece; where failures are tried again, those are open.
  func cell(_ piece: WorkList.CellPiece, retrying: Bool) -> Status {
    guard let record = journal.cell(piece.key) else { return .open }
    if let failure = record.failure {
      return retrying || isLimitRaised(failure) ? .open : .failed(failure)
    }
    let cell = plan.cells[piece.cell]
    let trials = record.trials ?? plan.settings(of: cell).count
    let keepsModel = plan.keepsModel(of: piece)
    let isWhole =
      !journal.isDamaged(piece.key) && record.predictions != nil
      && journal.trials(piece.key).count { $0.trial < trials } == trials
      && (!keepsModel || models.has(key: piece.key, of: plan.name(of: cell)))
    return isWhole ? .done : .open
  }

  func isDeployed(_ piece: WorkList.DeploymentPiece) -> Bool {
    guard let record = journal.deployments[piece.key], record.failure == nil else { return false }
    return models.has(key: piece.key, of: plan.name(of: plan.cells[piece.cell]))
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

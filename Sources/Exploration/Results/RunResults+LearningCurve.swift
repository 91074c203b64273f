import Learning

extension RunResults.Cell {
  /// A fit of the learning curve.
  package struct CurvePoint: Sendable {
    /// How much of the training groups it learnt from; 1 for the cell itself.
    package var share: Double
    package var draw: Int
    package var piece: RunResults.Piece
    package var testAccuracy: Double
  }

  /// The fits of the learning curve that have a test accuracy: the subsets by split, draw and share, then
  /// the cell's own fits of repeat 0 where all rows are among the sizes.
  package func learningCurve(of plan: Plan) -> [CurvePoint] {
    let subsets = subsetPieces.compactMap { own in
      own.piece.evaluation.map {
        CurvePoint(
          share: own.subset.share, draw: own.subset.draw, piece: own.piece,
          testAccuracy: $0.accuracy)
      }
    }
    guard plan.learningCurve.contains(1) else { return subsets }
    let whole = pieces.filter { $0.split.repetition == 0 }.compactMap { piece in
      piece.evaluation.map {
        CurvePoint(share: 1, draw: 0, piece: piece, testAccuracy: $0.accuracy)
      }
    }
    return subsets + whole
  }
}

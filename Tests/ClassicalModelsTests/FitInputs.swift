import Learning
import Matrices

/// The context that every fit gets: the same random stream each time.
func context(_ log: FitLog = FitLog()) -> FitContext {
  FitContext(random: RandomStream(seed: 1), log: log)
}

/// Rows with their labels.
func samples(_ rows: [[Float]], _ labels: [Int], weights: [Float]? = nil) -> Samples {
  Samples(
    features: Matrix(rows), labels: labels, classCount: 1 + (labels.max() ?? 0), weights: weights)
}

import Exploration
import Statistics

/// Whether a cell's probabilities mean what they say, over all its test rows.
package struct CellCalibration: Equatable, Sendable {
  /// Of the predicted class, in 15 bins of equal count.
  package let curve: Calibration
  /// The mean squared distance between probabilities and truth, 0 … 2 (Brier 1950).
  package let brierScore: Double
  /// The expected calibration error that chance leaves when every probability is true, with as many
  /// independent test units.
  package let chanceError: Double
}

/// How far a run is.
package struct RunProgress: Sendable {
  package var finishedCells: Int
  package var cells: Int
  package var failedCells: Int
  /// The names of what is being worked on.
  package var running: [String]
  /// nil before anything was measured.
  package var secondsLeft: Double?
  package var seconds: Double
}

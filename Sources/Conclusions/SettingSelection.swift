/// What a cell's choice among settings cost: the best of many does better on the rows that chose it than
/// on others.
package struct SettingSelection: Equatable, Sendable {
  /// How many settings were tried on a split.
  package let settings: Int
  /// Validation accuracy of the chosen settings, a mean over folds and seeds; nil where nothing was
  /// validated.
  package let accuracy: Double?
  /// The same on units that did not choose, by the bootstrap correction of Tsamardinos, Greasidou and
  /// Borboudakis (2018); nil with a ``reason``.
  package let corrected: Double?
  /// Whether it is only approximate: settings that were tried depended on those before.
  package let isApproximate: Bool
  /// Why there is no correction; empty where there is one.
  package let reason: String
}

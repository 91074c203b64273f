/// Why an experiment cannot be planned on its data.
package struct PlanError: Error, Equatable, CustomStringConvertible {
  package var description: String

  package init(_ description: String) { self.description = description }
}

/// A run that cannot go on; what is finished stays, and running it again goes on from there.
package struct RunError: Error, Equatable, CustomStringConvertible {
  package var description: String

  package init(_ description: String) { self.description = description }
}

import Synchronization

/// Whether the map that the current thread works for was told to stop: long work on one element asks now
/// and then.
package enum MapCancellation {
  final class Flag: Sendable {
    private let value = Atomic(false)
    var isSet: Bool { value.load(ordering: .relaxed) }
    func set() { value.store(true, ordering: .relaxed) }
  }

  @TaskLocal static var flag: Flag?

  /// No outside of a map.
  package static var isRequested: Bool { flag?.isSet ?? false }

  /// Ends the work on an element.
  ///
  /// - Throws: ``MapCancelled`` where the map was told to stop.
  package static func check() throws(MapCancelled) {
    if isRequested { throw MapCancelled() }
  }
}

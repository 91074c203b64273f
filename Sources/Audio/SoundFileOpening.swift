import CSndfile
import Synchronization

// libsndfile keeps the reason why an opening failed in one place for the whole process: threads that
// open files at the same time would read each other's.
private let opening = Mutex(())

/// Opens a sound file by libsndfile.
///
/// - Parameters:
///   - header: the form of what is written; receives the form of what is read.
///   - open: one of libsndfile's functions.
/// - Returns: the file; else in libsndfile's words why there is none.
func openSoundFile(
  _ header: inout SF_INFO, _ open: (inout SF_INFO) -> OpaquePointer?
) -> (file: OpaquePointer?, failure: String) {
  var own = header
  nonisolated(unsafe) var result: (file: OpaquePointer?, failure: String) = (nil, "")
  opening.withLock { _ in
    result.file = open(&own)
    if result.file == nil { result.failure = String(cString: sf_strerror(nil)) }
  }
  header = own
  return result
}

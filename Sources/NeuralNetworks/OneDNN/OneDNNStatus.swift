import COneDNN
import Learning

/// Converts a status of oneDNN into an error.
///
/// - Parameters:
///   - status: what a function gave.
///   - subject: what was to be done, as in `convolution3`.
/// - Throws: `FitError` for any other status than success.
func check(_ status: dnnl_status_t, _ subject: @autoclosure () -> String) throws {
  let reason: String
  switch status {
  case dnnl_success: return
  case dnnl_out_of_memory: reason = "there is not enough memory"
  case dnnl_invalid_arguments: reason = "the arguments are not valid"
  case dnnl_unimplemented: reason = "it has no implementation for these shapes"
  case dnnl_runtime_error: reason = "it failed while running"
  default: reason = "it gave status \(status.rawValue)"
  }
  throw FitError.failed("\(subject()): oneDNN: \(reason)")
}

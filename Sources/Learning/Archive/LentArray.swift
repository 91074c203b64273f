/// An array of single-precision numbers that are looked at only while they are written, so that they need
/// not be copied, or at least not all arrays at once.
package struct LentArray: Encodable {
  /// The sizes, the outermost first.
  package let shape: [Int]
  private let lend: (_ body: (UnsafeRawBufferPointer) -> Void) -> Void

  /// An array.
  ///
  /// - Parameters:
  ///   - shape: the sizes, none negative.
  ///   - lend: calls its argument once with the numbers in row-major order, the same ones each time.
  package init(
    shape: [Int], lend: @escaping (_ body: (UnsafeRawBufferPointer) -> Void) -> Void
  ) {
    self.shape = shape
    self.lend = lend
  }

  /// Lets a closure read the numbers.
  package func withBytes<Outcome, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Outcome
  ) throws(Failure) -> Outcome {
    var outcome: Result<Outcome, Failure>?
    lend { bytes in
      do throws(Failure) {
        outcome = .success(try body(bytes))
      } catch {
        outcome = .failure(error)
      }
    }
    guard let outcome else { preconditionFailure("the numbers were not lent") }
    return try outcome.get()
  }

  /// Cannot be: archives take it as a whole.
  ///
  /// - Throws: `EncodingError` always.
  package func encode(to encoder: any Encoder) throws {
    throw EncodingError.invalidValue(
      self,
      .init(codingPath: encoder.codingPath, debugDescription: "only an archive can hold it"))
  }
}

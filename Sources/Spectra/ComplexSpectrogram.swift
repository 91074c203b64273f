import Matrices

/// Complex amplitudes, `frames` × `bins`: row t is the spectrum of frame t.
///
/// A copy shares its memory until one of both is changed.
package struct ComplexSpectrogram: Sendable {
  package let frames: Int
  /// Frequencies 0 to half the sample rate, evenly spaced.
  package let bins: Int
  /// Floats from one frame to the next.
  package let stride: Int
  private var storage: AlignedFloats

  /// All zero.
  package init(frames: Int, bins: Int) {
    self.frames = frames
    self.bins = bins
    stride = AlignedFloats.stride(of: 2 * bins)
    storage = AlignedFloats(count: frames * stride)
  }

  /// Real and imaginary part of one element.
  package subscript(frame: Int, bin: Int) -> (real: Float, imaginary: Float) {
    get {
      precondition(frame >= 0 && frame < frames && bin >= 0 && bin < bins)
      let place = frame * stride + 2 * bin
      return (storage.start[place], storage.start[place + 1])
    }
    set {
      precondition(frame >= 0 && frame < frames && bin >= 0 && bin < bins)
      own()
      let place = frame * stride + 2 * bin
      storage.start[place] = newValue.real
      storage.start[place + 1] = newValue.imaginary
    }
  }

  private mutating func own() {
    guard !isKnownUniquelyReferenced(&storage) else { return }
    let copy = AlignedFloats(count: storage.count)
    copy.start.update(from: storage.start, count: storage.count)
    storage = copy
  }

  /// One frame: `bins` pairs of real and imaginary part.
  @_lifetime(borrow self)
  package borrowing func frame(_ frame: Int) -> Span<Float> {
    precondition(frame >= 0 && frame < frames)
    let span = Span(
      _unsafeStart: UnsafePointer(storage.start + frame * stride), count: 2 * bins)
    return _overrideLifetime(span, borrowing: self)
  }

  /// Lets a closure write one frame: `bins` pairs of real and imaginary part.
  package mutating func update<Failure: Error>(
    frame: Int, _ body: (inout MutableSpan<Float>) throws(Failure) -> Void
  ) throws(Failure) {
    precondition(frame >= 0 && frame < frames)
    own()
    let elements = UnsafeMutableBufferPointer(
      start: storage.start + frame * stride, count: 2 * bins)
    var span = elements.mutableSpan
    try body(&span)
  }

  /// Where one frame is written, for FFTW.
  mutating func start(ofFrame frame: Int) -> UnsafeMutablePointer<Float> {
    own()
    return storage.start + frame * stride
  }

  /// Re² + Im², `frames` × `bins`.
  package func power() -> Matrix {
    Matrix(rows: frames, columns: bins) { index, row in
      let source = frame(index)
      for bin in 0..<bins {
        let real = source[2 * bin]
        let imaginary = source[2 * bin + 1]
        row[bin] = real * real + imaginary * imaginary
      }
    }
  }

  /// √(Re² + Im²), `frames` × `bins`.
  package func magnitude() -> Matrix { power().map { $0.squareRoot() } }

  /// Every element times the one of a mask of `frames` × `bins`.
  package func masked(by mask: Matrix) -> ComplexSpectrogram {
    precondition(mask.rows == frames && mask.columns == bins)
    var result = ComplexSpectrogram(frames: frames, bins: bins)
    for index in 0..<frames {
      let source = frame(index)
      let factors = mask.row(index)
      result.update(frame: index) { row in
        for bin in 0..<bins {
          row[2 * bin] = source[2 * bin] * factors[bin]
          row[2 * bin + 1] = source[2 * bin + 1] * factors[bin]
        }
      }
    }
    return result
  }
}

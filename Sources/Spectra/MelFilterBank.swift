import Matrices

/// Triangular bands, evenly spaced on ``MelScale``, each of area one (Slaney's norm 2 / width).
package struct MelFilterBank: Sendable {
  /// One band: what it weighs the bins from `first` on with.
  package struct Band: Equatable, Sendable {
    package var first: Int
    /// Never zero at either end; empty where no bin lies inside the band.
    package var weights: [Float]
  }

  package let bands: [Band]
  /// Bins of the spectra it is for.
  package let bins: Int

  /// - Parameters:
  ///   - sampleRate: of the sound, in hertz.
  ///   - fftSize: samples of a frame.
  ///   - bands: how many, at least 1.
  ///   - lowest: where the first band starts, in hertz.
  ///   - highest: where the last ends, in hertz; nil for half the sample rate.
  package init(
    sampleRate: Int, fftSize: Int, bands: Int = 128, lowest: Double = 0, highest: Double? = nil
  ) {
    precondition(bands > 0 && fftSize > 1 && sampleRate > 0)
    let corners = MelScale.frequencies(
      bands + 2, from: lowest, to: highest ?? Double(sampleRate) / 2)
    let bins = fftSize / 2 + 1
    self.bins = bins
    self.bands = (0..<bands).map { band in
      let (left, middle, right) = (corners[band], corners[band + 1], corners[band + 2])
      let norm = 2 / (right - left)
      let weights = (0..<bins).map { bin -> Float in
        let hertz = Double(bin) * Double(sampleRate) / Double(fftSize)
        let triangle = min((hertz - left) / (middle - left), (right - hertz) / (right - middle))
        // Rounded twice, as librosa's bank is.
        return Float(Double(Float(max(0, triangle))) * norm)
      }
      guard let first = weights.firstIndex(where: { $0 > 0 }),
        let last = weights.lastIndex(where: { $0 > 0 })
      else { return Band(first: 0, weights: []) }
      return Band(first: first, weights: Array(weights[first...last]))
    }
  }

  /// The bank as a matrix of `bands` × `bins`.
  package var matrix: Matrix {
    Matrix(rows: bands.count, columns: bins) { index, row in
      let band = bands[index]
      for place in band.weights.indices { row[band.first + place] = band.weights[place] }
    }
  }

  /// The bands of spectra, `frames` × `bins`, as `frames` × `bands`.
  package func callAsFunction(_ spectra: Matrix) -> Matrix {
    precondition(spectra.columns == bins)
    return Matrix(rows: spectra.rows, columns: bands.count) { index, row in
      let spectrum = spectra.row(index)
      for number in bands.indices {
        let band = bands[number]
        var sum: Float = 0
        for place in band.weights.indices {
          sum += band.weights[place] * spectrum[band.first + place]
        }
        row[number] = sum
      }
    }
  }
}

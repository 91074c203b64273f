import AudioFeatures
import Matrices
import Pictures
import Reporting
import Spectra
import TextFormatting

/// A spectrogram with its axes and the scale of its colours.
struct SpectrogramChart {
  private let values: Matrix
  private let recipe: SpectrogramRecipe
  private let title: String
  private let start: Double
  private let low: Double
  private let high: Double

  private static let width = 760.0
  private static let height = 300.0
  private static let left = 70.0
  private static let right = 116.0
  private static let above = 44.0
  private static let below = 48.0

  /// - Parameters:
  ///   - values: in decibels, `frames` × `recipe.columns`.
  ///   - recipe: how they were made.
  ///   - title: stands above the picture.
  ///   - start: the time of the first frame, in seconds.
  ///   - scale: the decibels of the first and the last colour; nil for the smallest and largest value.
  init(
    _ values: Matrix, _ recipe: SpectrogramRecipe, title: String, start: Double = 0,
    scale: ClosedRange<Double>? = nil
  ) {
    self.values = values.maxima(rows: 1520, columns: 600)
    self.recipe = recipe
    self.title = title
    self.start = start
    duration = Double(values.rows) * Double(recipe.hopLength) / Double(recipe.sampleRate)
    let elements = values.elements
    var (low, high) = (Float.infinity, -Float.infinity)
    for index in elements.indices {
      low = min(low, elements[index])
      high = max(high, elements[index])
    }
    self.low = scale?.lowerBound ?? Double(low)
    self.high = scale?.upperBound ?? Double(max(high, low + 1))
  }

  private let duration: Double

  /// Charts one below the other, as a file.
  static func document(_ charts: [SpectrogramChart], title: String) throws -> String {
    let step = above + height + below
    var svg = SVG(
      width: left + width + right, height: step * Double(charts.count) + 8,
      title: "Spectrogram of \(title)")
    for (index, chart) in charts.enumerated() {
      try chart.draw(in: &svg, top: step * Double(index) + above)
    }
    return svg.document
  }

  private func draw(in svg: inout SVG, top: Double) throws {
    let (left, width, height) = (Self.left, Self.width, Self.height)
    svg.text(clipped(title, width: width, size: 15), x: left, y: top - 16, size: 15, isBold: true)
    let grey = GreyPicture(spectrogram: values, from: Float(low), to: Float(high))
    let picture = try ColorPicture(grey, colors: .magma).png()
    svg.image(dataAddress(ofPNG: picture), x: left, y: top, width: width, height: height)
    drawTime(&svg, y: top + height)
    drawFrequencies(&svg, top: top)
    try drawScale(&svg, x: left + width + 24, top: top)
  }

  private func drawTime(_ svg: inout SVG, y: Double) {
    let marks = ticks(from: start, to: start + duration, about: 8)
    let decimals = decimals(of: marks)
    for mark in marks {
      let x = Self.left + Self.width * (mark - start) / duration
      svg.line(x, y, x, y + 5, style: "axis")
      svg.text(
        fixed(mark, decimals: decimals), x: x, y: y + 19, style: "muted", anchor: .middle)
    }
    svg.text(
      "seconds", x: Self.left + Self.width / 2, y: y + 37, style: "muted", anchor: .middle)
  }

  private func drawFrequencies(_ svg: inout SVG, top: Double) {
    svg.text(
      "hertz", x: 14, y: top + Self.height / 2, style: "muted", anchor: .middle, rotation: -90)
    var lastY = Double.infinity
    for hertz in frequencies {
      let y = top + Self.height * (1 - place(of: hertz))
      guard y >= top - 0.5, y <= top + Self.height + 3, lastY - y > 14 else { continue }
      lastY = y
      svg.line(Self.left - 5, y, Self.left, y, style: "axis")
      svg.text(shortest(hertz), x: Self.left - 9, y: y + 4, style: "muted", anchor: .end)
    }
  }

  /// The frequencies with a mark: round ones, on the mel scale each twice the one before.
  private var frequencies: [Double] {
    if recipe.kind == .stft { return ticks(from: 0, to: recipe.top, about: 7) }
    let octaves = (0..<10).map { 62.5 * Double(1 << $0) }.filter { $0 >= 125 }
    return ([recipe.lowest] + octaves).filter { $0 >= recipe.lowest && $0 <= recipe.top }
  }

  /// The height of a frequency in the picture, whose rows are bins or bands: 0 at the bottom, 1 on top.
  private func place(of hertz: Double) -> Double {
    if recipe.kind == .stft {
      let bin = hertz * Double(recipe.fftSize) / Double(recipe.sampleRate)
      return (bin + 0.5) / Double(recipe.columns)
    }
    let lowest = MelScale.mel(ofHertz: recipe.lowest)
    let share =
      (MelScale.mel(ofHertz: hertz) - lowest) / (MelScale.mel(ofHertz: recipe.top) - lowest)
    // The middle of the first of n bands lies at 1 / (n + 1).
    return (share * Double(recipe.bands + 1) - 0.5) / Double(recipe.bands)
  }

  private func drawScale(_ svg: inout SVG, x: Double, top: Double) throws {
    let ramp = Matrix(rows: 1, columns: 256) { for index in 0..<256 { $0[index] = Float(index) } }
    let picture = try ColorPicture(GreyPicture(spectrogram: ramp), colors: .magma).png()
    svg.image(dataAddress(ofPNG: picture), x: x, y: top, width: 14, height: Self.height)
    let marks = ticks(from: low, to: high, about: 6)
    let decimals = decimals(of: marks)
    for mark in marks {
      let y = top + Self.height * (1 - (mark - low) / (high - low))
      svg.line(x + 14, y, x + 18, y, style: "axis")
      svg.text(fixed(mark, decimals: decimals) + " dB", x: x + 22, y: y + 4, style: "muted")
    }
  }
}

extension Matrix {
  /// The largest of each block, so that there are at most so many rows and columns.
  fileprivate func maxima(rows mostRows: Int, columns mostColumns: Int) -> Matrix {
    let (newRows, newColumns) = (min(rows, mostRows), min(columns, mostColumns))
    if newRows == rows, newColumns == columns { return self }
    return Matrix(rows: newRows, columns: newColumns) { index, row in
      for column in 0..<newColumns { row[column] = -.infinity }
      for source in index * rows / newRows..<(index + 1) * rows / newRows {
        let elements = self.row(source)
        for column in 0..<newColumns {
          for place in column * columns / newColumns..<(column + 1) * columns / newColumns {
            row[column] = max(row[column], elements[place])
          }
        }
      }
    }
  }
}

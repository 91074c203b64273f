/// Colours for the numbers from 0 to 1, evenly spaced to the eye and rising in lightness.
package struct ColorMap: Sendable {
  package struct Color: Equatable, Sendable {
    package var red: UInt8
    package var green: UInt8
    package var blue: UInt8
  }

  /// At equal distances from 0 to 1; between them the components are mixed.
  private let anchors: [(Double, Double, Double)]

  /// From black over purple and orange to pale yellow (van der Walt and Smith, “magma”, 2015); within
  /// 3 of 255 of the original.
  package static let magma = ColorMap(anchors: [
    (0, 0, 4), (10, 8, 34), (29, 17, 71), (54, 16, 107), (81, 18, 124), (106, 28, 129),
    (131, 38, 129), (156, 46, 127), (183, 55, 121), (207, 64, 112), (229, 80, 100), (244, 105, 92),
    (251, 135, 97), (254, 165, 113), (254, 194, 135), (253, 224, 161), (252, 253, 191),
  ])

  package subscript(_ value: Double) -> Color {
    // A number that is none has the first colour.
    let place = min(max(value.isNaN ? 0 : value, 0), 1) * Double(anchors.count - 1)
    let index = min(Int(place), anchors.count - 2)
    let rest = place - Double(index)
    let (a, b) = (anchors[index], anchors[index + 1])
    func mix(_ a: Double, _ b: Double) -> UInt8 { UInt8((a + rest * (b - a)).rounded()) }
    return Color(red: mix(a.0, b.0), green: mix(a.1, b.1), blue: mix(a.2, b.2))
  }
}

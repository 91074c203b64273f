import FileSystem
import JSONText
import Pictures
import Testing

@Suite struct PreparationTests {
  private func reference() throws -> JSONNode {
    try JSONNode(
      parsing: (Path(#filePath).folder / "Fixtures" / "references.json").readBytes())
  }

  private func numbers(_ node: JSONNode?) -> [Float] {
    (node?.elements ?? []).map { Float($0.number ?? .nan) }
  }

  private func prepared(
    _ picture: PictureValues, _ change: (inout PicturePreparation) -> Void
  ) -> PictureValues {
    var preparation = PicturePreparation()
    preparation.normalisation = .none
    change(&preparation)
    return preparation(picture)
  }

  /// Pillow rounds after each step: half a shade; between the two passes of a change of size too; and the
  /// mean of its contrast, half a shade times the factor's distance from 1.
  @Test func enhancementsAreThoseOfPillow() throws {
    let reference = try reference()
    let picture = PictureValues(height: 12, width: 16, values: numbers(reference["grey"]))
    let results: [(String, Float, PictureValues)] = [
      (
        "halved", 1.01,
        prepared(picture) {
          $0.height = 4
          $0.width = 8
        }
      ),
      (
        "enlarged", 1.01,
        prepared(picture) {
          $0.height = 30
          $0.width = 40
        }
      ),
      ("contrast", 0.51 + 0.1 + 0.5, prepared(picture) { $0.contrast = 1.2 }),
      ("brightness", 0.51 + 0.5, prepared(picture) { $0.brightness = 1.1 }),
      ("sharpness", 1.3, prepared(picture) { $0.sharpness = 1.5 }),
      ("smoothed", 1.3, prepared(picture) { $0.sharpness = 0.3 }),
      ("noise", 1e-3, prepared(picture) { $0.noiseReduction = 1.3 }),
    ]
    for (name, tolerance, result) in results {
      let expected = numbers(reference["cases"]?[name])
      #expect(expected.count == result.values.count, "\(name)")
      let worst = zip(expected, result.values).map { abs($0 - $1) }.max() ?? .infinity
      #expect(worst <= tolerance, "\(name): \(worst)")
      #expect(result.values != picture.values)
    }
    let colors = PictureValues(
      channels: 3, height: 5, width: 6, values: numbers(reference["colors"]))
    let contrast = prepared(colors) { $0.contrast = 1.4 }
    let expected = numbers(reference["colors_contrast"])
    #expect(zip(expected, contrast.values).allSatisfy { abs($0 - $1) <= 1.3 })
  }

  /// Of five pixels two: each is the mean of two and a half.
  @Test func partsOfPixelsCountByTheirShare() {
    let row = PictureValues(height: 1, width: 5, values: [10, 20, 30, 40, 50])
    let small = row.resized(height: 1, width: 2)
    // (10 + 20 + 30/2) / 2.5, and (30/2 + 40 + 50) / 2.5.
    let expected: [Float] = [18, 42]
    #expect(zip(small.values, expected).allSatisfy { abs($0 - $1) < 1e-5 })
    // The middles of 4 lie at −1/4, 1/4, 3/4 and 5/4 of 2 pixels.
    let two = PictureValues(height: 2, width: 1, values: [0, 100])
    #expect(two.resized(height: 4, width: 1).values == [0, 25, 75, 100])
    #expect(row.resized(height: 1, width: 5) == row)
    // One side smaller, the other larger.
    let both = PictureValues(height: 1, width: 2, values: [0, 8]).resized(height: 2, width: 1)
    #expect(both.values == [4, 4])
  }

  @Test func valuesAreNormalised() {
    let row = PictureValues(height: 1, width: 3, values: [0, 127.5, 255])
    var preparation = PicturePreparation()
    #expect(preparation(row).values == [-1, 0, 1])
    preparation.normalisation = .unit
    #expect(preparation(row).values == [0, 0.5, 1])
    // What is brighter than white is white.
    preparation.brightness = 3
    #expect(preparation(row).values == [0, 1, 1])
  }

  @Test func coloursStandChannelByChannel() throws {
    let picture = ColorPicture(width: 2, height: 1, components: [1, 2, 3, 4, 5, 6])
    #expect(PictureValues(picture).values == [1, 4, 2, 5, 3, 6])
    var preparation = PicturePreparation()
    preparation.colors = .rgb
    #expect(try preparation.decoded(png: picture.png()) == PictureValues(picture))
    #expect(PictureValues(picture).columns(1..<2).values == [4, 5, 6])
  }
}

import FileSystem
import Learning
import Matrices
import Testing

/// Doubles every column; a scaling, or by its other name none.
private struct Doubling: FittedTransformation {
  func transform(_ features: Matrix) -> Matrix { features.map { 2 * $0 } }
}

private struct DoublingScaling: Transformation {
  static let name = "doubling"
  static let isScaling = true
  func fit(_ samples: Samples, in context: FitContext) -> Doubling { Doubling() }
}

private struct DoublingProjection: Transformation {
  static let name = "projection"
  func fit(_ samples: Samples, in context: FitContext) -> Doubling { Doubling() }
}

@Suite struct PictureLayoutTests {
  private let picture = PictureShape(height: 1, width: 2)
  private let rows = Matrix([[1, 2, .nan, 3], [4, 5, 6, 7], [8, 9, 10, 11]])

  private func context() -> FitContext { FitContext(random: RandomStream(seed: 1)) }

  @Test func onlyTheFeaturesBehindAPictureArePrepared() throws {
    let samples = Samples(
      features: rows, labels: [0, 1, 0], classCount: 2,
      layout: RowLayout(picture: picture, features: 2))
    let (fitted, prepared) = try Preparation(fillsMissing: true, stages: [DoublingProjection()])
      .fit(samples, columns: ["a", "b"], in: context())
    #expect(prepared == Matrix([[1, 2, 16, 6], [4, 5, 12, 14], [8, 9, 20, 22]]))
    #expect(fitted.transform(rows) == prepared)
    #expect(fitted.layout(ofColumns: 4) == samples.layout)
  }

  @Test func aPictureAloneStaysOneAsFarAsPixelsStayInPlace() throws {
    let samples = Samples(
      features: rows.columns(..<2), labels: [0, 1, 0], classCount: 2,
      layout: RowLayout(picture: picture, features: 0))
    let kept = try Preparation(fillsMissing: false, stages: [DoublingScaling()])
      .fit(samples, columns: [], in: context())
    #expect(kept.features == Matrix([[2, 4], [8, 10], [16, 18]]))
    #expect(kept.fitted.layout(ofColumns: 2) == samples.layout)
    let left = try Preparation(
      fillsMissing: false, stages: [DoublingScaling(), DoublingProjection(), DoublingScaling()]
    ).fit(samples, columns: [], in: context())
    #expect(left.features == Matrix([[8, 16], [32, 40], [64, 72]]))
    #expect(left.fitted.layout(ofColumns: 2) == RowLayout(features: 2))
  }

  @Test func pixelsHaveNames() {
    #expect(picture.columnNames == ["pixel_0_0", "pixel_0_1"])
    #expect(
      PictureShape(channels: 3, height: 1, width: 1).columnNames
        == ["red_0_0", "green_0_0", "blue_0_0"])
    #expect(!PictureShape(height: 0, width: 5).isPossible)
  }
}

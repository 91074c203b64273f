import Exploration
import Learning
import Matrices
import Testing

@Suite struct PredictionBlobTests {
  @Test(arguments: [3, 256, 257, 1000])
  func classesAndProbabilitiesComeBack(classCount: Int) {
    let classes = [0, classCount - 1, classCount / 2]
    let format = PredictionBlob(classCount: classCount)
    let probabilities = Matrix(rows: 3, columns: classCount) { row, span in
      span[classes[row]] = 0.75
    }
    let bytes = format.bytes(classes: classes, probabilities: probabilities)
    let read = format.predictions(in: bytes, rows: 3)
    #expect(read == Predictions(classes: classes, probabilities: probabilities))
    let scored = format.bytes(
      classes: classes, probabilities: probabilities, scores: probabilities.map { $0 * 9 })
    #expect(format.predictions(in: scored, rows: 3)?.scores == probabilities.map { $0 * 9 })
    #expect(format.predictions(in: Array(bytes.dropLast()), rows: 3) == nil)
    #expect(format.classes(in: format.bytes(classes: classes), rows: 3) == classes)
  }

  @Test func unknownClassesAreRefused() {
    #expect(PredictionBlob(classCount: 3).classes(in: [0, 3], rows: 2) == nil)
  }
}

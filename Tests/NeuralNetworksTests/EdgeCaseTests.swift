import Learning
import Matrices
import NeuralNetworks
import Testing

/// A convolution larger than most pictures, and whatever else stands at the edge of what is possible.
private struct WideKernel: NetworkModel {
  static let name = "wide-kernel"
  @Setting("the side of the kernel") var kernel = 5
  @Setting("zeros around the picture") var padding = 0
  var training = Training { $0.epochs = 2 }

  func scores(of input: NetworkInput, classes: Int) throws -> Signal {
    try input.picture().convolution(3, kernel: kernel, padding: padding).batchNormalisation().relu()
      .flattened().dense(1).dense(classes)
  }
}

@Suite struct EdgeCaseTests {
  private let executor = OneDNNExecutor()

  private func isWhole(_ probabilities: Matrix, rows: Int, classes: Int) -> Bool {
    probabilities.rows == rows && probabilities.columns == classes && probabilities.isFinite
  }

  /// One row, one class, batches of one row and of more rows than there are, layers of one number.
  @Test(arguments: [1, 2, 9], [1, 3])
  func theSmallestTrainingsEnd(rows: Int, classes: Int) throws {
    for (batch, widths) in [(1, [1]), (1000, [1, 17]), (2, []), (4, [16, 1, 33])] {
      let model = SmallPerceptron.training {
        $0.widths = widths; $0.training.batch = batch; $0.training.epochs = 2
        $0.training.clipNorm = batch == 2 ? 1 : nil; $0.dropout = 0.5
      }
      let samples = clouds(rows: rows, classes: classes, seed: 1)
      let none = Samples(
        features: Matrix(rows: 0, columns: 4) { _ in }, labels: [], classCount: classes)
      for validation in [nil, none, clouds(rows: 1, classes: classes, seed: 2)] {
        let fitted = try model.fit(samples, in: context(validation: validation), by: executor)
        let all = try fitted.probabilities(of: samples.features)
        #expect(isWhole(all, rows: rows, classes: classes))
        #expect(try isWhole(fitted.probabilities(of: none.features), rows: 0, classes: classes))
      }
    }
  }

  @Test func kernelsMayBeLargerThanPicturesWithTheirPadding() throws {
    let layout = RowLayout(picture: PictureShape(height: 2, width: 3), features: 0)
    let samples = clouds(rows: 7, columns: 6, seed: 1, layout: layout)
    for (kernel, padding) in [(7, 3), (2, 6), (9, 9), (1, 1)] {
      var model = WideKernel()
      (model.kernel, model.padding) = (kernel, padding)
      let fitted = try model.fit(samples, in: context(), by: executor)
      #expect(try isWhole(fitted.probabilities(of: samples.features), rows: 7, classes: 3))
    }
    let error = #expect(throws: NetworkError.self) {
      try WideKernel().fit(samples, in: context(), by: executor)
    }
    #expect(error?.description.contains("convolution1: a window of 5 × 5 does not fit") == true)
  }

  @Test func batchesOfOneRowAreNotedWhereTheyAreNormalised() throws {
    for (batch, normalises, notes) in [(1, true, 1), (1, false, 0), (2, true, 0)] {
      let model = SmallPerceptron.training {
        $0.training.batch = batch; $0.normalises = normalises; $0.training.epochs = 1
        $0.training.keep = .last
      }
      let log = FitLog()
      _ = try model.fit(clouds(rows: 7, seed: 1), in: context(log: log), by: executor)
      #expect(log.notes.count == notes, "\(log.notes)")
    }
  }

  @Test func rowsWithoutNumbersAreNoticed() throws {
    let samples = Samples(
      features: Matrix(rows: 8, columns: 4) { _, span in span[0] = .nan },
      labels: clouds(rows: 8, seed: 1).labels, classCount: 3)
    #expect(throws: FitError.self) {
      try SmallPerceptron().fit(samples, in: context(), by: executor)
    }
  }

  /// Networks of several threads of a process have nothing in common.
  @Test func trainingsBesideEachOtherGiveTheSameBits() async throws {
    let layout = RowLayout(picture: PictureShape(height: 8, width: 8), features: 0)
    let samples = clouds(rows: 30, columns: 64, seed: 1, layout: layout)
    var model = SmallConvolution()
    model.training.epochs = 3
    let alone = try model.fit(samples, in: context(), by: executor).arrays
    let found = try await withThrowingTaskGroup(of: [ShapedArray].self) { group in
      for _ in 0..<6 {
        group.addTask { [model, executor] in
          try model.fit(samples, in: context(), by: executor).arrays
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(found.count == 6 && found.allSatisfy { $0 == alone })
  }
}

import FileSystem
import JSONText
import Learning
import Matrices
import NeuralNetworks
import ProgramSupport
import Testing

@Suite struct FittedNetworkTests {
  private struct Saved: Codable { var fitted: FittedNetwork<SmallConvolution> }

  private let reference = ReferenceExecutor()
  private let layout = RowLayout(picture: PictureShape(height: 4, width: 6), features: 2)

  private func fitted(
    by executor: any Executor = ReferenceExecutor()
  ) throws -> FittedNetwork<SmallConvolution> {
    var model = SmallConvolution()
    model.training.epochs = 2
    return try model.fit(
      clouds(rows: 30, columns: 26, seed: 1, layout: layout), in: context(), by: executor)
  }

  private func withFolder(_ body: (Path) throws -> Void) throws {
    let folder = try Path.makeTemporaryFolder("explore-network")
    defer { try? folder.remove() }
    try body(folder)
  }

  private func read(_ folder: Path) throws -> FittedNetwork<SmallConvolution> {
    try Archive(folder).read { node, attachments in
      try node.decode(Saved.self, attachments: attachments)
    }.fitted.computed(by: reference)
  }

  private var rows: Matrix { clouds(rows: 70, columns: 26, seed: 2).features }

  @Test(arguments: TestedExecutor.allCases)
  func aSavedNetworkPredictsTheSameBits(on tested: TestedExecutor) throws {
    let fitted = try fitted(by: tested.executor)
    try withFolder { folder in
      try Archive(folder).write(Saved(fitted: fitted))
      let read = try read(folder).computed(by: tested.executor)
      #expect(read.arrays == fitted.arrays && read.layout == layout && read.classes == 3)
      #expect(try read.probabilities(of: rows) == fitted.probabilities(of: rows))
      #expect(read.fits(columns: 26, classes: 3))
      #expect(!read.fits(columns: 25, classes: 3) && !read.fits(columns: 26, classes: 2))
    }
  }

  /// Named and shaped as other programs expect it.
  @Test func weightsHaveTheirNamesAndShapes() throws {
    let fitted = try fitted()
    try withFolder { folder in
      try Archive(folder).write(Saved(fitted: fitted))
      let bytes = try (folder / "weights.safetensors").readBytes()
      let length = bytes.prefix(8).enumerated().reduce(0) {
        $0 + Int($1.element) << (8 * $1.offset)
      }
      let header = try JSONNode(parsing: Array(bytes[8..<8 + length]))
      let shapes = (header.members ?? []).map { ($0.name, $0.value["shape"]) }
      #expect(
        shapes.map(\.0)
          == [
            "convolution1.weight", "convolution1.bias", "batchnorm1.weight", "batchnorm1.bias",
            "batchnorm1.running_mean", "batchnorm1.running_var", "dense1.weight", "dense1.bias",
          ].map { "fitted.weights.\($0)" })
      #expect(shapes[0].1 == [4, 1, 3, 3] && shapes[6].1 == [3, 26] && shapes[7].1 == [3])
    }
  }

  @Test(arguments: TestedExecutor.allCases)
  func aRowDoesNotDependOnOthers(on tested: TestedExecutor) throws {
    let fitted = try fitted(by: tested.executor)
    let all = try fitted.probabilities(of: rows)
    for row in [0, 31, 32, 69] {
      #expect(try fitted.probabilities(of: rows.rows(row..<row + 1)) == all.rows(row..<row + 1))
    }
    #expect(try fitted.probabilities(of: rows.rows(0..<0)).rows == 0)
  }

  @Test func damageIsNoticedAndNeverTraps() throws {
    let fitted = try fitted()
    var random = RandomStream(seed: 4)
    try withFolder { folder in
      try Archive(folder).write(Saved(fitted: fitted))
      let manifest = try Archive(folder).readManifest()
      for _ in 0..<400 {
        let damaged = manifest.damaged { random.below($0) }
        try (folder / "manifest.json").writeAtomically(damaged.compactText)
        guard let read = try? read(folder), read.layout.columns == 26 else { continue }
        let predictions = try? read.predictions(for: rows)
        #expect(predictions.map { $0.classes.count == rows.rows } ?? true)
      }
      try (folder / "manifest.json").writeAtomically(manifest.compactText)
      for name in ["manifest.json", "weights.safetensors"] {
        let whole = try (folder / name).readBytes()
        for _ in 0..<300 {
          var bytes = whole
          bytes[random.below(bytes.count)] = UInt8(random.below(256))
          try (folder / name).writeAtomically(bytes)
          if let read = try? read(folder), read.layout.columns == 26 {
            _ = try? read.predictions(for: rows)
          }
        }
        try (folder / name).writeAtomically(whole)
      }
    }
  }

  @Test(arguments: [
    ("\"height\":4", "\"height\":9"), ("\"classes\":3", "\"classes\":4"),
    ("\"features\":2", "\"features\":-2"), ("\"width\":6", "\"width\":9223372036854775807"),
    ("\"threads\":1", "\"threads\":0"), ("\"batch\":32", "\"batch\":0"),
    ("dense1.bias", "convolution1.bias"),
    ("\"learning_rate\":0.01", "\"learning_rate\":-1"),
    ("\"optimiser\":\"adam\"", "\"optimiser\":\"none\""), ("\"momentum\":0", "\"momentum\":0.5"),
  ])
  func aManifestThatDoesNotFitIsDamaged(text: String, other: String) throws {
    let fitted = try fitted()
    try withFolder { folder in
      try Archive(folder).write(Saved(fitted: fitted))
      let whole = try Archive(folder).readManifest().compactText
      #expect(whole.contains(text))
      let pieces = whole.split(separator: text, omittingEmptySubsequences: false)
      try (folder / "manifest.json").writeAtomically(pieces.joined(separator: other))
      #expect(throws: DamagedFile.self) { try read(folder) }
    }
  }
}

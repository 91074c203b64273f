import ExploreCommands
import FileSystem
import JSONText
import Learning
import Matrices
import ModelContract
import ProgramSupport
import Testing

/// Saved pipelines of every model and transformation, damaged: reading answers or throws, and what is
/// read can predict.
@Suite struct DamagedPipelineTests {
  private let names = ["a", "b", "c", "d", "e"]

  /// A saved pipeline, and rows that it takes.
  private struct Case {
    var pipeline: FittedPipeline
    var rows: Matrix
  }

  private func pipeline(
    _ stages: [any Transformation], _ model: any Model, fillsMissing: Bool = false,
    picture: PictureShape? = nil
  ) throws -> Case {
    let task = picture.map { ContractTask.pictures($0) } ?? ContractTask.clouds(seed: 5)
    let names = picture == nil ? self.names : []
    let (fitted, features) = try Preparation(fillsMissing: fillsMissing, stages: stages)
      .fit(task.samples, columns: names, in: contractContext())
    func fit(_ model: some Model) throws -> any FittedModel {
      let samples = task.samples.replacing(
        features: features, layout: picture == nil ? nil : task.samples.layout)
      return try model.finish(
        try model.fit(samples, in: contractContext()), for: samples, in: contractContext())
    }
    let pipeline = FittedPipeline(
      columns: names, picture: picture, missing: fillsMissing ? "median" : "stop",
      classes: ["x", "y", "z", "none"],
      knownClasses: [0, 1, 2], preparation: fitted, modelName: type(of: model).name,
      settings: try model.settingValues, model: try fit(model))
    return Case(pipeline: pipeline, rows: task.test)
  }

  /// One with each model, and one with each transformation.
  private func cases() throws -> [Case] {
    let registry = Registry.standard
    func model<Kind: Model>(_ type: Kind.Type, _ settings: JSONNode = [:]) throws -> any Model {
      try Kind(settings: settings)
    }
    func stage<Kind: Transformation>(_ type: Kind.Type) -> any Transformation { Kind() }
    var all = try registry.models.map { type in
      let (settings, picture) = ModelContractTests.networks[type.name] ?? ("{}", nil)
      return try pipeline(
        [], model(type, type.name == "forest" ? ["trees": 3] : JSONNode(parsing: settings)),
        fillsMissing: type.name == "ridge", picture: picture)
    }
    for settings in [["kernel": "rbf"], ["kernel": "polynomial"]] as [JSONNode] {
      if let machine = registry.model(named: "svm") {
        all.append(try pipeline([], model(machine, settings)))
      }
    }
    if let ridge = registry.model(named: "ridge") {
      for transformation in registry.transformations {
        all.append(try pipeline([stage(transformation)], model(ridge)))
      }
    }
    return all
  }

  private func withFolder(_ body: (Path) throws -> Void) throws {
    let folder = try Path.makeTemporaryFolder("explore-damage")
    defer { try? folder.remove() }
    try body(folder)
  }

  @Test func damagedManifestsNeverTrap() throws {
    var random = RandomStream(seed: 8)
    for (pipeline, rows) in try cases().map({ ($0.pipeline, $0.rows) }) {
      try withFolder { folder in
        try Archive(folder).write(pipeline)
        let whole = try Archive(folder).readManifest()
        let expected = try pipeline.predictions(for: rows)
        let read = try FittedPipeline(readingFrom: folder, registry: .standard)
        #expect(try read.predictions(for: rows) == expected)
        for _ in 0..<250 {
          let damaged = whole.damaged { random.below($0) }
          try (folder / "manifest.json").writeAtomically(damaged.compactText)
          guard let read = try? FittedPipeline(readingFrom: folder, registry: .standard) else {
            continue
          }
          let features = Matrix(rows: 3, columns: read.allColumns.count) { row, span in
            if span.count > 0 { span[0] = Float(row) }
          }
          let predictions = try? read.predictions(for: features)
          #expect(predictions.map { $0.classes.count == 3 } ?? true)
        }
      }
    }
  }

  /// As earlier versions wrote them, without hashes that would notice the damage.
  @Test func flippedBytesNeverTrap() throws {
    var random = RandomStream(seed: 9)
    for (pipeline, rows) in try cases().map({ ($0.pipeline, $0.rows) }) {
      try withFolder { folder in
        try Archive(folder).write(pipeline)
        try (folder / "manifest.json").writeAtomically(
          Archive(folder).readManifest().compactText)
        for name in ["manifest.json", "weights.safetensors"] {
          let whole = try (folder / name).readBytes()
          for _ in 0..<150 {
            var bytes = whole
            bytes[random.below(bytes.count)] = UInt8(random.below(256))
            try (folder / name).writeAtomically(bytes)
            let read = try? FittedPipeline(readingFrom: folder, registry: .standard)
            if let read, read.allColumns.count == rows.columns {
              _ = try? read.predictions(for: rows)
            }
          }
          try (folder / name).writeAtomically(whole)
        }
      }
    }
  }

  @Test func noFlippedBitPasses() throws {
    var random = RandomStream(seed: 10)
    for pipeline in try cases().map(\.pipeline) {
      try withFolder { folder in
        try Archive(folder).write(pipeline)
        for name in ["manifest.json", "weights.safetensors"] {
          let whole = try (folder / name).readBytes()
          for _ in 0..<20 {
            var bytes = whole
            // The last bytes of a manifest are its hash.
            let length = name == "manifest.json" ? bytes.count - 35 : bytes.count
            bytes[random.below(length)] ^= 1 << UInt8(random.below(8))
            try (folder / name).writeAtomically(bytes)
            #expect(throws: DamagedFile.self) {
              try FittedPipeline(readingFrom: folder, registry: .standard)
            }
          }
          try (folder / name).writeAtomically(whole)
        }
      }
    }
  }

  /// A column that is dropped or doubled, in the manifest alone, is noticed with every chain.
  @Test func columnsAreAskedFor() throws {
    for pipeline in try cases().map(\.pipeline)
    where pipeline.modelName != "dummy" && pipeline.picture == nil {
      for columns in [["a", "b", "c", "d"], ["a", "b", "c", "d", "d"], []] {
        try withFolder { folder in
          var changed = pipeline
          changed.columns = columns
          try Archive(folder).write(changed)
          #expect(throws: DamagedFile.self) {
            try FittedPipeline(readingFrom: folder, registry: .standard)
          }
        }
      }
    }
  }
}

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
  private let task = ContractTask.clouds(seed: 5)
  private let names = ["a", "b", "c", "d", "e"]

  private func pipeline(
    _ stages: [any Transformation], _ model: any Model, fillsMissing: Bool = false
  ) throws -> FittedPipeline {
    let (fitted, features) = try Preparation(fillsMissing: fillsMissing, stages: stages)
      .fit(task.samples, columns: names, in: contractContext())
    func fit(_ model: some Model) throws -> any FittedModel {
      let samples = task.samples.replacing(features: features)
      return try model.finish(
        try model.fit(samples, in: contractContext()), for: samples, in: contractContext())
    }
    return FittedPipeline(
      columns: names, missing: fillsMissing ? "median" : "stop", classes: ["x", "y", "z", "none"],
      knownClasses: [0, 1, 2], preparation: fitted, modelName: type(of: model).name,
      settings: try JSONNode(encoding: model), model: try fit(model))
  }

  /// One with each model, and one with each transformation.
  private func pipelines() throws -> [FittedPipeline] {
    let registry = Registry.standard
    func model<Kind: Model>(_ type: Kind.Type, _ settings: JSONNode = [:]) throws -> any Model {
      try Kind(settings: settings)
    }
    func stage<Kind: Transformation>(_ type: Kind.Type) -> any Transformation { Kind() }
    var all = try registry.models.map {
      try pipeline(
        [], model($0, $0.name == "forest" ? ["trees": 3] : [:]), fillsMissing: $0.name == "ridge")
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
    for pipeline in try pipelines() {
      try withFolder { folder in
        try Archive(folder).write(pipeline)
        let whole = try Archive(folder).readManifest()
        let expected = pipeline.predictions(for: task.test)
        let read = try FittedPipeline(readingFrom: folder, registry: .standard)
        #expect(read.predictions(for: task.test) == expected)
        for _ in 0..<250 {
          let damaged = whole.damaged { random.below($0) }
          try (folder / "manifest.json").writeAtomically(damaged.compactText)
          guard let read = try? FittedPipeline(readingFrom: folder, registry: .standard) else {
            continue
          }
          let features = Matrix(rows: 3, columns: read.columns.count) { row, span in
            span[0] = Float(row)
          }
          #expect(read.predictions(for: features).classes.count == 3)
        }
      }
    }
  }

  @Test func flippedBytesNeverTrap() throws {
    var random = RandomStream(seed: 9)
    for pipeline in try pipelines() {
      try withFolder { folder in
        try Archive(folder).write(pipeline)
        for name in ["manifest.json", "weights.safetensors"] {
          let whole = try (folder / name).readBytes()
          for _ in 0..<150 {
            var bytes = whole
            bytes[random.below(bytes.count)] = UInt8(random.below(256))
            try (folder / name).writeAtomically(bytes)
            let read = try? FittedPipeline(readingFrom: folder, registry: .standard)
            if let read, read.columns.count == names.count { _ = read.predictions(for: task.test) }
          }
          try (folder / name).writeAtomically(whole)
        }
      }
    }
  }

  /// A column that is dropped or doubled, in the manifest alone, is noticed with every chain.
  @Test func columnsAreAskedFor() throws {
    for pipeline in try pipelines() where pipeline.modelName != "dummy" {
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

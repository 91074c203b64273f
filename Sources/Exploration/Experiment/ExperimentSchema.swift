import AudioData
import AudioFeatures
import DataTables
import JSONText
import Learning
import Pictures

/// The JSON Schema (draft 2020-12) of experiment files.
package struct ExperimentSchema {
  let registry: Registry

  package init(_ registry: Registry) { self.registry = registry }

  package var schema: JSONNode {
    let root = object(
      [
        ("$schema", ["type": "string"]),
        ("name", text("the run's name, and its folder's", pattern: "\\S")),
        ("seed", integer(Experiment.seedBounds, default: 42)),
        ("data", data),
        ("inputs", inputs),
        ("scaling", component(registry.scalings, isTuned: false)),
        ("split", split),
        (
          "protocols",
          [
            "type": "object", "minProperties": 1, "propertyNames": ["pattern": "^[^+*?]+$"],
            "additionalProperties": split,
          ]
        ),
        ("transformations", list(transformation)),
        ("models", list(component(registry.models, isTuned: true))),
        ("skip", list(text("a pattern of cells, as in polynomial+*", pattern: "."))),
        ("compare", list(text("a pattern of cells to compare, as in none+*", pattern: "."))),
        (
          "learning_curve",
          list(SettingDomain.number(Experiment.curveShareBounds).schema, isUnique: true)
        ),
        ("tuner", component(Tuners.all, isTuned: false, isNamed: false)),
        ("measure", ["enum": JSONNode(Measure.allCases.map(\.rawValue)), "default": "accuracy"]),
        (
          "balance",
          ["enum": JSONNode(Experiment.Balance.allCases.map(\.rawValue)), "default": "none"]
        ),
        ("refit", ["type": "boolean", "default": false]),
        ("seeds", integer(Experiment.seedsBounds, default: 1)),
        (
          "limits",
          object([
            ("cell_seconds", number(Experiment.secondsBounds, default: 600)),
            ("cell_memory_mb", number(Experiment.megabytesBounds, default: 4000)),
            ("cell_threads", SettingDomain.integer(Experiment.threadsBounds).schema),
          ])
        ),
      ], required: ["name", "data", "models"])
    return JSONNode(
      .object(
        [
          .init("$schema", "https://json-schema.org/draft/2020-12/schema"),
          .init("title", "An experiment of Explore"),
        ] + (root.members ?? []) + [.init("$defs", ranges)]))
  }

  // MARK: Parts

  private func text(_ description: String, pattern: String? = nil) -> JSONNode {
    var members: [JSONNode.Member] = [
      .init("type", "string"), .init("description", JSONNode(description)),
    ]
    if let pattern { members.append(.init("pattern", JSONNode(pattern))) }
    return JSONNode(.object(members))
  }

  private func integer(_ bounds: Bounds, default standard: JSONNode) -> JSONNode {
    with(standard, SettingDomain.integer(bounds).schema)
  }

  private func number(_ bounds: Bounds, default standard: JSONNode) -> JSONNode {
    with(standard, SettingDomain.number(bounds).schema)
  }

  private func with(_ standard: JSONNode, _ schema: JSONNode) -> JSONNode {
    JSONNode(.object((schema.members ?? []) + [.init("default", standard)]))
  }

  private func list(_ items: JSONNode, isUnique: Bool = false) -> JSONNode {
    var members: [JSONNode.Member] = [
      .init("type", "array"), .init("items", items), .init("minItems", 1),
    ]
    if isUnique { members.append(.init("uniqueItems", true)) }
    return JSONNode(.object(members))
  }

  private func object(_ properties: [(String, JSONNode)], required: [String] = []) -> JSONNode {
    var members: [JSONNode.Member] = [
      .init("type", "object"),
      .init("properties", JSONNode(.object(properties.map { .init($0.0, $0.1) }))),
      .init("additionalProperties", false),
    ]
    if !required.isEmpty { members.append(.init("required", JSONNode(required))) }
    return JSONNode(.object(members))
  }

  private var extract: [(String, JSONNode)] {
    [
      ("column", text("a column")),
      ("pattern", text("a regular expression; its first capture counts")),
    ]
  }

  /// What can be said of the rows of a table and of sounds.
  private var rowKeys: [(String, JSONNode)] {
    [
      (
        "duplicates",
        ["enum": JSONNode(TableRequest.Duplicates.allCases.map(\.rawValue)), "default": "keep"]
      ),
      (
        "join",
        object(
          [
            ("table", text("a CSV file whose columns are added")), ("key", text("its key")),
            ("from", ["anyOf": [text("a column"), object(extract, required: ["column"])]]),
          ], required: ["table", "key", "from"])
      ),
      (
        "groups",
        [
          "type": "object",
          "additionalProperties": [
            "anyOf": [
              text("a column"),
              object(
                extract + [("missing", text("the group or column that stands in"))],
                required: ["column"]),
            ]
          ],
        ]
      ),
    ]
  }

  private var columns: JSONNode {
    list(text("a column that may be a feature; * and ? are allowed"))
  }

  private var ignore: JSONNode {
    ["type": "array", "items": text("a column that is no feature; * and ? are allowed")]
  }

  /// What each representation of the data has otherwise.
  private var inputs: JSONNode {
    [
      "type": "object", "minProperties": 1,
      "propertyNames": ["pattern": "^[^+*?]+$"],
      "additionalProperties": object(
        [("columns", columns), ("ignore", ignore)] + soundKeys + windowKeys + pictureKeys),
    ]
  }

  private var data: JSONNode {
    let table = object(
      [
        ("table", text("a CSV file, which may be compressed by gzip")),
        ("label", text("the class")),
        ("columns", columns), ("ignore", ignore),
        (
          "missing",
          ["enum": JSONNode(TableRequest.Missing.allCases.map(\.rawValue)), "default": "stop"]
        ),
      ] + rowKeys, required: ["table", "label"])
    let builtIn = object(
      [("builtin", ["enum": JSONNode(BuiltInTable.all.map(\.name))]), ("columns", columns)],
      required: ["builtin"])
    return ["anyOf": JSONNode([table, builtIn] + sounds + [pictures])]
  }

  // MARK: Pictures

  private var pictures: JSONNode {
    let beside = object(
      [
        ("table", text("a CSV file of features of the same rows")),
        ("key", text("its column of file names, with or without extension")),
        ("segment", text("its column of segment numbers")),
        ("columns", columns), ("ignore", ignore),
      ], required: ["table", "key"])
    return object(
      [("pictures", text("a folder of PNG files, or a CSV index of them"))] + windowKeys
        + pictureKeys + [("beside", beside)] + rowKeys, required: ["pictures"])
  }

  /// How pictures are cut.
  private var windowKeys: [(String, JSONNode)] {
    [
      ("window_seconds", SettingDomain.number(Experiment.pictureSecondsBounds).schema),
      ("picture_seconds", SettingDomain.number(Experiment.pictureSecondsBounds).schema),
    ]
  }

  /// How pictures are prepared.
  private var pictureKeys: [(String, JSONNode)] {
    let side = SettingDomain.integer(Experiment.pictureSideBounds).schema
    let factor = number(Experiment.enhancementBounds, default: 1)
    return [
      (
        "size",
        ["anyOf": [side, ["type": "array", "items": side, "minItems": 2, "maxItems": 2]]]
      ),
      (
        "colors",
        [
          "enum": JSONNode(PicturePreparation.Colors.allCases.map(\.rawValue)), "default": "grey",
        ]
      ),
      ("noise_reduction", number(Experiment.noiseReductionBounds, default: 0)),
      ("contrast", factor), ("brightness", factor), ("sharpness", factor),
      (
        "normalise",
        [
          "enum": JSONNode(PicturePreparation.Normalisation.allCases.map(\.rawValue)),
          "default": "symmetric",
        ]
      ),
    ]
  }

  // MARK: Sound

  private var sounds: [JSONNode] {
    let music = object([
      ("genres", integer(Experiment.genresBounds, default: 10)),
      ("songs", integer(Experiment.songsBounds, default: 20)),
      ("seconds", number(Experiment.songSecondsBounds, default: 10)),
    ])
    let sources: [(String, JSONNode)] = [
      ("audio", text("a folder of sound files, or a CSV index of them")), ("synthetic", music),
    ]
    return sources.map { source in
      object(
        [source] + soundKeys + pictureKeys + [("columns", columns), ("ignore", ignore)] + rowKeys,
        required: [source.0])
    }
  }

  /// How sound becomes rows.
  private var soundKeys: [(String, JSONNode)] {
    let sets: JSONNode = ["enum": JSONNode(FeatureSet.all.map(\.name))]
    let standard = FeatureSettings()
    return [
      ("segment_seconds", SettingDomain.number(Experiment.segmentSecondsBounds).schema),
      ("features", ["anyOf": [sets, list(sets, isUnique: true)], "default": "gtzan57"]),
      (
        "mode",
        [
          "enum": JSONNode(FeatureSettings.Mode.allCases.map(\.rawValue)),
          "default": JSONNode(standard.mode.rawValue),
        ]
      ),
      ("sample_rate", integer(Experiment.sampleRateBounds, default: JSONNode(standard.sampleRate))),
      ("fft_size", integer(Experiment.fftSizeBounds, default: JSONNode(standard.fftSize))),
      ("hop_length", integer(Experiment.hopLengthBounds, default: JSONNode(standard.hopLength))),
      ("bands", integer(Experiment.bandsBounds, default: JSONNode(standard.bands))),
      ("picture", ["enum": JSONNode(SoundPictureRecipe.Kind.allCases.map(\.rawValue))]),
    ]
  }

  private var split: JSONNode {
    let share = number(Experiment.validationShareBounds, default: 0.15)
    let column = object([("column", text("a column"))], required: ["column"])
    let folds: [(String, JSONNode)] = [
      ("count", SettingDomain.integer(Experiment.foldsBounds).schema),
      ("repeats", integer(Experiment.repeatsBounds, default: 1)),
    ]
    let inner = object(
      [("folds", SettingDomain.integer(Experiment.innerFoldsBounds).schema)], required: ["folds"])
    let holdout = object([
      ("validation", share), ("test", number(Experiment.testShareBounds, default: 0.15)),
    ])
    let kinds: [(name: String, schema: JSONNode, more: [(String, JSONNode)])] = [
      ("holdout", holdout, []),
      (
        "folds",
        [
          "anyOf": [
            object(folds + [("validation", share)], required: ["count"]),
            object(folds + [("inner", inner)], required: ["count"]), column,
          ]
        ], []
      ),
      (
        "leave_one_group_out",
        ["anyOf": [object([("validation", share)]), object([("inner", inner)])]], []
      ),
      ("parts", column, [("validation", share)]),
      (
        "file", text("{\"train\": […], \"validation\": […], \"test\": […]}", pattern: "."),
        [("validation", share)]
      ),
    ]
    return [
      "anyOf": JSONNode(
        kinds.map { kind in
          object(
            [(kind.name, kind.schema)] + kind.more + [
              ("stratified", ["type": "boolean", "default": true]),
              ("ungrouped", ["type": "boolean", "default": false]),
              ("group", text("the group to keep together")),
            ], required: [kind.name])
        })
    ]
  }

  private var transformation: JSONNode {
    let one = component(registry.transformations, isTuned: true)
    return ["anyOf": [one, list(one)]]
  }

  /// A name, or an object of a name and its settings.
  private func component(
    _ types: [any Component.Type], isTuned: Bool, isNamed: Bool = true
  ) -> JSONNode {
    let names: JSONNode = ["enum": JSONNode(types.map { $0.name })]
    let alias: (String, JSONNode) = ("as", text("the name in all tables", pattern: "^[^+*?]+$"))
    let objects = types.map { type -> JSONNode in
      let settings = type.settings.map { setting in
        (setting.name, schema(of: setting, isTuned: isTuned))
      }
      let names = isNamed ? [alias] : []
      return object([(type.name, object(settings + names))] + names, required: [type.name])
    }
    return ["anyOf": JSONNode([names] + objects)]
  }

  private func schema(of setting: SettingDescription, isTuned: Bool) -> JSONNode {
    let one = setting.domain.schema
    var members: [JSONNode.Member] = [.init("description", JSONNode(setting.help))]
    if isTuned {
      let range = Self.range(of: setting.domain).map { name -> JSONNode in
        ["$ref": JSONNode("#/$defs/\(name)")]
      }
      members.append(
        .init("anyOf", JSONNode([one, list(one, isUnique: true)] + (range.map { [$0] } ?? []))))
    } else {
      members += one.members ?? []
    }
    members.append(.init("default", setting.defaultValue))
    return JSONNode(.object(members))
  }

  // MARK: Ranges

  /// Which definition a range of the values is.
  private static func range(of domain: SettingDomain) -> String? {
    switch domain {
    case .number: "range"
    case .integer: "whole_range"
    case .optional(let domain, _): range(of: domain)
    case .boolean, .choice, .list: nil
    }
  }

  /// What a setting of numbers may have in place of a list, for tuners that draw.
  private var ranges: JSONNode {
    func range(_ type: JSONNode) -> JSONNode {
      let end: JSONNode = ["type": type]
      return object(
        [
          ("from", end), ("to", end),
          (
            "scale",
            [
              "enum": JSONNode(ValueRange.Scale.allCases.map(\.rawValue)), "default": "linear",
            ]
          ),
          ("step", ["type": type, "exclusiveMinimum": 0]),
        ], required: ["from", "to"])
    }
    return ["range": range("number"), "whole_range": range("integer")]
  }
}

import ExploreCommands
import Exploration
import FileSystem
import JSONText
import Learning
import Testing

func experiment(_ text: String) throws(ExperimentError) -> Experiment {
  try Experiment(text: text, file: "dir/e.json", registry: .standard)
}

private let start = #"{"name": "n", "data": {"builtin": "iris"}, "models": ["knn"]"#

@Suite struct ExperimentReaderTests {
  @Test func defaultsAreFilledIn() throws {
    let read = try experiment(start + "}")
    #expect(read.seed == 42 && read.seeds == 1 && !read.refit)
    #expect(read.measure == .accuracy && read.balance == .none)
    #expect(read.protocols[0].split == SplitRequest(.holdout(validation: 0.15, test: 0.15)))
    #expect(read.transformations.map(\.name) == ["none"])
    #expect(read.limits == .init())
  }

  @Test func listsAreTunedTheLastFastest() throws {
    let read = try experiment(
      #"{"name": "n", "data": {"builtin": "iris"}, "models": [{"forest": {"trees": [10, 50], "depth": [3, "unlimited"]}}]}"#
    )
    #expect(
      read.models[0].variants.map(\.text) == [
        "trees=10 depth=3", "trees=10 depth=unlimited", "trees=50 depth=3",
        "trees=50 depth=unlimited",
      ])
    #expect(read.models[0].variants[1].settings == ["trees": 10, "depth": nil])
  }

  @Test func aModelNamedTwiceIsAUnion() throws {
    let read = try experiment(
      #"{"name": "n", "data": {"builtin": "iris"}, "models": [{"svm": {"C": [1, 10]}}, {"svm": {"kernel": "rbf", "C": 1}}, {"svm": {"C": 10}}]}"#
    )
    #expect(read.models.count == 1)
    #expect(read.models[0].variants.map(\.text) == ["C=1", "C=10", "kernel=rbf C=1"])
  }

  @Test func aDefaultIsTheSameAsItsValue() throws {
    func texts(_ models: String) throws -> [String] {
      try experiment(#"{"name": "n", "data": {"builtin": "iris"}, "models": \#(models)}"#)
        .models[0].variants.map(\.text)
    }
    #expect(
      try texts(#"[{"ridge": {"alpha": [1, 2]}}, {"ridge": {}}, "ridge"]"#)
        == ["alpha=1", "alpha=2"])
    #expect(try texts(#"["ridge", {"ridge": {"alpha": [1, 2]}}]"#) == ["defaults", "alpha=2"])
    #expect(try texts(#"["ridge", "ridge"]"#) == [""])
  }

  /// The values of four settings multiply; they are counted before they are made.
  @Test func tooManyCombinationsAreRefusedAtOnce() {
    let values = "[" + (1...100).map(String.init).joined(separator: ",") + "]"
    let error = #expect(throws: ExperimentError.self) {
      try experiment(
        #"{"name": "n", "data": {"builtin": "iris"}, "models": [{"svm": {"C": \#(values), "gamma": \#(values), "coef0": \#(values), "tolerance": \#(values)}}]}"#
      )
    }
    #expect(
      error?.description
        == "dir/e.json, line 1, column 63: models[0].svm: 100000000 combinations of values; at most 1000 are tried, give fewer values"
    )
    let chain = #"{"rbf": {"gamma": \#(values)}}"#
    let chained = #expect(throws: ExperimentError.self) {
      try experiment(
        #"{"name": "n", "data": {"builtin": "iris"}, "models": ["knn"], "transformations": [[\#(chain), \#(chain), \#(chain), \#(chain), \#(chain), \#(chain), \#(chain), \#(chain), \#(chain), \#(chain)]]}"#
      )
    }
    #expect(chained?.description.contains("too many combinations of values") == true)
  }

  @Test func inputsReplaceMembersOfTheData() throws {
    let read = try experiment(
      #"""
      {"name": "n", "data": {"table": "t.csv", "label": "y", "columns": ["a*"], "ignore": ["id"]},
       "inputs": {"as it is": {}, "b": {"columns": ["b1", "b2"]}, "c": {"ignore": []}}, "models": ["knn"]}
      """#)
    #expect(read.inputs.map(\.name) == ["as it is", "b", "c"])
    let requests = read.inputs.compactMap { input in
      if case .table(let request) = input.data { request } else { nil }
    }
    #expect(requests.map { $0.columns.map(\.text) } == [["a*"], ["b1", "b2"], ["a*"]])
    #expect(requests.map { $0.ignore.map(\.text) } == [["id"], ["id"], []])
    #expect(requests.allSatisfy { $0.path == "dir/t.csv" && $0.label == "y" })
    let plain = try experiment(start + "}")
    #expect(plain.inputs.map(\.name) == [""])
    #expect(plain.inputs.map(\.data) == [.builtIn("iris", columns: [])])
  }

  @Test func aliasesMakeNewRowsAndColumns() throws {
    let read = try experiment(
      #"""
      {"name": "n", "data": {"builtin": "iris"},
       "transformations": ["none", [{"select": {"k": 2}}, "pca"], {"rbf": {"gamma": [0.1, 1], "as": "wide"}}, {"pca": {"components": 1}, "as": "line"}],
       "models": [{"svm": {"kernel": "rbf"}, "as": "rbf-svm"}, {"svm": {"as": "linear"}}]}
      """#)
    #expect(read.transformations.map(\.name) == ["none", "select-pca", "wide", "line"])
    #expect(read.transformations[2].variants.map(\.text) == ["rbf.gamma=0.1", "rbf.gamma=1"])
    #expect(read.models.map(\.name) == ["rbf-svm", "linear"])
  }

  @Test func pathsAreRelativeToTheFile() throws {
    let read = try experiment(
      #"{"name": "n", "data": {"table": "t.csv", "label": "y"}, "models": ["knn"], "split": {"file": "/abs/s.json"}}"#
    )
    guard case .table(let request) = read.inputs[0].data,
      case .file(let path, _) = read.protocols[0].split.kind
    else {
      Issue.record("not a table")
      return
    }
    #expect(request.path == "dir/t.csv" && path == "/abs/s.json")
  }

  @Test func everyKindOfSplitIsRead() throws {
    func kind(_ text: String) throws -> SplitRequest {
      try experiment(
        #"{"name": "n", "data": {"table": "t.csv", "label": "y", "groups": {"g": "s"}}, "models": ["knn"], "split": "#
          + text + "}"
      ).protocols[0].split
    }
    #expect(
      try kind(#"{"folds": {"count": 5, "repeats": 3}}"#).kind
        == .folds(count: 5, repeats: 3, selection: .validation(0.15)))
    #expect(
      try kind(#"{"folds": {"count": 4, "inner": {"folds": 3}}}"#).kind
        == .folds(count: 4, repeats: 1, selection: .inner(folds: 3)))
    #expect(try kind(#"{"folds": {"column": "fold"}}"#).textColumns == ["fold"])
    #expect(
      try kind(#"{"parts": {"column": "part"}, "validation": 0.2}"#).kind
        == .parts(column: "part", validation: 0.2))
    #expect(
      try kind(#"{"holdout": {"test": 0.3}, "stratified": false, "ungrouped": true}"#).isUngrouped)
    #expect(try kind(#"{"holdout": {}, "group": "g"}"#).group == "g")
  }

  struct Broken: Sendable, CustomTestStringConvertible {
    var text: String
    var message: String
    var testDescription: String { message }
  }

  @Test(arguments: [
    Broken(
      text: "", message: "dir/e.json, line 1, column 1: the file is empty; expected a JSON value"),
    Broken(
      text: "{\"name\": \"n\",\n \"data\" {}}",
      message: "dir/e.json, line 2, column 9: expected “:” after “data”, found “{”"),
    Broken(
      text: "[]",
      message: "dir/e.json, line 1, column 1: expected an experiment: an object, found a list"),
    Broken(
      text: start + #", "model": []}"#,
      message: "dir/e.json, line 1, column 63: unknown key “model”; did you mean “models”?"),
    Broken(
      text: #"{"name": "n", "models": ["knn"]}"#,
      message: "dir/e.json, line 1, column 1: “data” is missing"),
    Broken(
      text: #"{"name": "", "data": {"builtin": "iris"}, "models": ["knn"]}"#,
      message: "dir/e.json, line 1, column 10: name: expected a name that is not empty, found \"\""),
    Broken(
      text: #"{"name": 5, "data": {"builtin": "iris"}, "models": ["knn"]}"#,
      message: "dir/e.json, line 1, column 10: name: expected a name, found 5"),
    Broken(
      text: #"{"name": "n", "data": {"builtin": "irs"}, "models": ["knn"]}"#,
      message:
        "dir/e.json, line 1, column 35: data.builtin: unknown built-in table “irs”; did you mean “iris”?"
    ),
    Broken(
      text: #"{"name": "n", "data": {"builtin": "iris"}, "models": ["knnn"]}"#,
      message: "dir/e.json, line 1, column 55: models[0]: unknown model “knnn”; did you mean “knn”?"
    ),
    Broken(
      text: #"{"name": "n", "data": {"builtin": "iris"}, "models": []}"#,
      message:
        "dir/e.json, line 1, column 54: models: the list is empty; expected at least one model"),
    Broken(
      text: #"{"name": "n", "data": {"builtin": "iris"}, "models": [{"knn": {"kk": 3}}]}"#,
      message:
        "dir/e.json, line 1, column 64: models[0].knn: unknown key “kk”; known are k, weights, as"),
    Broken(
      text: #"{"name": "n", "data": {"builtin": "iris"}, "models": [{"knn": {"k": 0}}]}"#,
      message:
        "dir/e.json, line 1, column 69: models[0].knn.k: expected a whole number from 1, found 0"),
    Broken(
      text: #"{"name": "n", "data": {"builtin": "iris"}, "models": [{"knn": {"k": [1, 2.5]}}]}"#,
      message:
        "dir/e.json, line 1, column 73: models[0].knn.k[1]: expected a whole number from 1, found 2.5"
    ),
    Broken(
      text: #"{"name": "n", "data": {"builtin": "iris"}, "models": [{"knn": {"k": []}}]}"#,
      message:
        "dir/e.json, line 1, column 69: models[0].knn.k: the list is empty; expected at least one value"
    ),
    Broken(
      text: #"{"name": "n", "data": {"builtin": "iris"}, "models": [{"knn": {"k": [3, 3]}}]}"#,
      message: "dir/e.json, line 1, column 73: models[0].knn.k[1]: the value 3 stands here twice"),
    Broken(
      text:
        #"{"name": "n", "data": {"builtin": "iris"}, "models": [{"svm": {"kernel": "polinomial"}}]}"#,
      message:
        "dir/e.json, line 1, column 74: models[0].svm.kernel: expected “linear” or “rbf” or “polynomial”, found \"polinomial\"; did you mean “polynomial”?"
    ),
    Broken(
      text:
        #"{"name": "n", "data": {"builtin": "iris"}, "models": [{"svm": {"C": {"from": 0.1, "to": 10}}}]}"#,
      message:
        "dir/e.json, line 1, column 69: models[0].svm.C: the grid cannot try a range; give a list of values, or name a tuner that draws, as in \"tuner\": \"random\" or \"tpe\""
    ),
    Broken(
      text: #"{"name": "n", "data": {"builtin": "iris"}, "models": [{"knn": {}, "svm": {}}]}"#,
      message: "dir/e.json, line 1, column 67: models[0]: an object names one model only"),
    Broken(
      text:
        #"{"name": "n", "data": {"builtin": "iris"}, "models": [{"svm": {"as": "x"}}, {"knn": {"as": "x"}}]}"#,
      message:
        "dir/e.json, line 1, column 77: models[1]: two models are called “x”; give one another name with “as”"
    ),
    Broken(
      text:
        #"{"name": "n", "data": {"builtin": "iris"}, "transformations": ["pca", {"pca": {"components": 2}}], "models": ["knn"]}"#,
      message:
        "dir/e.json, line 1, column 71: transformations[1]: two transformations are called “pca”; give one another name with “as”"
    ),
    Broken(
      text: start + #", "scaling": "min-max"}"#,
      message:
        "dir/e.json, line 1, column 74: scaling: unknown scaling “min-max”; did you mean “minmax”?"),
    Broken(
      text: start + #", "split": {"holdout": {"test": 1.5}}}"#,
      message:
        "dir/e.json, line 1, column 93: split.holdout.test: expected a number above 0 and below 1, found 1.5"
    ),
    Broken(
      text: start + #", "split": {"holdout": {"test": 0.5, "validation": 0.5}}}"#,
      message:
        "dir/e.json, line 1, column 84: split.holdout: validation and test leave no rows for training"
    ),
    Broken(
      text: start + #", "split": {"folds": {"count": 1}}}"#,
      message:
        "dir/e.json, line 1, column 92: split.folds.count: expected a whole number from 2 to 1000, found 1"
    ),
    Broken(
      text: start + #", "split": {"folds": {"count": 200, "repeats": 10}}}"#,
      message:
        "dir/e.json, line 1, column 82: split.folds: folds × repeats × inner folds are 2000; at most 1000 are done"
    ),
    Broken(
      text: start + #", "split": {"folds": {"count": 20, "inner": {"folds": 51}}}}"#,
      message:
        "dir/e.json, line 1, column 82: split.folds: folds × repeats × inner folds are 1020; at most 1000 are done"
    ),
    Broken(
      text: start + #", "$schema": 5}"#,
      message: "dir/e.json, line 1, column 74: $schema: expected the schema’s address, found 5"),
    Broken(
      text: start + #", "skip": ["pca+knn"]}"#,
      message:
        "dir/e.json, line 1, column 72: skip[0]: unknown cell “pca+knn”; known is none+knn"),
    Broken(
      text:
        #"{"name": "n", "data": {"builtin": "iris"}, "models": [{"dummy": {"as": "x"}, "as": "y"}]}"#,
      message: "dir/e.json, line 1, column 55: models[0]: “as” stands here twice; give one name"),
    Broken(
      text: start + #", "transformations": [{"minmx": {}}]}"#,
      message:
        "dir/e.json, line 1, column 84: transformations[0]: unknown transformation “minmx”; did you mean “minmax”?"
    ),
    Broken(
      text: start + #", "split": {}}"#,
      message:
        "dir/e.json, line 1, column 72: split: give one of “holdout”, “folds”, “leave_one_group_out”, “parts” and “file”"
    ),
    Broken(
      text: start + #", "split": {"holdout": {}, "group": "song"}}"#,
      message:
        "dir/e.json, line 1, column 35: data.builtin: a built-in table has no groups and no columns to split by"
    ),
    Broken(
      text: start + #", "tuner": {"tpee": {}}}"#,
      message:
        "dir/e.json, line 1, column 73: tuner: unknown tuner “tpee”; did you mean “tpe”?"),
    Broken(
      text: start + #", "tuner": {"random": {"trails": 5}}}"#,
      message:
        "dir/e.json, line 1, column 84: tuner.random: unknown key “trails”; did you mean “trials”?"),
    Broken(
      text: start + #", "tuner": {"random": {"trials": [5, 6]}}}"#,
      message:
        "dir/e.json, line 1, column 72: tuner: a tuner is not tuned itself, and has one name"),
    Broken(
      text: start + #", "tuner": {"random": {"seconds": 600}}}"#,
      message:
        "dir/e.json, line 1, column 72: tuner: the tuner goes on for 600 s, but limits.cell_seconds stops a piece of work after 600 s; give one less or the other more"
    ),
    Broken(
      text: start + #", "protocols": {}}"#,
      message:
        "dir/e.json, line 1, column 76: protocols: there is no protocol; name one at least, as in "
        + "{\"rows\": {\"folds\": {\"count\": 5}}}"),
    Broken(
      text: start + #", "inputs": {"a": {"colums": ["x"]}}}"#,
      message:
        "dir/e.json, line 1, column 80: inputs.a: unknown key “colums”; did you mean “columns”?"),
    Broken(
      text: start + #", "inputs": {"a": {"label": "x"}}}"#,
      message:
        "dir/e.json, line 1, column 80: inputs.a: “label” is the same for all inputs and stands in “data”; an input may give “columns”, “ignore”"
    ),
    Broken(
      text: start + #", "inputs": {"a": {"ignore": ["x"]}}}"#,
      message:
        "dir/e.json, line 1, column 80: inputs.a: “ignore” does not go with “builtin”"),
    Broken(
      text: start + #", "inputs": {}}"#,
      message:
        "dir/e.json, line 1, column 73: inputs: there is no input; name one at least, as in {\"few\": {\"columns\": [\"a*\"]}}"
    ),
    Broken(
      text: start + #", "inputs": []}"#,
      message:
        "dir/e.json, line 1, column 73: inputs: expected an object, found a list"),
    Broken(
      text: start + #", "inputs": {"a": {}, "a": {}}}"#,
      message:
        "dir/e.json, line 1, column 83: the name “a” stands here twice"),
    Broken(
      text: start + #", "inputs": {"a+b": {}}}"#,
      message:
        "dir/e.json, line 1, column 74: inputs: expected a name without “+”, “*” and “?”, which patterns of cells use, found \"a+b\""
    ),
    Broken(
      text: start + #", "inputs": {"": {}}}"#,
      message:
        "dir/e.json, line 1, column 74: inputs: expected a name that is not empty, found \"\""),
    Broken(
      text: start + #", "inputs": {"a": {"columns": []}}}"#,
      message:
        "dir/e.json, line 1, column 91: inputs.a.columns: the list is empty; expected at least one column"
    ),
    Broken(
      text: start + #", "inputs": {"a": {"columns": [5]}}}"#,
      message:
        "dir/e.json, line 1, column 92: inputs.a.columns[0]: expected a column’s name, found 5"),
    Broken(
      text: start + #", "inputs": {"a": {}}, "skip": ["b+none+knn"]}"#,
      message:
        "dir/e.json, line 1, column 93: skip[0]: unknown cell “b+none+knn”; did you mean “a+none+knn”?"
    ),
    Broken(
      text: start + #", "measure": "acuracy"}"#,
      message:
        "dir/e.json, line 1, column 74: measure: expected “accuracy” or “balanced_accuracy” or “precision_macro” or “recall_macro” or “f1_macro” or “f1_weighted” or “top3_accuracy” or “auc_macro” or “log_loss”, found \"acuracy\"; did you mean “accuracy”?"
    ),
    Broken(
      text:
        #"{"name": "n", "data": {"builtin": "iris"}, "measure": "log_loss", "models": ["knn", "ridge"]}"#,
      message:
        "dir/e.json, line 1, column 55: measure: log_loss cannot select settings of ridge: their probabilities are uncalibrated while they are tuned"
    ),
    Broken(
      text: start + #", "limits": {"cell_seconds": 0}}"#,
      message:
        "dir/e.json, line 1, column 90: limits.cell_seconds: expected a number above 0 and up to 100000000, found 0"
    ),
    Broken(
      text: start + #", "seeds": 0}"#,
      message:
        "dir/e.json, line 1, column 72: seeds: expected a whole number from 1 to 1000, found 0"),
    Broken(
      text: #"{"name": "n", "data": {"table": "t.csv"}, "models": ["knn"]}"#,
      message: "dir/e.json, line 1, column 23: data: “label” is missing"),
    Broken(
      text:
        #"{"name": "n", "data": {"table": "$NOT_SET_ANYWHERE/t.csv", "label": "y"}, "models": ["knn"]}"#,
      message:
        "dir/e.json, line 1, column 33: data.table: the environment variable NOT_SET_ANYWHERE is not set; set it to the folder of the data"
    ),
    Broken(
      text:
        #"{"name": "n", "data": {"table": "t.csv", "label": "y", "groups": {"s": {"column": "f", "pattern": "(["}}}, "models": ["knn"]}"#,
      message:
        "dir/e.json, line 1, column 99: data.groups.s.pattern: this is not a regular expression: "),
  ])
  func errorsNamePlacePathAndRemedy(broken: Broken) {
    let error = #expect(throws: ExperimentError.self) { try experiment(broken.text) }
    #expect(error?.description.hasPrefix(broken.message) == true, "\(error?.description ?? "")")
  }
}

/// Random and damaged experiment files: reading answers or throws, it never traps.
@Suite struct ExperimentFuzzTests {
  @Test func damagedExperimentsNeverTrap() {
    let original = Array(
      #"""
      {"name": "n", "seed": 1, "data": {"table": "t.csv", "label": "y", "ignore": ["a"], "groups": {"g": {"column": "f", "pattern": "^(.)"}}},
      "scaling": "minmax", "split": {"folds": {"count": 5, "repeats": 2}}, "transformations": ["none", {"pca": {"variance": 0.9}}, ["select", "pca"]],
      "models": [{"svm": {"C": [0.1, 1], "kernel": "rbf"}}, {"tree": {"depth": [1, "unlimited"]}}], "limits": {"cell_seconds": 5}, "skip": ["pca+*"],
      "inputs": {"all": {}, "few": {"columns": ["b*"], "ignore": ["c"]}}}
      """#.utf8)
    var state: UInt64 = 5
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(bound))
    }
    var accepted = 0
    for _ in 0..<20_000 {
      var bytes = original
      for _ in 0...next(3) {
        let place = next(bytes.count)
        switch next(4) {
        case 0: bytes[place] = UInt8(next(256))
        case 1: bytes.remove(at: place)
        case 2: bytes.insert(Array("{}[],:\"0-".utf8)[next(9)], at: place)
        default: bytes.swapAt(place, next(bytes.count))
        }
      }
      if (try? experiment(String(decoding: bytes, as: UTF8.self))) != nil { accepted += 1 }
    }
    #expect(accepted > 200)
  }
}

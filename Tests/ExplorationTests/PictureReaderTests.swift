import AudioData
import ExploreCommands
import Exploration
import Learning
import PictureData
import Pictures
import Testing

/// Pictures as the data of an experiment file.
@Suite struct PictureReaderTests {
  @Test func everythingCanBeSaid() throws {
    let read = try experiment(
      #"{"name": "n", "data": {"pictures": "set", "window_seconds": 3, "picture_seconds": 30, "size": [64, 32], "colors": "rgb", "noise_reduction": 0.5, "contrast": 1.2, "brightness": 1.1, "sharpness": 1.1, "normalise": "unit", "duplicates": "drop", "groups": {"artist": {"column": "artist", "missing": "song"}}, "join": {"table": "s.csv", "key": "song", "from": "song"}, "beside": {"table": "f.csv", "key": "filename", "segment": "part", "columns": ["a*"], "ignore": ["label"]}}, "inputs": {"short": {"window_seconds": 1}, "large": {"size": 128}}, "split": {"folds": {"count": 5}, "group": "song"}, "models": ["knn"]}"#
    )
    let requests = read.inputs.compactMap { input -> PictureRequest? in
      if case .pictures(let request) = input.data { request } else { nil }
    }
    let short = try #require(requests.first)
    #expect(short.path == "dir/set" && short.recipe.windowSeconds == 1)
    #expect(short.recipe.pictureSeconds == 30 && short.recipe.preparation.colors == .rgb)
    let preparation = short.recipe.preparation
    #expect(preparation.height == 64 && preparation.width == 32)
    #expect(preparation.noiseReduction == 0.5 && preparation.contrast == 1.2)
    #expect(preparation.brightness == 1.1 && preparation.sharpness == 1.1)
    #expect(preparation.normalisation == .unit && short.table.duplicates == .drop)
    #expect(short.beside?.segment == "part" && short.beside?.key == "filename")
    #expect(short.table.groups.map(\.name) == ["artist"] && short.table.join != nil)
    #expect(requests[1].recipe.windowSeconds == 3)
    #expect(requests[1].recipe.preparation.width == 128)
  }

  @Test func soundHasPicturesAndFeaturesWhereTheyAreNamed() throws {
    let read = try experiment(
      #"{"name": "n", "data": {"audio": "set", "segment_seconds": 3, "picture": "cnn", "size": 64}, "inputs": {"alone": {}, "both": {"features": "gtzan57"}, "mel": {"picture": "mel", "bands": 40}}, "models": ["knn"]}"#
    )
    let requests = read.inputs.compactMap { input -> SoundRequest? in
      if case .sound(let request) = input.data { request } else { nil }
    }
    #expect(requests.map(\.representation.sets) == [[], ["gtzan57"], []])
    #expect(requests.map(\.picture?.kind) == [.cnn, .cnn, .mel])
    #expect(requests[2].representation.settings.bands == 40)
    #expect(
      requests[1].picture?.words(requests[1].representation)
        == "cnn pictures and 57 features of 3 s segments")
  }

  struct Broken: CustomTestStringConvertible {
    var data: String
    var message: String
    var testDescription: String { data }
  }

  @Test(arguments: [
    Broken(
      data: #"{"pictures": "d", "sise": 3}"#,
      message: "data: unknown key “sise”; did you mean “size”?"
    ),
    Broken(data: #"{"pictures": "d", "size": 0}"#, message: "data.size: expected"),
    Broken(data: #"{"pictures": "d", "size": [1, 2, 3]}"#, message: "data.size: expected"),
    Broken(
      data: #"{"pictures": "d", "window_seconds": 3}"#,
      message: "data.window_seconds: “picture_seconds” is missing"),
    Broken(
      data: #"{"pictures": "d", "picture_seconds": 3}"#,
      message: "data.picture_seconds: “window_seconds” is missing"),
    Broken(
      data: #"{"pictures": "d", "window_seconds": 3, "picture_seconds": 1}"#,
      message: "data.window_seconds: a window is no longer than a picture, of 1 s"),
    Broken(
      data: #"{"pictures": "d", "segment_seconds": 3}"#,
      message: "data: “segment_seconds” does not go with “pictures”"),
    Broken(
      data: #"{"pictures": "d", "normalise": "units"}"#, message: "did you mean “unit”?"),
    Broken(
      data: #"{"pictures": "d", "beside": {"table": "t"}}"#,
      message: "data.beside: “key” is missing"),
    Broken(
      data: #"{"table": "d", "label": "l", "size": 3}"#,
      message: "data: “size” goes with “pictures”, or with a “picture” of sound, only"),
    Broken(
      data: #"{"audio": "d", "size": 3}"#,
      message: "data: “size” goes with “picture”, which is missing"
    ),
    Broken(
      data: #"{"audio": "d", "picture": "cnn", "window_seconds": 3}"#,
      message: "“window_seconds” goes with “pictures” only; sound is cut by “segment_seconds”"),
    Broken(
      data: #"{"audio": "d", "picture": "mel"}"#,
      message: "data.picture: “mel” pictures of whole files differ in width"),
    Broken(
      data: #"{"audio": "d", "picture": "cnn", "columns": ["a"]}"#,
      message: "data.columns: there are only pictures; “features” adds columns"),
  ])
  func errorsNameTheirPlace(_ broken: Broken) {
    let error = #expect(throws: ExperimentError.self) {
      try experiment(#"{"name": "n", "data": \#(broken.data), "models": ["knn"]}"#)
    }
    let words = error?.description ?? ""
    #expect(words.contains("line 1, column "), "\(words)")
    #expect(words.contains(broken.message), "\(words)")
  }
}

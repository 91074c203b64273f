import AudioData
import ExploreCommands
import Exploration
import Learning
import Testing

/// Sound as the data of an experiment file.
@Suite struct SoundReaderTests {
  private func request(_ data: String, more: String = "") throws -> SoundRequest {
    let read = try experiment(#"{"name": "n", "data": \#(data)\#(more), "models": ["knn"]}"#)
    guard case .sound(let request) = read.inputs[0].data else { throw NoSound() }
    return request
  }

  private struct NoSound: Error {}

  @Test func defaultsAreFilledIn() throws {
    let audio = try request(#"{"audio": "songs"}"#)
    #expect(audio.origin == .files("dir/songs"))
    #expect(audio.representation == SoundRepresentation())
    #expect(audio.representation.sets == ["gtzan57"] && audio.representation.segmentRule == nil)
    #expect(audio.takesOfficialFolds)
    let music = try request(#"{"synthetic": {}}"#)
    #expect(music.origin == .music(genres: 10, songs: 20, seconds: 10))
  }

  @Test func everythingCanBeSaid() throws {
    let audio = try request(
      #"{"audio": "i.csv", "segment_seconds": 3, "features": ["gtzan57"], "mode": "kaggle", "sample_rate": 16000, "fft_size": 1024, "hop_length": 256, "bands": 40, "columns": ["mfcc*"], "duplicates": "drop", "groups": {"artist": {"column": "artist", "missing": "song"}}, "join": {"table": "s.csv", "key": "song", "from": "song"}}"#,
      more: #", "split": {"folds": {"count": 5}, "group": "song"}"#)
    #expect(audio.representation.segmentRule?.step == 48000)
    #expect(audio.representation.settings.mode == .kaggle)
    #expect(audio.representation.settings.fftSize == 1024)
    #expect(audio.representation.settings.hopLength == 256)
    #expect(audio.representation.settings.bands == 40)
    #expect(audio.table.columns.map(\.text) == ["mfcc*"] && audio.table.duplicates == .drop)
    #expect(audio.table.groups.map(\.name) == ["artist"] && audio.table.join != nil)
    #expect(!audio.takesOfficialFolds)
  }

  @Test func inputsCrossFeaturesWithSpectrograms() throws {
    let read = try experiment(
      #"{"name": "n", "data": {"synthetic": {}, "segment_seconds": 3}, "inputs": {"numbers": {"features": ["gtzan57", "audio135"]}, "pictures": {"features": "log-mel", "bands": 32}}, "models": ["knn"]}"#
    )
    let columns = read.inputs.map { input -> Int in
      guard case .sound(let request) = input.data else { return 0 }
      return request.representation.columns.count
    }
    #expect(columns == [57 + 135 - 19, 32 * 130])
  }

  struct Broken: CustomTestStringConvertible {
    var data: String
    var message: String
    var testDescription: String { data }
  }

  @Test(arguments: [
    Broken(
      data: #"{"audio": "d", "segment_second": 3}"#,
      message: "column 38: data: unknown key “segment_second”; did you mean “segment_seconds”?"),
    Broken(
      data: #"{"audio": "d", "segment_seconds": 0}"#,
      message: "column 57: data.segment_seconds: expected a number from 0.1 to 3600, found 0"),
    Broken(
      data: #"{"audio": "d", "mode": "modren"}"#,
      message:
        "column 46: data.mode: expected “kaggle” or “modern”, found \"modren\"; did you mean “modern”?"
    ),
    Broken(
      data: #"{"audio": "d", "features": ["gtzan75"]}"#,
      message: "column 51: data.features[0]: unknown feature set “gtzan75”; did you mean “gtzan57”?"
    ),
    Broken(
      data: #"{"audio": "d", "features": ["gtzan57", "gtzan57"]}"#,
      message: "column 62: data.features[1]: “gtzan57” is named twice"),
    Broken(
      data: #"{"audio": "d", "features": []}"#,
      message: "column 50: data.features: the list is empty; expected at least one feature set"),
    Broken(
      data: #"{"audio": "d", "hop_length": 4096}"#,
      message:
        "column 52: data.hop_length: the hop length must be 1 to 2048, the FFT size; it is 4096"
    ),
    Broken(
      data: #"{"audio": "d", "fft_size": 513}"#,
      message:
        "column 50: data.fft_size: the FFT size must be an even number from 64 to 65536; it is 513"
    ),
    Broken(
      data: #"{"audio": "d", "features": "log-mel"}"#,
      message:
        "column 50: data.features: “log-mel” has a column for each frame, and whole files may differ in length: cut them into segments of so many seconds"
    ),
    Broken(
      data: #"{"audio": "d", "segment_seconds": 3, "features": "log-mel", "bands": 0}"#,
      message:
        "column 92: data.bands: expected a whole number from 1 to 4096, found 0"),
    Broken(
      data: #"{"audio": "d", "features": "audio135", "sample_rate": 8000}"#,
      message:
        "column 50: data.features: for audio135 the sample rate must be at least 12801; it is 8000"),
    Broken(
      data: #"{"audio": "d", "label": "genre"}"#,
      message: "column 38: data: “label” does not go with “audio”"),
    Broken(
      data: #"{"audio": "d", "synthetic": {}}"#,
      message: "column 23: data: give one of “audio” and “synthetic”"),
    Broken(
      data: #"{"table": "t.csv", "label": "y", "fft_size": 512}"#,
      message: "column 56: data: “fft_size” goes with “audio” and “synthetic” only"),
    Broken(
      data: #"{"synthetic": {"songs": 0}}"#,
      message:
        "column 47: data.synthetic.songs: expected a whole number from 1 to 10000, found 0"),
    Broken(
      data: #"{"synthetic": {"genres": 11}}"#,
      message: "column 48: data.synthetic.genres: expected a whole number from 2 to 10, found 11"),
    Broken(
      data: #"{"audio": "$NOT_SET_ANYWHERE/d"}"#,
      message:
        "column 33: data.audio: the environment variable NOT_SET_ANYWHERE is not set; set it to the folder of the data"
    ),
  ])
  func errorsNamePlacePathAndRemedy(broken: Broken) {
    let error = #expect(throws: ExperimentError.self) {
      try experiment(#"{"name": "n", "data": \#(broken.data), "models": ["knn"]}"#)
    }
    #expect(error?.description == "dir/e.json, line 1, " + broken.message)
  }

  @Test func aSplitNamesAGroupThatIsThere() {
    let error = #expect(throws: ExperimentError.self) {
      try experiment(
        #"{"name": "n", "data": {"audio": "d"}, "split": {"holdout": {}, "group": "artist"}, "models": ["knn"]}"#
      )
    }
    #expect(error?.description.hasSuffix("unknown group “artist”; known is song") == true)
  }
}

import AudioData
import AudioFeatures
import DataTables
import Learning
import PictureData
import TextFormatting

extension ExperimentReader {
  /// The sources of sound.
  static let soundSources = ["audio", "synthetic"]
  /// How sound becomes rows; an input may give any of them otherwise.
  static let soundKeys = [
    "segment_seconds", "features", "mode", "sample_rate", "fft_size", "hop_length",
    "bands", "picture",
  ]
  /// What goes with sound besides.
  private static let furtherSoundKeys = ["columns", "ignore", "duplicates", "join", "groups"]

  /// Sound as data: `audio` or `synthetic`, and how it becomes rows.
  ///
  /// - Parameters:
  ///   - owners: the data, and the input where there is one.
  ///   - members: its members, or those of an input where it gives them otherwise.
  ///   - splits: how the rows are to be divided.
  /// - Returns: what is to be read and how.
  /// - Throws: ``ExperimentError`` for what is out of range, unknown or contradictory.
  func sound(
    _ owners: [ExperimentNode], _ members: [String: ExperimentNode], splits: [SplitRequest]
  ) throws(ExperimentError) -> SoundRequest {
    let node = owners[0]
    let sources = Self.soundSources.filter { members[$0] != nil }
    guard sources.count == 1, let source = members[sources[0]] else {
      throw node.error(.notTogether("give one of “audio” and “synthetic”"))
    }
    let known = sources + Self.soundKeys + Self.furtherSoundKeys + Self.pictureKeys
    if let other = node.node.members?.first(where: { !known.contains($0.name) }) {
      throw node.error(
        .notTogether("“\(other.name)” does not go with “\(sources[0])”"), at: other.namePosition)
    }
    let origin: SoundRequest.Origin =
      sources[0] == "audio" ? .files(try path(source)) : try music(source)
    var request = SoundRequest(origin, try representation(members))
    request.picture = try soundPicture(owners, members, request.representation)
    if let node = members["columns"] ?? members["ignore"], request.representation.sets.isEmpty {
      throw node.error(.notTogether("there are only pictures; “features” adds columns"))
    }
    request.table.columns = try members["columns"].map(columnPatterns) ?? []
    if let ignore = members["ignore"], ignore.node.elements?.isEmpty != true {
      request.table.ignore = try columnPatterns(ignore)
    }
    try readRows(members, splits: splits, into: &request.table)
    if sources[0] == "synthetic", splits.contains(where: { !$0.textColumns.isEmpty }),
      members["join"] == nil
    {
      throw source.error(.notTogether("built-in music has no columns to split by"))
    }
    return request
  }

  private func music(_ node: ExperimentNode) throws(ExperimentError) -> SoundRequest.Origin {
    let members = try node.members(["genres", "songs", "seconds"])
    return .music(
      genres: try members["genres"]?.integer(Experiment.genresBounds) ?? 10,
      songs: try members["songs"]?.integer(Experiment.songsBounds) ?? 20,
      seconds: try members["seconds"]?.number(Experiment.songSecondsBounds) ?? 10)
  }

  private func representation(
    _ members: [String: ExperimentNode]
  ) throws(ExperimentError) -> SoundRepresentation {
    var result = SoundRepresentation()
    if let node = members["segment_seconds"] {
      result.segmentSeconds = try node.number(Experiment.segmentSecondsBounds)
    }
    if let node = members["features"] {
      result.sets = try featureSets(node)
    } else if members["picture"] != nil {
      result.sets = []
    }
    if let node = members["mode"] {
      result.settings.mode = try node.choice(FeatureSettings.Mode.self)
    }
    if let node = members["sample_rate"] {
      result.settings.sampleRate = try node.integer(Experiment.sampleRateBounds)
    }
    if let node = members["fft_size"] {
      result.settings.fftSize = try node.integer(Experiment.fftSizeBounds)
    }
    if let node = members["hop_length"] {
      result.settings.hopLength = try node.integer(Experiment.hopLengthBounds)
    }
    if let node = members["bands"] {
      result.settings.bands = try node.integer(Experiment.bandsBounds)
    }
    do throws(FeatureError) {
      try result.settings.validate()
    } catch {
      guard let node = members["hop_length"] ?? members["fft_size"] ?? members["sample_rate"] else {
        return result
      }
      throw node.error(.notTogether(error.description))
    }
    do throws(FeatureError) {
      try result.check()
    } catch {
      guard let node = members["features"] else { return result }
      throw node.error(.notTogether(error.description))
    }
    return result
  }

  /// One name, or a list of different ones.
  private func featureSets(_ node: ExperimentNode) throws(ExperimentError) -> [String] {
    let known = FeatureSet.all.map(\.name)
    let nodes = node.node.elements == nil ? [node] : try node.elements("feature set")
    var names: [String] = []
    for element in nodes {
      let name = try element.string("the name of a feature set, or a list of them")
      guard known.contains(name) else {
        throw element.error(.unknownName(name, kind: "feature set", known: known))
      }
      guard !names.contains(name) else {
        throw element.error(.notTogether("“\(name)” is named twice"))
      }
      names.append(name)
    }
    return names
  }
}

extension Experiment.DataSource {
  /// Official folds become the split where the data has some.
  mutating func takeOfficialFolds() {
    switch self {
    case .table, .builtIn: break
    case .sound(var request):
      request.takesOfficialFolds = true
      self = .sound(request)
    case .pictures(var request):
      request.takesOfficialFolds = true
      self = .pictures(request)
    }
  }

  /// The groups that a split may name; nil for data without any.
  var groupNames: [String]? {
    switch self {
    case .table(let request): request.groups.map(\.name)
    case .builtIn: nil
    case .pictures(let request):
      request.table.groups.map(\.name) + [PictureRequest.songGroup]
    case .sound(let request): request.table.groups.map(\.name) + [SoundRequest.songGroup]
    }
  }
}

import AudioData
import DataTables
import Learning
import PictureData
import Pictures
import TextFormatting

extension ExperimentReader {
  /// How pictures are cut; an input may give any of them otherwise.
  static let windowKeys = ["window_seconds", "picture_seconds"]
  /// What goes with picture files only.
  static let pictureFileKeys = ["pictures", "beside"] + windowKeys
  /// How pictures, of files or of sound, are prepared; an input may give any of them otherwise.
  static let pictureKeys = [
    "size", "colors", "noise_reduction", "contrast", "brightness", "sharpness", "normalise",
  ]
  private static let furtherPictureKeys = ["duplicates", "join", "groups"]

  /// Picture files as data.
  ///
  /// - Parameters:
  ///   - owners: the data, and the input where there is one.
  ///   - members: its members, or those of an input where it gives them otherwise.
  ///   - splits: how the rows are to be divided.
  /// - Returns: what is to be read and how.
  /// - Throws: ``ExperimentError`` for what is out of range, unknown or contradictory.
  func pictures(
    _ owners: [ExperimentNode], _ members: [String: ExperimentNode], splits: [SplitRequest]
  ) throws(ExperimentError) -> PictureRequest {
    guard let source = members["pictures"] else { throw owners[0].error(.missingKey("pictures")) }
    let known = Self.pictureFileKeys + Self.pictureKeys + Self.furtherPictureKeys
    for owner in owners {
      if let other = owner.node.members?.first(where: { !known.contains($0.name) }) {
        throw owner.error(
          .notTogether("“\(other.name)” does not go with “pictures”"), at: other.namePosition)
      }
    }
    var recipe = PictureRecipe(try preparation(members))
    switch (members["window_seconds"], members["picture_seconds"]) {
    case (let window?, let whole?):
      let seconds = try whole.number(Experiment.pictureSecondsBounds)
      let part = try window.number(Experiment.pictureSecondsBounds)
      guard part <= seconds else {
        throw window.error(
          .notTogether("a window is no longer than a picture, of \(shortest(seconds)) s"))
      }
      guard seconds / part <= 10_000 else {
        throw window.error(.notTogether("a picture has at most 10000 windows"))
      }
      (recipe.windowSeconds, recipe.pictureSeconds) = (part, seconds)
    case (let window?, nil):
      throw window.error(
        .notTogether("“picture_seconds” is missing: the time that a whole picture shows"))
    case (nil, let whole?):
      throw whole.error(
        .notTogether("“window_seconds” is missing: the time that each row is to show"))
    case (nil, nil): break
    }
    var request = PictureRequest(try path(source), recipe)
    try readRows(members, splits: splits, into: &request.table)
    request.beside = try members["beside"].map(beside)
    return request
  }

  /// The pictures of sound; nil where there are none.
  func soundPicture(
    _ owners: [ExperimentNode], _ members: [String: ExperimentNode],
    _ representation: SoundRepresentation
  ) throws(ExperimentError) -> SoundPictureRecipe? {
    guard let node = members["picture"] else {
      for owner in owners {
        if let key = owner.node.members?.first(where: { Self.pictureKeys.contains($0.name) }) {
          throw owner.error(
            .notTogether("“\(key.name)” goes with “picture”, which is missing"),
            at: key.namePosition)
        }
      }
      return nil
    }
    let recipe = SoundPictureRecipe(
      try node.choice(SoundPictureRecipe.Kind.self), try preparation(members))
    if let problem = recipe.problem(representation) { throw node.error(.notTogether(problem)) }
    return recipe
  }

  private func preparation(
    _ members: [String: ExperimentNode]
  ) throws(ExperimentError) -> PicturePreparation {
    var result = PicturePreparation()
    if let size = members["size"] {
      let sides: [ExperimentNode]
      if size.node.elements == nil {
        sides = [size, size]
      } else {
        sides = try size.elements("number")
        guard sides.count == 2 else {
          throw size.unexpected("a number of pixels, or [height, width]")
        }
      }
      result.height = try sides[0].integer(Experiment.pictureSideBounds)
      result.width = try sides[1].integer(Experiment.pictureSideBounds)
    }
    if let node = members["colors"] {
      result.colors = try node.choice(PicturePreparation.Colors.self)
    }
    if let node = members["noise_reduction"] {
      result.noiseReduction = try node.number(Experiment.noiseReductionBounds)
    }
    if let node = members["contrast"] {
      result.contrast = try node.number(Experiment.enhancementBounds)
    }
    if let node = members["brightness"] {
      result.brightness = try node.number(Experiment.enhancementBounds)
    }
    if let node = members["sharpness"] {
      result.sharpness = try node.number(Experiment.enhancementBounds)
    }
    if let node = members["normalise"] {
      result.normalisation = try node.choice(PicturePreparation.Normalisation.self)
    }
    return result
  }

  private func beside(
    _ node: ExperimentNode
  ) throws(ExperimentError) -> SideFeatures.Request {
    let members = try node.members(["table", "key", "segment", "columns", "ignore"])
    guard let table = members["table"] else { throw node.error(.missingKey("table")) }
    guard let key = members["key"] else { throw node.error(.missingKey("key")) }
    var request = SideFeatures.Request(
      table: try path(table), key: try key.string("a column’s name"))
    request.segment = try members["segment"].map { node throws(ExperimentError) in
      try node.string("a column’s name")
    }
    request.columns = try members["columns"].map(columnPatterns) ?? []
    if let ignore = members["ignore"], ignore.node.elements?.isEmpty != true {
      request.ignore = try columnPatterns(ignore)
    }
    return request
  }
}

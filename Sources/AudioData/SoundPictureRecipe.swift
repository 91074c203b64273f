import Audio
import AudioFeatures
import ContentHashing
import Learning
import Pictures
import TextFormatting

/// How sound becomes pictures: a spectrogram in 256 shades of grey, prepared as other pictures are.
package struct SoundPictureRecipe: Codable, Equatable, Sendable {
  package enum Kind: String, CaseIterable, Codable, Sendable {
    /// ``SpectrogramRecipe/picture``: 512 × 512, of 12 kHz.
    case cnn
    /// Mel bands in decibels, from at most 80 below the loudest to it; the bands upwards, a column a
    /// frame.
    case mel
  }

  package var kind: Kind
  package var preparation: PicturePreparation

  package init(_ kind: Kind, _ preparation: PicturePreparation = .init()) {
    self.kind = kind
    self.preparation = preparation
  }

  /// Counts changes that change pictures.
  private static let revision = 1

  /// The spectrogram for settings of sound.
  func spectrogram(_ settings: FeatureSettings) -> SpectrogramRecipe {
    switch kind {
    case .cnn: .picture
    case .mel:
      SpectrogramRecipe(
        .logMel, sampleRate: settings.sampleRate, fftSize: settings.fftSize,
        hopLength: settings.hopLength, bands: settings.bands)
    }
  }

  /// The picture of a sound, not prepared yet.
  func picture(of waveform: Waveform, _ recipe: SpectrogramRecipe) -> GreyPicture {
    let values = recipe.decibels(of: waveform)
    let side = kind == .cnn ? SpectrogramRecipe.pictureSide : nil
    return GreyPicture(spectrogram: values, width: side, height: side)
  }

  /// The rows of pieces of a representation; nil where their widths differ.
  func shape(_ representation: SoundRepresentation) -> PictureShape? {
    let recipe = spectrogram(representation.settings)
    var (height, width): (Int, Int?) = (SpectrogramRecipe.pictureSide, nil)
    switch kind {
    case .cnn: width = SpectrogramRecipe.pictureSide
    case .mel:
      height = recipe.bands
      width = representation.segmentRule(sampleRate: recipe.sampleRate).map {
        recipe.frames(ofSamples: $0.length)
      }
    }
    return (preparation.width ?? width).map {
      PictureShape(
        channels: preparation.colors == .grey ? 1 : 3, height: preparation.height ?? height,
        width: $0)
    }
  }

  /// What is wrong with pictures of such pieces, in words; nil where nothing is.
  package func problem(_ representation: SoundRepresentation) -> String? {
    if let problem = spectrogram(representation.settings).problem { return problem }
    if shape(representation) == nil {
      return "“mel” pictures of whole files differ in width; give “segment_seconds” or “size”"
    }
    return nil
  }

  /// Adds to a key all that decides the pictures before they are prepared.
  func addIdentity(_ representation: SoundRepresentation, to hasher: inout ContentHasher) {
    let recipe = spectrogram(representation.settings)
    hasher.add("picture \(kind.rawValue) \(Self.revision)")
    for number in [recipe.sampleRate, recipe.fftSize, recipe.hopLength, recipe.bands] {
      hasher.add(number)
    }
    hasher.add("\(representation.segmentSeconds ?? 0)")
    representation.addCutting(to: &hasher)
  }

  /// As in `cnn pictures of 3 s segments` or `cnn pictures and 57 features of 3 s segments`.
  package func words(_ representation: SoundRepresentation) -> String {
    guard representation.sets.isEmpty else {
      return "\(kind.rawValue) pictures and \(representation.words)"
    }
    let pieces = representation.segmentSeconds.map { "\(shortest($0)) s segments" }
    return "\(kind.rawValue) pictures of \(pieces ?? "whole files")"
  }
}

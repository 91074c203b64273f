import AudioFeatures
import BuiltInMusic
import ClassicalModels
import Learning
import Matrices
import Testing
import Transformations

/// Whether telling the styles apart is as hard as it should be: neither trivial nor noise.
@Suite struct DifficultyTests {
  /// Logistic regression on the 57 features: each fifth of the songs told by the other four fifths.
  @Test func aLinearModelTellsMostStyles() throws {
    let music = SyntheticMusic()
    let extractor = try FeatureExtractor()
    let rows = try (0..<music.trackCount).map { index in
      try extractor.features(of: music.waveform(index).samples.span).map { Float($0) }
    }
    let samples = Samples(
      features: Matrix(rows), labels: (0..<music.trackCount).map { $0 / music.songs },
      classCount: music.genres)
    let context = FitContext(random: RandomStream(seed: 1), log: FitLog())
    var hits = 0
    for fold in 0..<5 {
      let test = (0..<samples.count).filter { $0 % 5 == fold }
      let training = samples.gathering(rows: (0..<samples.count).filter { $0 % 5 != fold })
      let scaling = StandardScaling().fit(training, in: context)
      let model = try LogisticRegression().fit(
        training.replacing(features: scaling.transform(training.features)), in: context)
      let asked = samples.gathering(rows: test)
      let told = model.predictions(for: scaling.transform(asked.features)).classes
      hits += zip(told, asked.labels).count { $0 == $1 }
    }
    let accuracy = Double(hits) / Double(samples.count)
    #expect((0.7...0.92).contains(accuracy))
  }
}

import Learning
import Audio
import AudioFeatures
import CKernels
import Dispatch
import FileSystem
import Glibc
import JSONText
import Matrices
import ProgramSupport
import Spectra

/// The published features of whole songs and of segments: milliseconds a clip, and what its parts take.
struct AudioSpeed {
  enum Kind: String, CaseIterable {
    case clips = "features-30s"
    case segments = "features-3s"
    case hours = "features-2h"

    var name: String { "audio/\(rawValue)" }
    var seconds: Double {
      switch self {
      case .clips: 30
      case .segments: 3
      case .hours: 7200
      }
    }
  }

  /// The folder that may hold `gtzan/audio`.
  var data: Path
  var threads: Int
  var peers: (python: Path, scripts: Path)?

  var benchmarks: [Benchmark] {
    Kind.allCases.map { kind in
      Benchmark(
        name: kind.name, summary: "the 57 features of \(Int(kind.seconds)) seconds, and their parts"
      ) { repetitions in
        try medians((0..<repetitions).map { _ in try runAlone(kind) }) + peer(kind)
      }
    }
  }

  /// Measures in a process of its own, whose memory is watched.
  private func runAlone(_ kind: Kind) throws -> [Measurement] {
    let result = try ProcessTree(program: Program("benchmarks")).run(
      ["--threads", "\(threads)", "--here", kind.name])
    guard result.program.code == 0 else {
      throw BenchmarkError(description: result.program.errors)
    }
    var measurements = try result.program.output.split(separator: "\n").map {
      Measurement(line: try JSONNode(parsing: String($0)))
    }
    if !measurements.isEmpty { measurements[0].megabytes = Double(result.peakBytes) / 1e6 }
    return measurements
  }

  /// The first song of each genre; sound of our own where they are not there.
  private var songs: [Path] {
    let folder = data / "gtzan" / "audio"
    return ((try? folder.children()) ?? []).sorted().filter { $0.hasSuffix(".00000.flac") }
      .map { folder / $0 }
  }

  private func clips(_ kind: Kind) throws -> (clips: [[Float]], remark: String) {
    var sounds = kind == .hours ? [] : try songs.map { try Waveform(readingFrom: $0).samples }
    let remark = sounds.isEmpty ? "generated sound" : "\(sounds.count) songs"
    if sounds.isEmpty {
      var random = RandomStream(seed: 1)
      let count = kind == .hours ? Int(kind.seconds) * 22_050 : 661_500
      sounds = (0..<(kind == .hours ? 1 : 4)).map { song in
        (0..<count).map { index in
          let tone = sin(Float(index % 441_000 * (song + 3)) * 0.01) * 0.3
          let burst = Float(11_025 - index % 11_025) / 11_025
          return tone + (Float(random.below(1 << 16)) / 65_536 - 0.5) * burst
        }
      }
    }
    guard kind == .segments else { return (sounds, remark) }
    let rule = SegmentRule(seconds: 3, sampleRate: 22_050, mode: .kaggle)
    return (
      sounds.flatMap { sound in
        (0..<rule.count(ofSamples: sound.count)).map { Array(sound[rule.range($0)]) }
      }, remark
    )
  }

  /// Measures in this process.
  func measure(_ name: String) throws -> [Measurement] {
    guard let kind = Kind.allCases.first(where: { $0.name == name }) else {
      throw BenchmarkError(description: "no benchmark is called “\(name)”")
    }
    let (clips, remark) = try clips(kind)
    var whole = Measurement(name: name)
    whole.milliseconds = try milliseconds(clips, passes: kind == .hours ? 1 : 8)
    whole.remark = "\(remark), \(threads) threads, \(kernelPath)"
    guard kind != .hours else { return [whole] }
    let frames = FeatureSettings().hopLength
    let parts = Parts(frames: 1 + Int(kind.seconds * 22_050) / frames).measured()
    let bound = parts.filter(\.isNeeded).reduce(0) { $0 + $1.milliseconds }
    var lowest = Measurement(name: name + "/bound")
    lowest.milliseconds = bound
    lowest.remark = "transforms and medians, which have to be done"
    return [whole, lowest]
      + parts.map { part in
        var measurement = Measurement(name: "\(name)/\(part.name)")
        measurement.milliseconds = part.milliseconds
        return measurement
      }
  }

  private var kernelPath: String { ArithmeticPath.current.kernels }

  /// What a clip takes: on one thread the mean of each clip’s least processor time, so that other work
  /// on the machine counts little; on several the least time of whole passes.
  private func milliseconds(_ clips: [[Float]], passes: Int) throws -> Double {
    let extractors = try (0..<threads).map { _ in try FeatureExtractor() }
    guard threads > 1 else {
      return try clips.reduce(0.0) { sum, clip in
        let times = try (0...passes).map { _ in
          let start = processorMilliseconds()
          _ = try extractors[0].features(of: clip)
          return processorMilliseconds() - start
        }
        return sum + (times.min() ?? 0)
      } / Double(clips.count)
    }
    // One extractor a thread, and none for two.
    nonisolated(unsafe) let shared = extractors
    return least(passes) {
      DispatchQueue.concurrentPerform(iterations: threads) { thread in
        for clip in stride(from: thread, to: clips.count, by: threads) {
          _ = try? shared[thread].features(of: clips[clip])
        }
      }
    } / Double(clips.count)
  }

  /// librosa on one thread.
  private func peer(_ kind: Kind) throws -> [Measurement] {
    guard let peers else { return [] }
    var measurement = Measurement(name: "peer/librosa/\(kind.rawValue)")
    guard kind != .hours, !songs.isEmpty else {
      measurement.remark = kind == .hours ? "too long for it" : "no songs in \(data)/gtzan/audio"
      return [measurement]
    }
    let folder = try Path.makeTemporaryFolder("explore-peer")
    defer { try? folder.remove() }
    let one = Dictionary(
      uniqueKeysWithValues: ["OMP", "OPENBLAS", "NUMBA", "MKL"].map { ("\($0)_NUM_THREADS", "1") })
    let segments = kind == .clips ? 1 : 10
    let result = try ProcessTree(program: Program(at: peers.python)).run(
      [
        (peers.scripts / "librosa_features.py").string, (folder / "out.csv").string,
        "--segments=\(segments)",
      ] + songs.map(\.string), environment: one)
    // As in `100 rows, 1.634 s/clip, 0.163 s/row`.
    let words = result.program.errors.split(whereSeparator: \.isWhitespace)
    guard result.program.code == 0, words.count > 1, let seconds = Double(words[words.count - 2])
    else { throw BenchmarkError(description: "\(measurement.name): \(result.program.errors)") }
    measurement.milliseconds = seconds * 1e3
    measurement.megabytes = Double(result.peakBytes) / 1e6
    return [measurement]
  }
}

/// What this thread has used so far.
private func processorMilliseconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
  return Double(time.tv_sec) * 1e3 + Double(time.tv_nsec) / 1e6
}

/// The least milliseconds of some passes after a first one.
private func least(_ passes: Int, _ body: () throws -> Void) rethrows -> Double {
  try body()
  return try (0..<passes).map { _ in
    let start = ContinuousClock.now
    try body()
    return start.secondsAgo * 1e3
  }.min() ?? 0
}

/// The work that the features of a clip consist of, piece by piece on made-up spectra.
private struct Parts {
  struct Part {
    var name: String
    var milliseconds: Double
    /// Whether no way of computing the features could do without.
    var isNeeded = false
  }

  let frames: Int

  func measured() -> [Part] {
    let settings = FeatureSettings()
    let size = settings.fftSize
    let bins = size / 2 + 1
    let row = AlignedFloats.stride(of: bins)
    let transform = FourierTransform.of(size: size)
    var random = RandomStream(seed: 1)
    let values = AlignedFloats((0..<64 * 2 * row).map { _ in abs(Float(random.normal())) })
    let out = AlignedFloats(count: 64 * 2 * row)
    let signal = AlignedFloats((0..<size).map { _ in Float(random.normal()) })
    let rows = (0..<46).map { Optional(UnsafePointer(values.start + $0 * row)) }
    let bank = MelFilterBank(sampleRate: settings.sampleRate, fftSize: size)
    let first = bank.bands.map { UInt32($0.first) }
    let count = bank.bands.map { UInt32($0.weights.count) }
    let weights = bank.bands.flatMap(\.weights)
    let nothing = AlignedFloats(count: row)
    var shapes = kernels_shapes()
    var parts: [Part] = []
    func add(_ name: String, every step: Int, isNeeded: Bool = false, _ body: () -> Void) {
      let time = least(20) { for _ in 0..<(frames + step - 1) / step { body() } }
      parts.append(Part(name: name, milliseconds: time, isNeeded: isNeeded))
    }
    add("transforms", every: 1, isNeeded: true) { transform.forward(signal.start, out.start) }
    add("inverse-transforms", every: 1, isNeeded: true) {
      // The inverse destroys what it is given; zeros would be no harder.
      transform.inverse(out.start, out.start + 4 * row)
    }
    add("medians-along-frequency", every: 8, isNeeded: true) {
      kernels_medians_along_lanes(values.start, row, out.start)
    }
    add("medians-along-time", every: 16, isNeeded: true) {
      kernels_medians_across_rows(rows, row, out.start, row)
    }
    add("magnitudes", every: 1) { kernels_magnitudes(values.start, row, out.start) }
    add("lanes-and-back", every: 8) {
      kernels_rows_to_lanes(rows, row, out.start)
      let back = (0..<8).map { Optional(out.start + (8 + $0) * row) }
      kernels_lanes_to_rows(out.start, row, back)
    }
    add("shapes", every: 8) { kernels_spectral_shapes(values.start, bins, &shapes) }
    add("mel-bands", every: 8) {
      kernels_band_powers(values.start, first, count, weights, first.count, out.start)
      kernels_decibels(out.start, 8 * first.count, 1e-10, out.start)
    }
    add("chroma", every: 8) {
      kernels_pitch_class_powers(values.start, values.start + 8 * row, bins, out.start)
    }
    add("masks", every: 1) {
      // Nothing percussive: masked over and over, the spectrum stays as it is.
      kernels_mask_harmonic(values.start, nothing.start, row, out.start)
    }
    add("overlap-add", every: 1) {
      kernels_overlap_add(values.start, values.start + size, 1, size, out.start, out.start + size)
    }
    add("onsets", every: 1) {
      _ = kernels_median_rise(values.start, values.start + 128, 128)
    }
    return parts
  }
}

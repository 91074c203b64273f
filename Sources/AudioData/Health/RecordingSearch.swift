import Glibc
import Threads

/// Two files that hold the same recording.
package struct SameRecording: Equatable, Sendable {
  /// Places in the list that was searched; the first is the smaller.
  package var first: Int
  package var second: Int
  /// What the first begins with stands so much later in the second; negative for earlier.
  package var secondsLater: Double
  /// The share of the fingerprint's bits that differ, from 0 to about ½.
  package var difference: Double
  /// How long both sound together.
  package var seconds: Double
}

/// Finds the pairs of files that hold the same recording, at another level, from another start, or
/// in another coding; not at another speed or pitch.
///
/// Equal words of two fingerprints vote for the offset between them; the best offset of a pair with
/// enough votes is then looked at whole. Pairs that share no word are different without a look.
package struct RecordingSearch: Sendable {
  /// Pairs whose bits differ by at most this share may be the same recording (Haitsma and Kalker's
  /// limit), but so may two songs played on the same instruments to the same beat.
  ///
  /// Copies differ by 0 to 0.16, with other noise by up to 0.32; the nearest of 71,000 pairs of different
  /// recordings, songs and single sounds, at the worst of all offsets by 0.39. Of 499,500 pairs of
  /// built-in songs, which share their instruments, ten differ by less than 0.35 and none by less than
  /// 0.23.
  package static let largestDifference = 0.35
  /// Pairs whose bits differ by at most this share are the same recording.
  package static let certainDifference = 0.2
  /// Shorter matches say nothing.
  package static let shortestSeconds = 1.5
  private static let leastVotes = 2
  /// Words that more frames have than this tell nothing of a recording.
  private static let mostFrames = 256

  package private(set) var pairs: [SameRecording] = []
  /// The nearest pair that is not certainly one recording; nil where none shared enough words.
  package private(set) var nearestOther: SameRecording?
  package private(set) var comparedPairs = 0
  /// Those that were looked at whole.
  package private(set) var verifiedPairs = 0

  /// Compares each file with each other.
  ///
  /// - Throws: ``MapCancelled``.
  package init(
    _ fingerprints: [SoundFingerprint], threads: Int, isCancelled: () -> Bool = { false }
  ) throws {
    let audible = fingerprints.count { $0.words.contains { $0 != 0 } }
    comparedPairs = audible * (audible - 1) / 2
    let index = WordIndex(fingerprints)
    let found = try concurrentMap(
      Array(fingerprints.indices), threads: threads, isCancelled: isCancelled
    ) { second in
      Self.candidates(of: second, fingerprints, index).compactMap { first, offset in
        Self.compare(fingerprints, first, second, offset)
      }
    }
    let verified = found.flatMap { $0 }
    verifiedPairs = verified.count
    pairs = verified.filter { $0.difference <= Self.largestDifference }
    pairs.sort { ($0.first, $0.second) < ($1.first, $1.second) }
    nearestOther = verified.filter { $0.difference > Self.certainDifference }
      .min { $0.difference < $1.difference }
  }

  /// Earlier files that share words with one, each with the offset that most of them tell.
  private static func candidates(
    of second: Int, _ fingerprints: [SoundFingerprint], _ index: WordIndex
  ) -> [(first: Int, offset: Int)] {
    var votes: [UInt64] = []
    for (place, word) in fingerprints[second].words.enumerated() where word != 0 {
      let entries = index.entries(of: word)
      guard entries.count <= mostFrames else { continue }
      for entry in entries {
        let (first, own) = index.place(entry)
        guard first < second else { break }
        votes.append(UInt64(first) << 32 | UInt64(place - own + 1 << 24))
      }
    }
    votes.sort()
    var result: [(first: Int, offset: Int)] = []
    var best = (votes: 0, key: UInt64(0))
    var start = 0
    for end in votes.indices {
      // Frames of a copy begin between those of the other: two neighbouring offsets share its votes.
      while votes[end] - votes[start] > 1 { start += 1 }
      if end - start + 1 > best.votes { best = (end - start + 1, votes[end]) }
      if end + 1 == votes.count || votes[end + 1] >> 32 != votes[end] >> 32 {
        if best.votes >= leastVotes {
          result.append((Int(best.key >> 32), Int(best.key & 0xFFFF_FFFF) - 1 << 24))
        }
        best = (0, 0)
        start = end + 1
      }
    }
    return result
  }

  private static func compare(
    _ fingerprints: [SoundFingerprint], _ first: Int, _ second: Int, _ offset: Int
  ) -> SameRecording? {
    var best: SameRecording?
    for near in offset - 2...offset + 2 {
      let difference = fingerprints[first].difference(from: fingerprints[second], offset: near)
      let seconds = Double(difference.words) * SoundFingerprint.secondsAWord
      guard seconds >= shortestSeconds, difference.share < best?.difference ?? 2 else { continue }
      best = SameRecording(
        first: first, second: second,
        secondsLater: Double(near) * SoundFingerprint.secondsAWord, difference: difference.share,
        seconds: seconds)
    }
    return best
  }
}

/// Where each word stands in all fingerprints.
private struct WordIndex: Sendable {
  /// Words in the upper half, places in all fingerprints laid end to end in the lower; sorted.
  private var sorted: [UInt64] = []
  private var starts: [Int] = []

  init(_ fingerprints: [SoundFingerprint]) {
    var count = 0
    for fingerprint in fingerprints {
      starts.append(count)
      for (place, word) in fingerprint.words.enumerated() where word != 0 {
        sorted.append(UInt64(word) << 32 | UInt64(count + place))
      }
      count += fingerprint.words.count
    }
    sorted.sort()
  }

  func entries(of word: UInt32) -> ArraySlice<UInt64> {
    let end = word == .max ? sorted.count : place(from: UInt64(word + 1) << 32)
    return sorted[place(from: UInt64(word) << 32)..<end]
  }

  /// The first entry that is not smaller.
  private func place(from entry: UInt64) -> Int {
    var (low, high) = (0, sorted.count)
    while low < high {
      let middle = (low + high) / 2
      if sorted[middle] < entry { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The fingerprint of an entry and the place in it.
  func place(_ entry: UInt64) -> (fingerprint: Int, word: Int) {
    let position = Int(entry & 0xFFFF_FFFF)
    var (low, high) = (0, starts.count)
    while low + 1 < high {
      let middle = (low + high) / 2
      if starts[middle] <= position { low = middle } else { high = middle }
    }
    return (low, position - starts[low])
  }
}

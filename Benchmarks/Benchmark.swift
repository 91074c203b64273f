import FileSystem
import JSONText
import TextFormatting

/// What one benchmark measured: a line of JSON.
struct Measurement {
  var name: String
  /// The median of the repetitions; nil where nothing was finished.
  var seconds: Double?
  /// What one piece of the work takes, where a measurement is of many.
  var milliseconds: Double?
  /// The most memory that all processes held at once, in units of 10⁶ bytes; the median.
  var megabytes: Double?
  var repetitions = 1
  /// Test accuracy, where there is one.
  var accuracy: Double?
  /// Why there are no seconds.
  var remark: String?
  /// What is said beside these, in the order of their names.
  var details: [String: JSONNode] = [:]

  /// What a line says that was printed earlier.
  init(line: JSONNode) {
    name = line["name"]?.string ?? ""
    seconds = line["seconds"]?.number
    milliseconds = line["ms"]?.number
    megabytes = line["peak_rss_mb"]?.number
    repetitions = line["repetitions"]?.integer ?? 1
    accuracy = line["test_accuracy"]?.number
    remark = line["remark"]?.string
    let known = ["name", "seconds", "ms", "peak_rss_mb", "repetitions", "test_accuracy", "remark"]
    for member in line.members ?? [] where !known.contains(member.name) {
      details[member.name] = member.value
    }
  }

  init(name: String, seconds: Double? = nil, megabytes: Double? = nil, accuracy: Double? = nil) {
    self.name = name
    self.seconds = seconds
    self.megabytes = megabytes
    self.accuracy = accuracy
  }

  var json: JSONNode {
    let members: [(name: String, value: JSONNode?)] = [
      ("name", JSONNode(name)), ("seconds", seconds.map { JSONNode($0) }),
      ("ms", milliseconds.map { JSONNode($0) }),
      ("peak_rss_mb", megabytes.map { JSONNode($0) }), ("repetitions", JSONNode(repetitions)),
      ("test_accuracy", accuracy.map { JSONNode($0) }), ("remark", remark.map { JSONNode($0) }),
    ]
    return JSONNode(
      .object(
        members.compactMap { name, value in value.map { JSONNode.Member(name, $0) } }
          + details.sorted { $0.key < $1.key }.map { JSONNode.Member($0.key, $0.value) }))
  }
}

/// Something that can be measured, under a name such as `grid/segments`.
struct Benchmark {
  var name: String
  var summary: String
  /// Measures once and more, as often as asked.
  var run: (_ repetitions: Int) throws -> [Measurement]

  /// Whether a name on the command line means it: itself, or a part of its path from the left.
  func isMeant(by pattern: String) -> Bool {
    pattern == name || name.hasPrefix(pattern + "/") || pattern.hasPrefix(name + "/")
  }
}

struct BenchmarkError: Error, CustomStringConvertible {
  var description: String
}

func median(_ values: [Double]) -> Double? {
  let sorted = values.sorted()
  guard !sorted.isEmpty else { return nil }
  let middle = sorted.count / 2
  return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/// Joins what repetitions measured under the same names, in the order of the first.
func medians(_ repetitions: [[Measurement]]) -> [Measurement] {
  (repetitions.first ?? []).map { first in
    let own = repetitions.compactMap { $0.first { $0.name == first.name } }
    var joined = first
    joined.seconds = median(own.compactMap(\.seconds))
    joined.milliseconds = median(own.compactMap(\.milliseconds))
    joined.megabytes = median(own.compactMap(\.megabytes))
    joined.repetitions = own.count
    return joined
  }
}

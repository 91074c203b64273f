import DataTables
import Exploration
import Matrices
import Testing

/// What holds for every split of any data: no unit on both sides, every row tested once a repeat, the
/// share of each class kept as closely as units allow, and inner folds that never see test rows.
@Suite struct SplitPropertyTests {
  /// Random songs of random artists, of very different sizes, some with equal rows.
  private struct Case {
    var data: Dataset
    var random: RandomStream

    init(seed: UInt64) {
      random = RandomStream(seed: seed)
      let classes = 2 + random.below(4)
      var labels: [Int] = []
      var songs: [Int] = []
      var artists: [Int] = []
      // Every class has artists enough for the folds below and for the inner ones.
      for artist in 0..<classes * (12 + random.below(20)) {
        // One artist in ten plays two styles.
        let styles = [
          artist % classes, random.below(10) == 0 ? random.below(classes) : artist % classes,
        ]
        for song in 0..<1 + random.below(3) {
          let number = songs.last.map { $0 + 1 } ?? 0
          for _ in 0..<1 + random.below(4) {
            labels.append(styles[song % 2])
            songs.append(number)
            artists.append(artist)
          }
        }
      }
      data = dataset(labels, groups: songs)
      data.groupings.append(
        .init(
          name: "artist", groups: artists,
          names: (0..<1 + (artists.max() ?? 0)).map { "artist \($0)" }))
      for _ in 0..<random.below(4) {
        data.identicalRows.append([random.below(labels.count), random.below(labels.count)])
      }
      data.identicalRows = data.identicalRows.filter { $0[0] != $0[1] }
      let fold = artists.map { $0 / classes * 7 % 5 }
      data.textColumns = [
        "fold": fold.map { "\($0)" },
        "part": fold.map { ["train", "train", "train", "validation", "test"][$0] },
      ]
    }

    /// The unit of each row, found by joining what belongs together until nothing changes.
    func units(_ groups: [Int]) -> [Int] {
      var units = groups
      var hasChanged = true
      while hasChanged {
        hasChanged = false
        for twins in data.identicalRows {
          let (low, high) = (
            min(units[twins[0]], units[twins[1]]), max(units[twins[0]], units[twins[1]])
          )
          if low != high {
            for row in units.indices where units[row] == high { units[row] = low }
            hasChanged = true
          }
        }
      }
      return units
    }
  }

  private func areApart(_ a: [Int], _ b: [Int], _ units: [Int]) -> Bool {
    Set(a.map { units[$0] }).isDisjoint(with: b.map { units[$0] })
  }

  @Test(arguments: 1...25 as ClosedRange<UInt64>)
  func foldsHoldForAnyData(seed: UInt64) throws {
    var sample = Case(seed: seed)
    let data = sample.data
    let group = ["song", "artist"][sample.random.below(2)]
    let (count, repeats) = (2 + sample.random.below(4), 1 + sample.random.below(3))
    let inner = 2 + sample.random.below(2)
    for selection in [#""validation": 0.15"#, #""inner": {"folds": \#(inner)}"#] {
      let plan = try protocolPlan(
        data,
        split:
          #"{"folds": {"count": \#(count), "repeats": \#(repeats), \#(selection)}, "group": "\#(group)"}"#,
        rest: #", "seed": \#(seed)"#)
      let splits = plan.protocols[0].divisions[0].splits
      let grouping = try #require(data.groupings.first { $0.name == group })
      let units = sample.units(grouping.groups)
      #expect(splits.count == count * repeats)
      let rows = Array(data.labels.indices)
      for repetition in 0..<repeats {
        let own = splits.filter { $0.repetition == repetition }
        #expect(own.map(\.fold) == Array(0..<count))
        #expect(own.flatMap(\.test).sorted() == rows)
        // As far off as the largest unit of the class, and one of another size beside it.
        for (label, _) in data.classes.enumerated() {
          let all = rows.filter { data.labels[$0] == label }
          let sizes = Dictionary(grouping: all, by: { units[$0] }).values.map(\.count).sorted(by: >)
          let slack = Double(sizes.prefix(2).reduce(0, +))
          for split in own {
            let tested = split.test.count { data.labels[$0] == label }
            #expect(
              abs(Double(tested) - Double(all.count) / Double(count)) <= slack,
              "class \(label): \(tested) of \(all.count) rows in one of \(count) folds")
          }
        }
      }
      for split in splits {
        #expect(split.selection.count == (selection.contains("inner") ? inner : 1))
        #expect((split.learning + split.test).sorted() == rows)
        #expect(areApart(split.learning, split.test, units))
        for fit in split.selection {
          #expect(areApart(fit.training, fit.validation, units))
          #expect((fit.training + fit.validation).sorted() == split.learning)
        }
        if split.selection.count > 1 {
          #expect(split.selection.flatMap(\.validation).sorted() == split.learning)
        }
        #expect(Set(split.finalTraining.map { data.labels[$0] }).count == data.classes.count)
      }
      #expect(plan.protocols[0].divisions[0].audit.taint == nil)
    }
  }

  @Test(arguments: 1...15 as ClosedRange<UInt64>)
  func givenPartsAreTakenAsTheyAre(seed: UInt64) throws {
    var sample = Case(seed: seed)
    sample.data.identicalRows = []
    let data = sample.data
    let folds = try #require(data.textColumns["fold"])
    let official = try protocolPlan(data, split: #"{"folds": {"column": "fold"}}"#)
    for (fold, split) in official.protocols[0].divisions[0].splits.enumerated() {
      func rows(_ names: [Int]) -> [Int] {
        data.labels.indices.filter { row in names.contains { "\($0)" == folds[row] } }
      }
      #expect(split.fold == fold && split.test == rows([fold]))
      #expect(split.selection.map(\.validation) == [rows([(fold + 1) % 5])])
      #expect(
        split.selection[0].training == rows([(fold + 2) % 5, (fold + 3) % 5, (fold + 4) % 5]))
    }
    let given = try protocolPlan(data, split: #"{"parts": {"column": "part"}}"#)
    let split = given.protocols[0].divisions[0].splits[0]
    #expect(split.test == data.labels.indices.filter { folds[$0] == "4" })
    #expect(split.selection[0].validation == data.labels.indices.filter { folds[$0] == "3" })
    // A validation part that is cut keeps groups together.
    var without = data
    without.textColumns["part"] = folds.map { $0 == "4" ? "test" : "train" }
    for group in data.groupings {
      let cut = try protocolPlan(
        without, split: #"{"parts": {"column": "part"}, "group": "\#(group.name)"}"#
      ).protocols[0].divisions[0].splits[0]
      #expect(areApart(cut.selection[0].training, cut.selection[0].validation, group.groups))
      #expect(cut.learning == data.labels.indices.filter { folds[$0] != "4" })
      let share = Double(cut.selection[0].validation.count) / Double(data.labels.count)
      #expect(abs(share - 0.15) < 0.06)
    }
  }

  @Test(arguments: 1...15 as ClosedRange<UInt64>)
  func holdoutsHoldForAnyData(seed: UInt64) throws {
    let sample = Case(seed: seed)
    let plan = try protocolPlan(
      sample.data, split: #"{"holdout": {"validation": 0.2, "test": 0.2}, "group": "artist"}"#,
      rest: #", "seed": \#(seed)"#)
    let split = plan.protocols[0].divisions[0].splits[0]
    let units = sample.units(sample.data.groupings[1].groups)
    let parts = [split.selection[0].training, split.selection[0].validation, split.test]
    #expect(parts.flatMap(\.self).sorted() == Array(sample.data.labels.indices))
    for (a, b) in [(0, 1), (0, 2), (1, 2)] { #expect(areApart(parts[a], parts[b], units)) }
    for part in parts {
      #expect(Set(part.map { sample.data.labels[$0] }).count == sample.data.classes.count)
    }
  }
}

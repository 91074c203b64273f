import Learning
import Matrices
import NeuralNetworks
import Testing

@Suite struct AugmentationTests {
  private let shape = PictureShape(channels: 2, height: 3, width: 10)

  private func changed(_ augmentation: Augmentation, seed: UInt64) -> [[Float]] {
    var picture = (0..<shape.count).map { Float($0 % 10 + 1) }
    var random = RandomStream(seed: seed)
    picture.withUnsafeMutableBufferPointer { buffer in
      if let start = buffer.baseAddress { augmentation.apply(to: start, shape, &random) }
    }
    return (0..<6).map { Array(picture[$0 * 10..<($0 + 1) * 10]) }
  }

  @Test(arguments: [Augmentation.Edge.zeros, .wrap])
  func shiftsAreWithinTheirShareAndAlikeInAllRows(edge: Augmentation.Edge) {
    var distances: Set<Int> = []
    for seed in 0..<60 {
      let rows = changed(Augmentation(shift: 0.2, edge: edge), seed: UInt64(seed))
      let distance = 5 - Int(rows[0][5]) + 1
      distances.insert(distance)
      let expected = (0..<10).map { column -> Float in
        let source = column - distance
        if edge == .wrap { return Float((source + 10) % 10 + 1) }
        return 0..<10 ~= source ? Float(source + 1) : 0
      }
      #expect(rows.allSatisfy { $0 == expected })
    }
    #expect(distances == [-2, -1, 0, 1, 2])
  }

  @Test func masksAreBandsOfAllChannels() {
    var heights: Set<Int> = []
    var widths: Set<Int> = []
    for seed in 0..<200 {
      let frequency = changed(
        Augmentation(frequencyMasks: 1, frequencyMaskWidth: 2), seed: UInt64(seed))
      let masked = (0..<6).filter { frequency[$0].allSatisfy { $0 == 0 } }
      #expect(masked.filter { $0 < 3 }.map { $0 + 3 } == masked.filter { $0 >= 3 })
      #expect(frequency.joined().filter { $0 == 0 }.count == masked.count * 10)
      heights.insert(masked.count / 2)

      let time = changed(Augmentation(timeMasks: 1, timeMaskWidth: 4), seed: UInt64(seed))
      #expect(time.allSatisfy { $0 == time[0] })
      let columns = (0..<10).filter { time[0][$0] == 0 }
      #expect(columns.isEmpty || columns.count == columns[columns.count - 1] - columns[0] + 1)
      widths.insert(columns.count)
    }
    #expect(heights == [0, 1, 2] && widths == [0, 1, 2, 3, 4])
  }

  /// A mask wider than the picture covers it at most.
  @Test func wideMasksFit() {
    for seed in 0..<40 {
      _ = changed(
        Augmentation(
          frequencyMasks: 2, frequencyMaskWidth: 99, timeMasks: 2, timeMaskWidth: 99),
        seed: UInt64(seed))
    }
  }
}

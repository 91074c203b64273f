import Learning
import Matrices

/// Changes by chance that pictures undergo while a network is trained.
public struct Augmentation: Equatable, Sendable {
  /// What comes in where a picture was shifted away.
  public enum Edge: String, SettingChoice { case zeros, wrap }

  /// The largest shift to either side, as a share of the width.
  package var shift: Double
  package var edge: Edge
  package var frequencyMasks: Int
  /// In rows.
  package var frequencyMaskWidth: Int
  package var timeMasks: Int
  /// In columns.
  package var timeMaskWidth: Int

  package init(
    shift: Double = 0, edge: Edge = .zeros, frequencyMasks: Int = 0, frequencyMaskWidth: Int = 1,
    timeMasks: Int = 0, timeMaskWidth: Int = 1
  ) {
    self.shift = shift
    self.edge = edge
    self.frequencyMasks = frequencyMasks
    self.frequencyMaskWidth = frequencyMaskWidth
    self.timeMasks = timeMasks
    self.timeMaskWidth = timeMaskWidth
  }

  /// Whether anything is changed.
  package var isActive: Bool { shift > 0 || frequencyMasks > 0 || timeMasks > 0 }

  /// Shifts a picture, then sets bands of it to 0 (Park and others 2019, SpecAugment without warping).
  ///
  /// - Parameters:
  ///   - picture: channel by channel, row by row; all channels are changed alike.
  ///   - shape: its sizes.
  ///   - random: draws the shift, then the bands of rows, then those of columns, each a width from 0 to
  ///     the widest and then a place.
  package func apply(
    to picture: UnsafeMutablePointer<Float>, _ shape: PictureShape, _ random: inout RandomStream
  ) {
    let most = Int(shift * Double(shape.width))
    if most > 0 {
      let distance = random.below(2 * most + 1) - most
      for row in 0..<shape.channels * shape.height {
        move(picture + row * shape.width, shape.width, by: distance)
      }
    }
    for _ in 0..<frequencyMasks {
      let band = band(of: shape.height, widest: frequencyMaskWidth, &random)
      for channel in 0..<shape.channels {
        let start = picture + (channel * shape.height + band.lowerBound) * shape.width
        start.update(repeating: 0, count: band.count * shape.width)
      }
    }
    for _ in 0..<timeMasks {
      let band = band(of: shape.width, widest: timeMaskWidth, &random)
      for row in 0..<shape.channels * shape.height {
        (picture + row * shape.width + band.lowerBound).update(repeating: 0, count: band.count)
      }
    }
  }

  private func band(of size: Int, widest: Int, _ random: inout RandomStream) -> Range<Int> {
    let width = random.below(min(widest, size) + 1)
    let start = random.below(size - width + 1)
    return start..<start + width
  }

  private func move(_ row: UnsafeMutablePointer<Float>, _ width: Int, by distance: Int) {
    guard distance != 0 else { return }
    let old = Array(UnsafeBufferPointer(start: row, count: width))
    for column in 0..<width {
      let source = column - distance
      switch edge {
      case .zeros: row[column] = old.indices.contains(source) ? old[source] : 0
      case .wrap: row[column] = old[(source + width) % width]
      }
    }
  }
}

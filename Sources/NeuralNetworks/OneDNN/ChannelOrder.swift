import CKernels

/// Where the numbers of a picture's channels lie: blocks of channels, in each the places one after the
/// other, in each place the channels of the block.
///
/// One channel a block is plain order, all channels in one block is “channels last”, and 8 or 16 is what
/// convolutions choose.
struct ChannelOrder: Equatable {
  /// Rows of the batch.
  var rows: Int
  /// Blocks of channels, the last one filled up with zeros.
  var blocks: Int
  /// Height × width.
  var places: Int
  /// Channels of a block.
  var lanes: Int

  /// All numbers, those that fill up among them.
  var count: Int { rows * blocks * places * lanes }
}

extension TensorDescriptor {
  /// Where the channels lie; nil for any order that is not by blocks of channels.
  var channelOrder: ChannelOrder? {
    let sizes = self.sizes
    let blocking = self.blocking
    guard sizes.count == 4 || sizes.count == 2, blocking.is_blocked != 0 else { return nil }
    let places = sizes.dropFirst(2).reduce(1, *)
    let lanes: Int
    if blocking.blocked_sizes == 0 {
      lanes = places == 1 || blocking.second_stride != 1 ? 1 : sizes[1]
    } else if blocking.blocked_sizes == 1, blocking.size == 1 {
      lanes = Int(blocking.block)
    } else {
      return nil
    }
    let order = ChannelOrder(
      rows: sizes[0], blocks: (sizes[1] + lanes - 1) / lanes, places: places, lanes: lanes)
    return order.count * 4 == bytes ? order : nil
  }
}

extension ProgramBuilder {
  /// Adds the call that multiplies each channel of each row of a picture with a factor.
  ///
  /// - Parameters:
  ///   - picture: the numbers.
  ///   - factors: rows × channels, in plain order.
  ///   - order: that of the picture.
  ///   - result: may be the picture.
  ///   - name: for errors.
  /// - Throws: `FitError` for impossible sizes.
  func scaleChannels(
    _ picture: Tensor, by factors: Tensor, _ order: ChannelOrder, into result: Tensor,
    named name: String
  ) throws {
    let channels = factors.descriptor.sizes[1]
    let filled = order.blocks * order.lanes
    let threads = parameters.threads
    let groups = (count: order.rows * order.blocks, lanes: order.lanes)
    guard filled != channels else {
      emit(name, [picture, factors, result]) { arrays, _ in
        kernels_scale_groups(
          arrays[0], arrays[1], arrays[2], groups.count, order.places, groups.lanes, threads)
      }
      return
    }
    let room = try tensor(TensorDescriptor(plain: [order.rows, filled]))
    emit(name, [picture, factors, result, room]) { arrays, _ in
      for row in 0..<order.rows {
        let start = arrays[3] + row * filled
        start.update(from: arrays[1] + row * channels, count: channels)
        (start + channels).update(repeating: 0, count: filled - channels)
      }
      kernels_scale_groups(
        arrays[0], arrays[3], arrays[2], groups.count, order.places, groups.lanes, threads)
    }
  }
}

extension ChannelOrder {
  /// For each channel of each row the sum of the products of two pictures' numbers.
  ///
  /// - Parameters:
  ///   - left: numbers in this order.
  ///   - right: numbers in this order.
  ///   - channels: the number of channels.
  ///   - result: rows × channels.
  ///   - threads: how many share the work.
  func sumOfProducts(
    _ left: UnsafePointer<Float>, _ right: UnsafePointer<Float>, channels: Int,
    into result: UnsafeMutablePointer<Float>, threads: Int
  ) {
    inParallel(shares: rows * blocks, threads: threads) { share in
      let (row, block) = share.quotientAndRemainder(dividingBy: blocks)
      for lane in 0..<min(lanes, channels - block * lanes) {
        var sum = 0.0
        let start = share * places * lanes
        for place in stride(from: start + lane, to: start + places * lanes, by: lanes) {
          sum += Double(left[place]) * Double(right[place])
        }
        result[row * channels + block * lanes + lane] = Float(sum)
      }
    }
  }
}

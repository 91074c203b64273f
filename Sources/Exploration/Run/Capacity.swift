import Learning

/// What pieces of work may use together.
package struct Capacity {
  let cores: Int
  let bytes: Double

  /// Room for some pieces at a time.
  ///
  /// - Parameters:
  ///   - cores: how many may be busy, at least 1.
  ///   - bytes: what the pieces may hold.
  package init(cores: Int, bytes: Double) {
    self.cores = cores
    self.bytes = bytes
  }

  /// Whether a piece may run beside others; one that wants more than there is runs alone.
  package func admits(_ order: WorkOrder, beside busy: [WorkOrder], _ work: WorkList) -> Bool {
    let all = busy + [order]
    return busy.isEmpty
      || all.reduce(0) { $0 + work.cores(of: $1) } <= cores
        && all.reduce(0) { $0 + work.cost(of: $1).bytes } < bytes
  }

  /// The cores that a piece takes from the others.
  func share(of order: WorkOrder, _ work: WorkList) -> Double {
    Double(min(cores, work.cores(of: order)))
  }
}

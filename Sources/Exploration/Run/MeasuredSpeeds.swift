import Learning

/// Seconds an operation takes, learnt from the pieces that are done.
package struct MeasuredSpeeds {
  /// What a piece's speed depends on, by its number in the plan.
  package enum Kind: Hashable { case model(Int), transformation(Int) }

  private struct Sum {
    var operations = 0.0
    var seconds = 0.0
  }

  private var sums: [Kind: Sum] = [:]
  private var all = Sum()

  /// Before anything is known: a billion operations a second.
  private static let guess = 1e-9

  /// A piece that computes almost nothing takes its time too, which tells nothing of the speed.
  private static let smallest = 5e6

  package init() {}

  var isEmpty: Bool { all.operations == 0 }

  package mutating func add(_ cost: Cost, _ kind: Kind, seconds: Double) {
    let operations = cost.operations + Self.smallest
    sums[kind, default: Sum()].operations += operations
    sums[kind, default: Sum()].seconds += seconds
    all.operations += operations
    all.seconds += seconds
  }

  package func seconds(for cost: Cost, of kind: Kind) -> Double {
    let known = sums[kind] ?? all
    let speed = known.operations > 0 ? known.seconds / known.operations : Self.guess
    return (cost.operations + Self.smallest) * speed
  }
}

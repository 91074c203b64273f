import ExploreCommands
import Glibc
import Learning
import Matrices

// The program with models that misbehave, for the end-to-end tests.

/// Predicts the first class; what the faulty models would be if they ever got so far.
struct FirstClass: FittedModel {
  var classCount: Int
  var value: Float = 1

  func probabilities(of features: Matrix) -> Matrix {
    Matrix(rows: features.rows, columns: classCount) { _, span in span[0] = value }
  }
}

/// Reads behind the end of an array.
struct Trapping: Model {
  static let name = "trapping"
  func fit(_ samples: Samples, in context: FitContext) -> FirstClass {
    FirstClass(classCount: samples.labels[samples.count])
  }
}

/// Sleeps for ever.
struct Sleeping: Model {
  static let name = "sleeping"
  func fit(_ samples: Samples, in context: FitContext) -> FirstClass {
    while true { sleep(1000) }
  }
}

/// Takes memory, a little at a time, without end.
struct Gluttonous: Model {
  static let name = "gluttonous"
  func fit(_ samples: Samples, in context: FitContext) -> FirstClass {
    var hoard: [[UInt8]] = []
    while true { hoard.append([UInt8](repeating: UInt8(hoard.count % 250), count: 4 << 20)) }
  }
}

/// Takes far more memory than there is, at once.
struct Grasping: Model {
  static let name = "grasping"
  func fit(_ samples: Samples, in context: FitContext) -> FirstClass {
    let all = [UInt8](repeating: 1, count: 1 << 40)
    return FirstClass(classCount: Int(all[samples.count]))
  }
}

/// Throws.
struct Throwing: Model {
  static let name = "throwing"
  func fit(_ samples: Samples, in context: FitContext) throws -> FirstClass {
    throw FitError.failed("this model always refuses")
  }
}

/// Predicts probabilities that are not numbers.
struct Diverging: Model {
  static let name = "diverging"
  func fit(_ samples: Samples, in context: FitContext) -> FirstClass {
    FirstClass(classCount: samples.classCount, value: .nan)
  }
}

/// Fails for one of its settings only.
struct Moody: Model {
  static let name = "moody"
  @Setting("fails above 2", in: 0...) var mood = 1
  func fit(_ samples: Samples, in context: FitContext) throws -> FirstClass {
    if mood > 2 { throw FitError.failed("a mood of \(mood) is too much") }
    return FirstClass(classCount: samples.classCount)
  }
}

/// Prints to standard output and takes a second, so that tests can interrupt it.
struct Talkative: Model {
  static let name = "talkative"
  @Setting("milliseconds to take", in: 0...) var milliseconds = 1000
  func fit(_ samples: Samples, in context: FitContext) -> FirstClass {
    print("this must not disturb anything")
    fflush(nil)
    usleep(UInt32(milliseconds) * 1000)
    return FirstClass(classCount: samples.classCount)
  }
}

/// Prints what a process short of memory prints, and traps if asked to.
struct Complaining: Model {
  static let name = "complaining"
  @Setting("traps above 0", in: 0...) var anger = 0
  func fit(_ samples: Samples, in context: FitContext) -> FirstClass {
    print("the paper tray is out of memory")
    fflush(nil)
    if anger > 0 { _ = samples.labels[samples.count] }
    return FirstClass(classCount: samples.classCount)
  }
}

/// A transformation that traps.
struct TrappingTransformation: Transformation {
  static let name = "trapping"
  struct Fitted: FittedTransformation {
    func transform(_ features: Matrix) -> Matrix { features }
  }
  func fit(_ samples: Samples, in context: FitContext) -> Fitted {
    _ = samples.labels[samples.count]
    return Fitted()
  }
}

// Stands for a plan that takes its time to read.
if CommandLine.arguments.contains("worker"), getenv("SLOW_WORKERS") != nil { sleep(1) }

Explore.main(
  models: [
    Trapping.self, Sleeping.self, Gluttonous.self, Grasping.self, Throwing.self, Diverging.self,
    Moody.self, Talkative.self, Complaining.self,
  ], transformations: [TrappingTransformation.self])

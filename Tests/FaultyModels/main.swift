import ExploreCommands
import FileSystem
import Glibc
import Learning
import Matrices
import NeuralModels
import NeuralNetworks

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

/// Grows by a number of megabytes every millisecond, and writes down what it holds in the file that
/// `GROWING_LOG` names.
struct Growing: Model {
  static let name = "growing"
  @Setting("megabytes a millisecond", in: 0...) var pace = 1.0
  /// So that folds and seeds are pieces of their own.
  var usesChance: Bool { true }

  func fit(_ samples: Samples, in context: FitContext) -> FirstClass {
    let log = getenv("GROWING_LOG").map { open($0, O_WRONLY | O_CREAT | O_APPEND, 0o600) }
    let step = max(1, Int(pace * 1e6))
    var hoard: [[UInt8]] = []
    while true {
      hoard.append([UInt8](repeating: UInt8(hoard.count % 250 + 1), count: step))
      let line = Array("\(getpid()) \(Double(hoard.count * step) / 1e6)\n".utf8)
      if let log { _ = write(log, line, line.count) }
      usleep(1000)
    }
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

/// Learns by epochs as a network does, and goes on from its checkpoint; nothing is wrong with it.
///
/// Every epoch is written down in the file that `STEPWISE_LOG` names.
struct Stepwise: Model {
  static let name = "stepwise"
  static let watchesValidation = true
  @Setting("passes", in: 1...) var epochs = 30
  @Setting("milliseconds that one takes", in: 0...) var milliseconds = 10
  @Setting("threads it wants", in: 1...) var wanted = 1
  @Setting("the epoch that ends in infinity", in: 1..., none: "none") var end: Int? = nil
  @Setting("the number it begins with") var start = 0.0

  var usesChance: Bool { true }
  func threads(for shape: DataShape, atMost most: Int) -> Int { min(wanted, most) }

  func fit(_ samples: Samples, in context: FitContext) throws -> FirstClass {
    var (done, value) = (0, start)
    let kept = context.checkpoint.map { $0 / "state" }
    if let words = try? kept?.readText().split(separator: " "), words.count == 2 {
      (done, value) = (Int(words[0]) ?? 0, Double(words[1]) ?? .nan)
    }
    log("begin \(context.threads)")
    defer { log("end \(context.threads)") }
    for epoch in 1...epochs {
      if epoch > done {
        log("epoch \(start) \(epoch)")
        usleep(UInt32(milliseconds) * 1000)
        var random = context.random.derived(epoch)
        value += random.uniform() + Double(context.threads)
        if epoch == end { throw FitError.diverged("the loss is not a number after epoch \(epoch)") }
        try context.checkpoint?.createFolder()
        try kept?.writeAtomically("\(epoch) \(value)")
      }
      context.log.record(
        .init(
          step: epoch, trainLoss: 1 / Double(epoch),
          validationLoss: context.validation.map { _ in 0.1 + abs(Double(epoch) - 20) / 20 },
          trainAccuracy: 1 - 1 / Double(epoch),
          validationAccuracy: context.validation.map { _ in 0.5 },
          learningRate: epoch > 25 ? 0.001 : 0.01, seconds: Double(milliseconds) / 1000))
      context.log.progress(Double(epoch) / Double(epochs))
    }
    if context.validation != nil { context.log.keep(step: min(20, epochs)) }
    context.log.note("it ends with \(value)")
    return FirstClass(classCount: samples.classCount)
  }

  private func log(_ line: String) {
    guard let name = getenv("STEPWISE_LOG") else { return }
    let file = open(String(cString: name), O_WRONLY | O_CREAT | O_APPEND, 0o600)
    let bytes = Array("\(getpid()) \(line)\n".utf8)
    _ = write(file, bytes, bytes.count)
    close(file)
  }
}

/// A network for pictures, which is fine too.
struct Tiny: NetworkModel {
  static let name = "tiny"
  static let summary = "one convolution"
  @Setting("channels", in: 1...64) var channels = 4
  @Setting("outputs of hidden layers") var widths = [6, 5]
  var training = Training {
    $0.epochs = 3
    $0.batch = 8
  }

  func scores(of input: NetworkInput, classes: Int) throws -> Signal {
    var signal = try input.picture().convolution(channels).relu().flattened()
    for width in widths { signal = try signal.dense(width).relu() }
    return try signal.dense(classes)
  }
}

/// Refuses to work where the environment says something of threads that could change results.
struct Fastidious: Model {
  static let name = "fastidious"
  func fit(_ samples: Samples, in context: FitContext) throws -> FirstClass {
    for name in ["OMP_DYNAMIC", "OMP_THREAD_LIMIT", "GOMP_CPU_AFFINITY", "OMP_PROC_BIND"]
    where getenv(name) != nil {
      throw FitError.failed("\(name) is set")
    }
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
    Trapping.self, Sleeping.self, Gluttonous.self, Growing.self, Grasping.self, Throwing.self,
    Diverging.self,
    Moody.self, Talkative.self, Complaining.self, Stepwise.self, Fastidious.self, Tiny.self,
    MultilayerPerceptron.self,
  ], transformations: [TrappingTransformation.self])

import CKernels
import COpenBLAS
import Glibc

/// The processor family whose loops OpenBLAS uses, and why.
///
/// A library that is older than the processor does not know it and takes loops of the oldest processors, which
/// cost half the speed and more. The family is read from the environment when the library is loaded, so that
/// another one needs the program to be started again.
package struct BLASCore: Equatable, Sendable {
  /// As OpenBLAS calls it, for instance `Haswell`.
  package var name: String
  /// As in `OpenBLAS chose it`.
  package var reason: String

  package init(name: String, reason: String) {
    self.name = name
    self.reason = reason
  }

  /// The vectors that loops can use, the narrowest first.
  package enum Vectors: Int32, Comparable, Sendable {
    case sse
    case avx2
    case avx512

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    /// Those of this processor.
    package static var ofProcessor: Vectors {
      Vectors(rawValue: kernels_processor_vectors()) ?? .sse
    }

    /// Those that a family's loops use.
    init(of core: String) {
      switch core.lowercased() {
      case "skylakex", "cooperlake", "sapphirerapids": self = .avx512
      case "haswell", "zen", "excavator", "steamroller": self = .avx2
      default: self = .sse
      }
    }

    var name: String {
      switch self {
      case .sse: "SSE"
      case .avx2: "AVX2"
      case .avx512: "AVX-512"
      }
    }
  }

  /// What a family of the library is found to be.
  package enum Trial: Int32, Sendable {
    case right = 0
    case wrong = 1
    /// The library has no loops for it.
    case absent = 2
  }

  /// What is to be done about the family.
  package enum Decision: Equatable, Sendable {
    case keep(BLASCore)
    case change(BLASCore)
    /// All that were tried are wrong.
    case none([String])
  }

  private static let ownChoice = "OpenBLAS chose it"

  /// Families with loops of different width, the widest first.
  private static let alternatives = ["SkylakeX", "Haswell", "Nehalem", "Prescott"]

  /// Chooses a family.
  ///
  /// The widest that the processor has vectors for, where the library took narrower ones; down from there
  /// where one is wrong. One that the user names is kept.
  ///
  /// - Parameters:
  ///   - present: the one in use.
  ///   - named: what the user asks for; nil for nothing.
  ///   - processor: what the processor can do.
  ///   - attempt: tries a family.
  /// - Returns: the decision.
  package static func decide(
    present: String, named: String?, processor: Vectors, _ attempt: (String) -> Trial
  ) -> Decision {
    if let named {
      let isThere = named.lowercased() == present.lowercased()
      let reason =
        "OPENBLAS_CORETYPE names \(isThere ? "it" : "\(named), which OpenBLAS does not have here")"
      return attempt(present) == .right
        ? .keep(BLASCore(name: present, reason: reason)) : .none([present])
    }
    var wrong: [String] = []
    func isRight(_ core: String) -> Bool {
      let trial = attempt(core)
      if trial == .wrong { wrong.append(core) }
      return trial == .right
    }
    func reason(_ words: String) -> String {
      words + wrong.map { "; its loops for \($0) give wrong results here" }.joined()
    }
    let width = Vectors(of: present)
    for core in alternatives where Vectors(of: core) > width && Vectors(of: core) <= processor {
      guard isRight(core) else { continue }
      return .change(
        BLASCore(
          name: core,
          reason: reason("OpenBLAS chose \(present), and the processor has \(processor.name)")))
    }
    if isRight(present) {
      return .keep(BLASCore(name: present, reason: reason(ownChoice)))
    }
    for core in alternatives where Vectors(of: core) <= width && core != present {
      guard isRight(core) else { continue }
      return .change(BLASCore(name: core, reason: reason("OpenBLAS chose \(present)")))
    }
    return .none(wrong)
  }
}

/// OpenBLAS gives wrong results on this processor.
package struct WrongBLAS: Error, CustomStringConvertible {
  /// The families that were tried.
  package var cores: [String]

  package var description: String {
    "OpenBLAS gives wrong results on this processor with its loops for "
      + cores.joined(separator: ", ") + "; "
      + (getenv("OPENBLAS_CORETYPE") == nil
        ? "install another version of it" : "unset OPENBLAS_CORETYPE, or name another family in it")
  }
}

extension BLASCore {
  /// Carries the reason to the processes that follow; the family itself is in `OPENBLAS_CORETYPE`.
  private static let reasonVariable = "EXPLORE_BLAS_REASON"
  /// Asks a process to try its family and to end.
  private static let trialVariable = "EXPLORE_BLAS_TRIAL"

  private static func value(of variable: String) -> String? {
    getenv(variable).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
  }

  private static var presentName: String { String(cString: openblas_get_corename()) }

  /// What this process uses.
  package static var current: BLASCore {
    BLASCore(name: presentName, reason: value(of: reasonVariable) ?? ownChoice)
  }

  /// Sees to it that OpenBLAS computes rightly and with the widest vectors; to be called before the program
  /// does anything else, since it may start again in place of itself.
  ///
  /// - Throws: ``WrongBLAS`` where no family gives right results, ``TooLittleMemory`` where the library cannot
  ///   compute at all.
  package static func settle() throws {
    try MemoryForBLAS.check()
    if let wanted = value(of: trialVariable) {
      let trial: Trial =
        wanted.lowercased() != presentName.lowercased()
        ? .absent : LinearAlgebraCheck.isPassed ? .right : .wrong
      _exit(trial.rawValue)
    }
    // The process that started this one has settled it; a check would hold memory in every worker.
    guard value(of: reasonVariable) == nil else { return }
    let named = value(of: "OPENBLAS_CORETYPE")
    let canChange = ArithmeticPath.libraryConfiguration.contains("DYNAMIC_ARCH")
    let decision = decide(
      present: presentName, named: canChange ? named : presentName,
      processor: Vectors.ofProcessor
    ) { core in
      core == presentName ? (LinearAlgebraCheck.isPassed ? .right : .wrong) : attempt(core)
    }
    switch decision {
    case .none(let cores): throw WrongBLAS(cores: cores)
    case .keep(let core):
      setenv(reasonVariable, named == nil && !canChange ? ownChoice : core.reason, 1)
    case .change(let core):
      setenv("OPENBLAS_CORETYPE", core.name, 1)
      setenv(reasonVariable, core.reason, 1)
      execv("/proc/self/exe", CommandLine.unsafeArgv)
      // Without a second start the family stays, which is slower or was said to be wrong.
      unsetenv("OPENBLAS_CORETYPE")
      unsetenv(reasonVariable)
      if !LinearAlgebraCheck.isPassed { throw WrongBLAS(cores: [presentName]) }
    }
  }

  /// Tries a family in a process of its own, which a wrong one may end.
  private static func attempt(_ core: String) -> Trial {
    setenv("OPENBLAS_CORETYPE", core, 1)
    setenv(trialVariable, core, 1)
    defer {
      unsetenv("OPENBLAS_CORETYPE")
      unsetenv(trialVariable)
    }
    var process: pid_t = 0
    guard posix_spawn(&process, "/proc/self/exe", nil, nil, CommandLine.unsafeArgv, environ) == 0
    else { return .absent }
    var status: Int32 = 0
    while waitpid(process, &status, 0) == -1, errno == EINTR {}
    let hasExited = status & 0x7F == 0
    return hasExited ? Trial(rawValue: (status >> 8) & 0xFF) ?? .wrong : .wrong
  }
}

import FileSystem
import Glibc
import JSONText
import Matrices
import ProgramSupport
import Testing

/// The program over an OpenBLAS that is imitated: it says that it chose loops of 2004, and its products are
/// wrong, or end the process, for the families that are named.
@Suite("An OpenBLAS that is older than the processor", .serialized)
struct ArithmeticTests {
  private static let imitation = #"""
    #define _GNU_SOURCE
    #include <dlfcn.h>
    #include <signal.h>
    #include <stdlib.h>
    #include <string.h>

    const char *openblas_get_corename(void) {
      const char *named = getenv("OPENBLAS_CORETYPE");
      return named ? named : "Prescott";
    }

    static int is_among(const char *variable) {
      const char *names = getenv(variable);
      return names && strstr(names, openblas_get_corename());
    }

    void cblas_sgemm(
        int order, int ta, int tb, int m, int n, int k, float alpha, const float *a, int lda,
        const float *b, int ldb, float beta, float *c, int ldc) {
      void (*real)(
          int, int, int, int, int, int, float, const float *, int, const float *, int, float,
          float *, int) = dlsym(RTLD_NEXT, "cblas_sgemm");
      if (is_among("IMITATE_CRASH")) raise(SIGILL);
      real(order, ta, tb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
      if (is_among("IMITATE_WRONG")) c[0] += 1;
    }
    """#

  /// The library; nil where there is no compiler.
  private func library(in place: Workplace) throws -> String? {
    try place.write("imitation.c", Self.imitation)
    let library = (place.folder / "imitation.so").string
    let result = try? Program(at: Path("/usr/bin/env")).run(
      ["clang", "-shared", "-fPIC", "-o", library, "imitation.c", "-ldl"], in: place.folder)
    return result?.code == 0 ? library : nil
  }

  private static let experiment = #"""
    {"name": "e", "data": {"builtin": "iris"}, "split": {"holdout": {"validation": 0.2, "test": 0.3}},
     "transformations": ["none"], "models": ["ridge", "knn"]}
    """#

  /// The best family that is not among some.
  private func best(except wrong: [String]) -> String {
    switch BLASCore.Vectors.ofProcessor {
    case .avx512 where !wrong.contains("SkylakeX"): "SkylakeX"
    case .avx512, .avx2: wrong.contains("Haswell") ? "Prescott" : "Haswell"
    case .sse: "Prescott"
    }
  }

  private func start(of run: String, in place: Workplace) throws -> JSONNode {
    let file = place.folder / run / "provenance.json"
    return try #require(JSONNode(parsing: file.readBytes())["starts"]?.elements?.last)
  }

  @Test(arguments: ["IMITATE_WRONG", "IMITATE_CRASH"])
  func theWidestFamilyThatIsRightIsUsed(fault: String) throws {
    let place = try Workplace()
    defer { place.remove() }
    guard let library = try library(in: place) else { return }
    for (index, wrong) in [[], ["SkylakeX"], ["SkylakeX", "Haswell"]].enumerated() {
      try place.write("e.json", Self.experiment)
      let result = try place.explore(
        "run", "e.json", "--out", "run\(index)", "--quiet",
        environment: ["LD_PRELOAD": library, fault: wrong.joined(separator: " ")])
      #expect(result.code == 0, "\(result.errors)")
      let start = try start(of: "run\(index)", in: place)
      let core = best(except: wrong)
      #expect(start["blas_core"]?.string == core)
      let reason = try #require(start["blas_core_reason"]?.string)
      if core == "Prescott" {
        #expect(reason.hasPrefix("OpenBLAS chose it"))
      } else {
        #expect(reason.hasPrefix("OpenBLAS chose Prescott, and the processor has "))
      }
      if BLASCore.Vectors.ofProcessor == .avx512 {
        for core in wrong { #expect(reason.contains("its loops for \(core) give wrong results")) }
      }
      // The workers computed with it.
      let lines = try Run(place.folder / "run\(index)").journalLines(of: "cell")
      #expect(!lines.isEmpty && lines.allSatisfy { $0.contains(", \(core)\"") })
    }
  }

  @Test func anOpenBLASThatIsWrongInEveryWayEndsTheRun() throws {
    let place = try Workplace()
    defer { place.remove() }
    guard let library = try library(in: place) else { return }
    try place.write("e.json", Self.experiment)
    let wrong = "SkylakeX Haswell Nehalem Prescott"
    let result = try place.explore(
      "run", "e.json", environment: ["LD_PRELOAD": library, "IMITATE_WRONG": wrong])
    #expect(result.code == 1)
    #expect(result.errors.contains("OpenBLAS gives wrong results on this processor"))
    #expect(result.errors.contains("install another version of it"))
    let named = try place.explore(
      "run", "e.json",
      environment: [
        "LD_PRELOAD": library, "IMITATE_WRONG": wrong, "OPENBLAS_CORETYPE": "Haswell",
      ])
    #expect(named.code == 1)
    #expect(named.errors.contains("with its loops for Haswell; unset OPENBLAS_CORETYPE"))
  }

  @Test func whatTheUserNamesIsUsed() throws {
    let place = try Workplace()
    defer { place.remove() }
    try place.write("e.json", Self.experiment)
    let result = try place.explore(
      "run", "e.json", "--out", "run", "--quiet", environment: ["OPENBLAS_CORETYPE": "Prescott"])
    #expect(result.code == 0, "\(result.errors)")
    let start = try start(of: "run", in: place)
    #expect(start["blas_core"]?.string == "Prescott")
    #expect(start["blas_core_reason"]?.string == "OPENBLAS_CORETYPE names it")
  }
}

import Matrices
import Testing

@Suite("The family of OpenBLAS' loops") struct BLASCoreTests {
  private func decide(
    _ present: String, named: String? = nil, processor: BLASCore.Vectors = .avx512,
    wrong: [String] = [], absent: [String] = []
  ) -> BLASCore.Decision {
    BLASCore.decide(present: present, named: named, processor: processor) { core in
      wrong.contains(core) ? .wrong : absent.contains(core) ? .absent : .right
    }
  }

  @Test(arguments: ["SkylakeX", "Cooperlake", "SapphireRapids"])
  func aFamilyThatUsesWhatTheProcessorHasIsKept(core: String) {
    #expect(decide(core) == .keep(BLASCore(name: core, reason: "OpenBLAS chose it")))
  }

  @Test func olderFamiliesAreReplaced() {
    #expect(
      decide("Prescott")
        == .change(
          BLASCore(
            name: "SkylakeX", reason: "OpenBLAS chose Prescott, and the processor has AVX-512")))
    #expect(
      decide("Prescott", processor: .avx2)
        == .change(
          BLASCore(name: "Haswell", reason: "OpenBLAS chose Prescott, and the processor has AVX2")))
    #expect(
      decide("Zen", processor: .avx2) == .keep(BLASCore(name: "Zen", reason: "OpenBLAS chose it")))
    #expect(
      decide("Nehalem", processor: .sse)
        == .keep(BLASCore(name: "Nehalem", reason: "OpenBLAS chose it")))
  }

  @Test func wrongFamiliesAreSteppedDownFrom() {
    #expect(
      decide("Prescott", wrong: ["SkylakeX"])
        == .change(
          BLASCore(
            name: "Haswell",
            reason: "OpenBLAS chose Prescott, and the processor has AVX-512; "
              + "its loops for SkylakeX give wrong results here")))
    #expect(
      decide("Prescott", wrong: ["SkylakeX", "Haswell"])
        == .keep(
          BLASCore(
            name: "Prescott",
            reason: "OpenBLAS chose it; its loops for SkylakeX give wrong results here; "
              + "its loops for Haswell give wrong results here")))
    #expect(
      decide("Cooperlake", wrong: ["Cooperlake", "SkylakeX"])
        == .change(
          BLASCore(
            name: "Haswell",
            reason: "OpenBLAS chose Cooperlake; its loops for Cooperlake give wrong results here; "
              + "its loops for SkylakeX give wrong results here")))
    #expect(
      decide("Prescott", absent: ["SkylakeX"])
        == .change(
          BLASCore(
            name: "Haswell", reason: "OpenBLAS chose Prescott, and the processor has AVX-512")))
    #expect(
      decide("Haswell", processor: .avx2, wrong: ["Haswell", "Nehalem", "Prescott"])
        == .none(["Haswell", "Nehalem", "Prescott"]))
  }

  @Test func whatTheUserNamesIsKept() {
    #expect(
      decide("Prescott", named: "prescott")
        == .keep(BLASCore(name: "Prescott", reason: "OPENBLAS_CORETYPE names it")))
    #expect(
      decide("Cooperlake", named: "Quantum")
        == .keep(
          BLASCore(
            name: "Cooperlake",
            reason: "OPENBLAS_CORETYPE names Quantum, which OpenBLAS does not have here")))
    #expect(decide("Haswell", named: "Haswell", wrong: ["Haswell"]) == .none(["Haswell"]))
  }

  @Test func theLibraryOfThisMachineIsRight() { #expect(LinearAlgebraCheck.isPassed) }
}

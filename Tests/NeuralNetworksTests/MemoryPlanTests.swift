import Matrices
import NeuralNetworks
import Testing

@Suite struct MemoryPlanTests {
  @Test func arraysThatAreNeededTogetherDoNotOverlap() {
    var random = RandomStream(seed: 1)
    for _ in 0..<50 {
      let demands = (0..<60).map { _ in
        let first = random.below(40)
        return MemoryPlan.Demand(
          bytes: random.below(3000), lifetime: first...first + random.below(10))
      }
      let plan = MemoryPlan(demands)
      for one in demands.indices {
        #expect(plan.offsets[one] % MemoryPlan.alignment == 0)
        #expect(plan.offsets[one] + demands[one].bytes <= plan.bytes)
        for other in 0..<one where demands[one].lifetime.overlaps(demands[other].lifetime) {
          #expect(
            plan.offsets[one] + demands[one].bytes <= plan.offsets[other]
              || plan.offsets[other] + demands[other].bytes <= plan.offsets[one]
              || demands[one].bytes == 0 || demands[other].bytes == 0)
        }
      }
      #expect(plan.bytes < demands.reduce(0) { $0 + $1.bytes } / 2)
    }
  }
}

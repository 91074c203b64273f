import Exploration
import Testing

@Suite struct FavouriteTrialTests {
  @Test func theMostFrequentTrialWinsAndTheFirstOfEqualOnes() throws {
    let favourite = try #require(favouriteTrial([4, 2, 4, 1, 2]))
    #expect(favourite.trial == 2 && favourite.count == 2)
    #expect(favouriteTrial([]) == nil)
  }
}

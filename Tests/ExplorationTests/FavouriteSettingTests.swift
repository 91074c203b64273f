import Exploration
import JSONText
import Testing

@Suite struct FavouriteSettingTests {
  private func listed(_ model: Int) -> TrialSetting {
    TrialSetting(transformation: 0, model: model)
  }

  @Test func theMostFrequentSettingWinsAndTheFirstOfEqualOnes() throws {
    let favourite = try #require(favouriteSetting([4, 2, 4, 1, 2].map { listed($0) }))
    #expect(favourite.setting == listed(2) && favourite.count == 2)
    #expect(favouriteSetting([]) == nil)
  }

  /// Proposals of different pieces are the same setting when they have the same values.
  @Test func whatWasProposedComesAfterWhatIsListed() throws {
    func proposed(_ value: Double) throws -> TrialSetting {
      try JSONNode(
        parsing:
          #"{"transformation": 0, "proposed": {"settings": {"C": \#(value)}, "text": "C=\#(value)"}}"#
      )
      .decode(TrialSetting.self)
    }
    #expect(
      favouriteSetting([try proposed(2), try proposed(3), listed(5)])?.setting == listed(5))
    let favourite = try #require(
      favouriteSetting([listed(5), try proposed(3), try proposed(2), try proposed(3)]))
    #expect(try favourite.setting == proposed(3) && favourite.count == 2)
  }
}

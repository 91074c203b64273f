import ExploreCommands

Explore.main(models: [NearestCentroid.self, SmallNetwork.self])

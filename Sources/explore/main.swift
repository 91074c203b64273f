import ExploreCommands

Explore.main()

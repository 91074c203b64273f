// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "own-model",
  dependencies: [.package(name: "explore", path: "../..")],
  targets: [
    .executableTarget(
      name: "own-explore", dependencies: [.product(name: "Explore", package: "explore")],
      path: "Sources/OwnModel")
  ]
)

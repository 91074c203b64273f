// swift-tools-version: 6.2
import PackageDescription

let swiftSettings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableExperimentalFeature("Lifetimes"),
]

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: swiftSettings)
}

func tests(
  _ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []
) -> Target {
  .testTarget(
    name: name, dependencies: dependencies, exclude: exclude, swiftSettings: swiftSettings)
}

func debian(_ name: String, pkgConfig: String, package: String) -> Target {
  .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([package])])
}

let package = Package(
  name: "explore",
  products: [
    .executable(name: "explore", targets: ["explore"]),
    .library(
      name: "Explore",
      targets: ["ExploreCommands", "Learning", "Matrices", "ModelContract", "NeuralNetworks"]),
  ],
  targets: [
    debian("COpenBLAS", pkgConfig: "openblas", package: "libopenblas-dev"),
    debian("CLAPACKE", pkgConfig: "lapacke", package: "liblapacke-dev"),
    debian("CXXHash", pkgConfig: "libxxhash", package: "libxxhash-dev"),
    debian("CZlib", pkgConfig: "zlib", package: "zlib1g-dev"),
    debian("CFFTW", pkgConfig: "fftw3f", package: "libfftw3-dev"),
    debian("CSndfile", pkgConfig: "sndfile", package: "libsndfile1-dev"),
    debian("CMPG123", pkgConfig: "libmpg123", package: "libmpg123-dev"),
    debian("CSoxr", pkgConfig: "soxr", package: "libsoxr-dev"),
    debian("CPNG", pkgConfig: "libpng", package: "libpng-dev"),
    .systemLibrary(name: "COneDNN", providers: [.apt(["libdnnl-dev"])]),
    .systemLibrary(name: "CLinux"),
    .target(name: "CKernels"),
    .target(
      name: "CTables",
      exclude: ["digits.csv.gz", "iris.csv", "wine_data.csv", "breast_cancer.csv"]),

    library("FileSystem", ["CLinux"]),
    library("ContentHashing", ["CXXHash"]),
    library("JSONText"),
    library("TextFormatting"),
    library("Statistics", ["Matrices"]),
    library(
      "Matrices", ["COpenBLAS", "CLAPACKE", "CKernels", "ContentHashing", "FileSystem"]),
    library(
      "Learning", ["Matrices", "JSONText", "FileSystem", "TextFormatting", "ContentHashing"]),
    library("Transformations", ["Learning", "Matrices"]),
    library("ClassicalModels", ["Learning", "Matrices", "CKernels", "COpenBLAS"]),
    library(
      "NeuralNetworks",
      [
        "Learning", "Matrices", "COneDNN", "CKernels", "ContentHashing", "FileSystem", "JSONText",
        "TextFormatting",
      ]),
    library("NeuralModels", ["NeuralNetworks", "Learning", "Matrices"]),
    library("ModelContract", ["Learning", "Matrices", "JSONText", "FileSystem"]),
    library(
      "DataTables",
      [
        "Learning", "Matrices", "FileSystem", "ContentHashing", "TextFormatting", "CTables",
        "CZlib",
      ]),
    library("Pictures", ["CPNG", "FileSystem", "Matrices"]),
    library("Audio", ["CSndfile", "CMPG123", "CSoxr", "FileSystem", "TextFormatting"]),
    library("Spectra", ["CFFTW", "CKernels", "Matrices"]),
    library("AudioFeatures", ["Audio", "Spectra", "CKernels", "Matrices", "TextFormatting"]),
    library("AudioEffects", ["Audio", "Spectra", "Matrices", "TextFormatting"]),
    library("BuiltInMusic", ["Audio", "Matrices"]),
    library("Threads"),
    library("FileSets", ["DataTables", "FileSystem", "TextFormatting"]),
    library(
      "PictureData",
      [
        "Pictures", "FileSets", "Threads", "DataTables", "Learning", "Matrices", "FileSystem",
        "TextFormatting",
      ]),
    library(
      "AudioData",
      [
        "FileSets", "Threads", "PictureData", "Learning",
        "Audio", "AudioFeatures", "BuiltInMusic", "Spectra", "Pictures", "DataTables", "Matrices",
        "ContentHashing", "FileSystem", "TextFormatting",
      ]),
    library(
      "Exploration",
      [
        "FileSets", "Threads", "PictureData", "Pictures", "AudioData", "AudioFeatures",
        "DataTables", "Learning", "Matrices", "Statistics",
        "JSONText",
        "FileSystem",
        "ContentHashing", "TextFormatting", "CLinux",
      ]),
    library(
      "Conclusions",
      ["Exploration", "DataTables", "Learning", "Statistics", "Matrices", "TextFormatting"]),
    library(
      "Reporting",
      [
        "Conclusions", "Exploration", "AudioData", "DataTables", "Learning", "Statistics",
        "JSONText",
        "FileSystem", "TextFormatting", "Pictures",
      ]),
    library(
      "ExploreCommands",
      [
        "Reporting", "Conclusions", "Exploration", "ClassicalModels", "NeuralModels",
        "NeuralNetworks",
        "Transformations", "FileSets", "Threads", "PictureData", "AudioData", "AudioEffects",
        "AudioFeatures", "Audio", "BuiltInMusic",
        "Pictures", "Spectra",
        "DataTables", "TextFormatting", "FileSystem",
      ]),
    .executableTarget(
      name: "explore", dependencies: ["ExploreCommands"], swiftSettings: swiftSettings),

    .executableTarget(
      name: "benchmarks",
      dependencies: [
        "explore", "ProgramSupport", "ExploreCommands", "ClassicalModels", "DataTables",
        "FileSystem", "JSONText", "Learning", "Matrices", "Reporting", "TextFormatting",
        "Audio", "AudioFeatures", "Spectra", "CKernels", "NeuralModels", "NeuralNetworks",
        "Statistics", "Threads",
      ], path: "Benchmarks", exclude: ["network_accuracy.py"], swiftSettings: swiftSettings),
    .executableTarget(
      name: "explore-with-faulty-models", dependencies: ["ExploreCommands"],
      path: "Tests/FaultyModels", swiftSettings: swiftSettings),
    .target(
      name: "ProgramSupport", dependencies: ["FileSystem", "JSONText"],
      path: "Tests/ProgramSupport", swiftSettings: swiftSettings),
    tests("FileSystemTests", ["FileSystem"]),
    tests("ContentHashingTests", ["ContentHashing"]),
    tests("JSONTextTests", ["JSONText"]),
    tests("TextFormattingTests", ["TextFormatting"]),
    tests(
      "StatisticsTests", ["Statistics", "Matrices", "FileSystem", "JSONText"],
      exclude: ["Fixtures", "make_references.py"]),
    tests("MatricesTests", ["Matrices", "FileSystem"]),
    tests("LearningTests", ["Learning", "Matrices", "FileSystem", "JSONText"]),
    tests("TransformationsTests", ["Transformations", "Learning", "Matrices"]),
    tests("ClassicalModelsTests", ["ClassicalModels", "Learning", "Matrices"]),
    tests(
      "NeuralNetworksTests",
      [
        "NeuralNetworks", "CKernels", "Learning", "Matrices", "FileSystem", "JSONText",
        "ProgramSupport",
      ],
      exclude: ["Fixtures", "make_references.py"]),
    tests(
      "NeuralModelsTests",
      [
        "NeuralModels", "NeuralNetworks", "DataTables", "Learning", "Matrices", "FileSystem",
        "JSONText", "ProgramSupport",
      ], exclude: ["Fixtures", "make_references.py"]),
    tests(
      "ModelContractTests",
      [
        "ModelContract", "ExploreCommands", "ClassicalModels", "NeuralNetworks", "Transformations",
        "Learning",
        "Matrices", "JSONText", "FileSystem", "ProgramSupport",
      ], exclude: ["revisions.json"]),
    tests("PicturesTests", ["Pictures", "Matrices", "FileSystem"]),
    tests(
      "AudioTests", ["Audio", "CSndfile", "FileSystem", "ProgramSupport"],
      exclude: ["Fixtures", "make_references.py"]),
    tests("CKernelsTests", ["CKernels"]),
    tests("SpectraTests", ["Spectra", "Matrices", "FileSystem"]),
    tests(
      "AudioFeaturesTests",
      [
        "AudioFeatures", "Audio", "Spectra", "Matrices", "DataTables", "FileSystem", "JSONText",
        "ProgramSupport",
      ],
      exclude: ["Fixtures", "make_references.py", "make_spectrograms.py"]),
    tests(
      "AudioEffectsTests", ["AudioEffects", "Audio", "Spectra", "Matrices", "FileSystem"],
      exclude: ["Fixtures", "make_references.py"]),
    tests(
      "BuiltInMusicTests",
      [
        "BuiltInMusic", "AudioFeatures", "Audio", "ClassicalModels", "Transformations", "Learning",
        "Matrices",
      ]),
    tests(
      "PictureDataTests",
      [
        "PictureData", "Pictures", "FileSets", "DataTables", "Learning", "Matrices", "FileSystem",
        "JSONText", "ProgramSupport",
      ], exclude: ["Fixtures", "make_references.py"]),
    tests(
      "AudioDataTests",
      [
        "FileSets", "Threads", "Pictures", "PictureData",
        "AudioData", "AudioFeatures", "Audio", "BuiltInMusic", "DataTables", "Matrices",
        "FileSystem", "ProgramSupport", "Reporting", "CSndfile",
      ]),
    tests("DataTablesTests", ["DataTables", "Matrices", "FileSystem", "TextFormatting"]),
    tests(
      "ExplorationTests",
      [
        "Exploration", "ExploreCommands", "AudioData", "PictureData", "Pictures", "DataTables",
        "Learning", "Statistics",
        "Matrices", "JSONText",
        "FileSystem", "TextFormatting",
      ]),
    tests(
      "ConclusionsTests",
      [
        "Conclusions", "ExploreCommands", "Exploration", "Statistics", "DataTables", "Learning",
        "Matrices", "FileSystem", "TextFormatting",
      ]),
    tests("ReportingTests", ["Reporting", "Exploration", "Learning", "TextFormatting"]),
    tests("ExploreCommandsTests", ["ExploreCommands", "Exploration", "Learning", "FileSystem"]),
    tests(
      "ParityTests",
      [
        "explore", "ProgramSupport", "ClassicalModels", "Transformations", "DataTables", "Learning",
        "Matrices",
        "FileSystem", "JSONText", "TextFormatting",
      ], exclude: ["Fixtures", "make_references.py"]),
    tests(
      "EndToEndTests",
      [
        "benchmarks", "explore", "explore-with-faulty-models", "ProgramSupport", "ContentHashing",
        "FileSystem", "JSONText", "Matrices", "Audio", "Pictures", "BuiltInMusic",
      ], exclude: ["Snapshots"]),
  ],
  swiftLanguageModes: [.v6]
)

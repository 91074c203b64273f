import AudioData
import DataTables
import FileSystem
import JSONText
import Learning
import PictureData
import TextFormatting

/// What an experiment file asks for, checked as far as it can be without the data.
package struct Experiment: Sendable {
  package enum DataSource: Sendable, Equatable {
    case table(TableRequest)
    /// A built-in table, and patterns of the columns to keep; none for all.
    case builtIn(String, columns: [NamePattern])
    case sound(SoundRequest)
    case pictures(PictureRequest)
  }

  /// One representation of the data.
  package struct Input: Sendable, Equatable {
    /// Empty for the only input of an experiment without `inputs`.
    package var name: String
    package var data: DataSource
  }

  /// One way of dividing the rows.
  package struct SplitProtocol: Sendable, Equatable {
    /// Empty for the only protocol of an experiment without `protocols`.
    package var name: String
    package var split: SplitRequest
  }

  /// How training rows of rare classes are made to count as much as the others.
  package enum Balance: String, CaseIterable, Codable, Sendable {
    case none, weights, oversample
  }

  package struct Limits: Codable, Equatable, Sendable {
    /// Seconds a piece of work may take.
    package var seconds = 600.0
    /// Megabytes a piece of work may hold.
    package var megabytes = 4000.0
    /// The most threads a fit may work with; nil for the machine's cores, which a plan puts in.
    package var threads: Int?

    package init() {}
  }

  /// The file's text, kept with the run.
  package var text: String
  package var name: String
  package var seed: Int
  /// The representations of the data, one at least; transformations and models are crossed with them.
  package var inputs: [Input]
  package var scaling: Stage
  /// The ways of dividing the rows, one at least; transformations and models are crossed with them.
  package var protocols: [SplitProtocol]
  package var transformations: [TransformationChoice]
  package var models: [ModelChoice]
  /// Cells that are left out.
  package var skip: [NamePattern]
  /// The cells that are compared with each other; none for all.
  package var compare: [NamePattern]
  /// The shares of the training rows that the learning curve is drawn over, ascending; none for no
  /// curve.
  package var learningCurve: [Double]
  /// How the settings of a cell are chosen.
  package var tuner: Stage
  package var measure: Measure
  package var balance: Balance
  package var refit: Bool
  package var seeds: Int
  package var limits: Limits

  /// A transformation, scaling or tuner with the settings that the file gives it.
  package struct Stage: Codable, Equatable, Sendable {
    package var name: String
    /// An object; settings that are not in it have their defaults.
    package var settings: JSONNode

    package init(name: String, settings: JSONNode = [:]) {
      self.name = name
      self.settings = settings
    }
  }

  /// A row group of the table: a chain of stages, once for each combination of tuned settings.
  package struct TransformationChoice: Codable, Equatable, Sendable {
    package struct Variant: Codable, Equatable, Sendable {
      package var stages: [Stage]
      /// The tuned settings, as in `rbf.gamma=0.1`; empty when nothing is tuned.
      package var text: String
    }

    package var name: String
    package var variants: [Variant]
    /// What the variants were drawn from; nil where nothing is tuned.
    package var space: SearchSpace?
  }

  /// A column group of the table: a model, once for each combination of tuned settings.
  package struct ModelChoice: Codable, Equatable, Sendable {
    package struct Variant: Codable, Equatable, Sendable {
      package var settings: JSONNode
      /// The given settings, as in `k=5 weights=distance`.
      package var text: String
    }

    package var name: String
    /// The name in the registry.
    package var model: String
    package var variants: [Variant]
    /// What the variants were drawn from, one space each time the model is named; nil where nothing is
    /// tuned.
    package var spaces: [SearchSpace]?
  }
}

/// How rows are divided into training, validation and test parts.
package struct SplitRequest: Sendable, Equatable {
  package enum Kind: Sendable, Equatable {
    /// Shares of all rows.
    case holdout(validation: Double, test: Double)
    /// Each fold in turn is the test part.
    case folds(count: Int, repeats: Int, selection: FoldSelection)
    /// Each group in turn is the test part.
    case leaveOneGroupOut(selection: FoldSelection)
    /// The column says which fold a row is in.
    case officialFolds(column: String)
    /// The column says which part a row is in.
    case parts(column: String, validation: Double)
    /// The file lists the rows of each part.
    case file(Path, validation: Double)

    /// Whether each group is the test part once.
    package var isLeaveOneGroupOut: Bool {
      if case .leaveOneGroupOut = self { true } else { false }
    }
  }

  /// Which rows a fold's settings are selected on.
  package enum FoldSelection: Sendable, Equatable {
    /// A validation part of this share of all rows.
    case validation(Double)
    /// Folds of the rows outside the test fold.
    case inner(folds: Int)
  }

  package var kind: Kind
  package var isStratified = true
  /// Rows of a group may stand on both sides.
  package var isUngrouped = false
  /// The grouping to keep together; nil for the data's first.
  package var group: String?

  package init(_ kind: Kind) { self.kind = kind }

  /// Columns of text that the split needs.
  package var textColumns: [String] {
    switch kind {
    case .officialFolds(let column), .parts(let column, _): [column]
    default: []
    }
  }
}

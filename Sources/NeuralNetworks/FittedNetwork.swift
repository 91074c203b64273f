import JSONText
import Learning
import Matrices

/// A trained network.
///
/// Predictions of a row do not depend on the other rows. A saved one predicts the same bits when it is
/// loaded: the threads are saved with it.
public struct FittedNetwork<Architecture: NetworkModel>: FittedModel {
  /// What describes its layers.
  package let architecture: Architecture
  package let layout: RowLayout
  package let classes: Int
  package let threads: Int
  package let network: Network
  /// The arrays in the order of the network's parameters.
  package let arrays: [ShapedArray]
  private let executor: any Executor

  init(
    architecture: Architecture, layout: RowLayout, classes: Int, threads: Int, network: Network,
    arrays: [ShapedArray], executor: any Executor
  ) {
    self.architecture = architecture
    self.layout = layout
    self.classes = classes
    self.threads = threads
    self.network = network
    self.arrays = arrays
    self.executor = executor
  }

  /// The soft-max of the scores.
  ///
  /// - Throws: `FitError` when there is no memory to compute them.
  public func probabilities(of features: Matrix) throws -> Matrix {
    try scores(of: features).softmaxRows()
  }

  /// The rows computed at once.
  ///
  /// Always so many: with other numbers the last bits could differ. A row alone costs
  /// as much as all of them.
  private static var predictionBatch: Int { 8 }

  /// One score a class for each row, before the soft-max.
  ///
  /// - Precondition: the rows have the columns of ``layout``.
  /// - Throws: `FitError` when there is no memory to compute them.
  package func scores(of features: Matrix) throws -> Matrix {
    precondition(features.columns == layout.columns, "the network was trained for other rows")
    let options = CompilationOptions(
      batch: Self.predictionBatch, optimiser: nil, threads: threads)
    let compiled = try executor.compile(network, NetworkState(arrays), options)
    return try compiled.scores(of: features, classes: classes, batch: options.batch)
  }

  /// Whether it was trained for so many columns and classes; its arrays were compared with its layers
  /// when they were read.
  public func fits(columns: Int, classes: Int) -> Bool {
    columns == layout.columns && classes == self.classes
  }

  /// The same network, computed by another executor.
  package func computed(by executor: any Executor) -> FittedNetwork {
    FittedNetwork(
      architecture: architecture, layout: layout, classes: classes, threads: threads,
      network: network,
      arrays: arrays, executor: executor)
  }
}

extension FittedNetwork: Codable {
  private enum Key: CodingKey { case settings, layout, classes, threads, weights }

  /// An array's name.
  private struct ParameterName: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  /// Writes the settings, and each array under its name, as in `convolution1.weight`.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(try architecture.settingValues, forKey: .settings)
    try container.encode(layout, forKey: .layout)
    try container.encode(classes, forKey: .classes)
    try container.encode(threads, forKey: .threads)
    var weights = container.nestedContainer(keyedBy: ParameterName.self, forKey: .weights)
    for (named, array) in zip(network.parameters, arrays) {
      try weights.encode(array, forKey: ParameterName(stringValue: named.name))
    }
  }

  /// Reads a network, and compares its arrays with what its layers need.
  ///
  /// - Throws: `DecodingError` when they do not fit.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    func damaged(_ key: Key, _ reason: String) -> DecodingError {
      .dataCorruptedError(forKey: key, in: container, debugDescription: reason)
    }
    func number(_ key: Key, atMost most: Int) throws -> Int {
      let number = try container.decode(Int.self, forKey: key)
      guard 1...most ~= number else { throw damaged(key, "\(number) is out of range") }
      return number
    }
    let settings = try container.decode(JSONNode.self, forKey: .settings)
    let layout = try container.decode(RowLayout.self, forKey: .layout)
    let classes = try number(.classes, atMost: 1 << 20)
    let architecture: Architecture
    let network: Network
    do {
      architecture = try Architecture(readingSettings: settings)
      network = try architecture.network(for: layout.checked(), classes: classes)
    } catch {
      throw damaged(.settings, "\(error)")
    }
    let weights = try container.nestedContainer(keyedBy: ParameterName.self, forKey: .weights)
    let arrays = try network.parameters.map { named in
      let key = ParameterName(stringValue: named.name)
      let array = try weights.decode(ShapedArray.self, forKey: key)
      guard array.shape == named.parameter.shape, array.values.isFinite else {
        throw DecodingError.dataCorruptedError(
          forKey: key, in: weights,
          debugDescription: array.shape == named.parameter.shape
            ? "a number is infinite or none"
            : "its shape is \(array.shape), the layer needs \(named.parameter.shape)")
      }
      return array
    }
    self.init(
      architecture: architecture, layout: layout, classes: classes,
      threads: try number(.threads, atMost: 1 << 12), network: network,
      arrays: arrays, executor: standardExecutor)
  }
}

extension RowLayout {
  /// The layout, if it has sizes that rows can have.
  fileprivate func checked() throws -> RowLayout {
    let sizes = [features, picture?.channels ?? 1, picture?.height ?? 1, picture?.width ?? 1]
    guard sizes.allSatisfy({ 0...(1 << 20) ~= $0 }), picture == nil || sizes.dropFirst().min() != 0
    else { throw NetworkError(reason: "the layout has impossible sizes") }
    return self
  }
}

extension Component {
  /// The component with settings from a file, every one of which must be in its range.
  fileprivate init(readingSettings values: JSONNode) throws {
    let accepted = try Self.settings.map { setting in
      guard let value = values[setting.name] else {
        throw FitError.failed("“\(setting.name)” is missing")
      }
      do throws(SettingRefusal) {
        return JSONNode.Member(setting.name, try setting.domain.accept(value))
      } catch {
        throw FitError.failed("“\(setting.name)” must be \(error.expected)")
      }
    }
    try self.init(settings: JSONNode(.object(accepted)))
  }
}

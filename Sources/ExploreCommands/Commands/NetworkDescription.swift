import JSONText
import Learning
import NeuralNetworks
import TextFormatting

/// The layers of a network for rows of a layout, as `explore describe NAME --input SHAPE` shows them.
struct NetworkDescription {
  private let network: Network
  private let layout: RowLayout
  private let classes: Int
  private let cost: Cost

  /// nil when the command line asks for no layers.
  ///
  /// - Throws: `UsageError` for options that cannot be understood, ``BadInput`` for a model that is no
  ///   network, or for a network that cannot take the input.
  init?(_ arguments: ParsedArguments, name: String, registry: Registry) throws {
    guard let shape = arguments.value("--input") else {
      for option in ["--classes", "--set"] where arguments.has(option) {
        throw arguments.error(
          "\(option) goes with --input, which says what rows a network is given")
      }
      return nil
    }
    layout = try Self.layout(shape, arguments)
    classes = try arguments.number("--classes", in: 1...1_000_000) ?? 10
    guard let type = registry.model(named: name) as? any NetworkModel.Type else {
      let networks = registry.models.filter { $0 is any NetworkModel.Type }.map { $0.name }
      throw BadInput(
        "--input: “\(name)” is no network and has no layers; networks are "
          + networks.joined(separator: ", "))
    }
    (network, cost) = try Self.compose(type, arguments, layout, classes)
  }

  private static func compose<Kind: NetworkModel>(
    _ type: Kind.Type, _ arguments: ParsedArguments, _ layout: RowLayout, _ classes: Int
  ) throws -> (Network, Cost) {
    let values = try settings(of: type, arguments)
    do {
      let model = try Kind(settings: values)
      let network = try model.network(for: layout, classes: classes)
      return (
        network,
        model.cost(
          for: DataShape(rows: model.training.batch, layout: layout, classes: classes))
      )
    } catch {
      throw BadInput("\(type.name) with rows of \(layout): \(error)")
    }
  }

  /// As in `58`, `1x128x128` or `1x128x128+57`.
  private static func layout(
    _ text: String, _ arguments: ParsedArguments
  ) throws(UsageError) -> RowLayout {
    let parts = text.split(separator: "+", omittingEmptySubsequences: false)
    let sizes = (parts.first ?? "").split(separator: "x", omittingEmptySubsequences: false)
      .map { Int($0) }
    let most = 1 << 20
    let numbers = sizes.compactMap { $0 }.filter { (1...most).contains($0) }
    let behind = parts.count == 2 ? Int(parts[1]) ?? -1 : 0
    let isRight =
      numbers.count == sizes.count && (0...most).contains(behind)
      && (numbers.count == 1 && parts.count == 1 || numbers.count == 3 && parts.count <= 2)
    guard isRight else {
      throw arguments.error(
        "--input needs a number of features (58), channels x height x width of a picture "
          + "(1x128x128), or both (1x128x128+57), found “\(text)”")
    }
    return numbers.count == 1
      ? RowLayout(features: numbers[0])
      : RowLayout(
        picture: PictureShape(channels: numbers[0], height: numbers[1], width: numbers[2]),
        features: behind)
  }

  /// The values that `--set` gives, each accepted by its setting.
  private static func settings(
    of type: any Component.Type, _ arguments: ParsedArguments
  ) throws(UsageError) -> JSONNode {
    let declared = type.settings
    var members: [JSONNode.Member] = []
    for text in arguments.allValues("--set") {
      guard let equals = text.firstIndex(of: "=") else {
        throw arguments.error("--set needs a setting and its value, as in batch=8, found “\(text)”")
      }
      let name = String(text[..<equals])
      let value = String(text[text.index(after: equals)...])
      guard let setting = declared.first(where: { $0.name == name }) else {
        throw arguments.error(
          "--set: \(type.name) has no setting “\(name)”; "
            + suggestion(for: name, among: declared.map(\.name)))
      }
      guard !members.contains(where: { $0.name == name }) else {
        throw arguments.error("--set: “\(name)” is given twice")
      }
      // What is no number and no list is a name.
      let node = (try? JSONNode(parsing: value)) ?? JSONNode(value)
      do throws(SettingRefusal) {
        members.append(.init(name, try setting.domain.accept(node)))
      } catch {
        let near = error.suggestion.map { "; did you mean “\($0)”?" } ?? ""
        throw arguments.error("--set \(name): expected \(error.expected), found “\(value)”\(near)")
      }
    }
    return JSONNode(.object(members))
  }

  // MARK: Output

  private func parameters(of node: Network.Node) -> Int {
    node.parameters.reduce(0) { $0 + ($1.role == .trained ? $1.count : 0) }
  }

  var words: String {
    let rows = network.nodes.map { node in
      [
        node.name, node.layer.details, "\(node.shape)",
        parameters(of: node) > 0 ? grouped(parameters(of: node)) : "",
      ]
    }
    return columns(
      [["layer", "", "output", "parameters"]] + rows
        + [["total", "", "", grouped(network.parameterCount)]], leftAligned: [0, 1, 2])
      + "\nrows of \(layout), \(counted(classes, "class", plural: "classes"))\n"
      + "training needs about \(byteCount(cost.bytes)): \(cost.details)\n"
  }

  var json: JSONNode {
    [
      "layers": JSONNode(
        network.nodes.map { node in
          [
            "name": JSONNode(node.name), "kind": JSONNode(type(of: node.layer).kind),
            "details": JSONNode(node.layer.details),
            "output": JSONNode(node.shape.sizes.map { JSONNode($0) }),
            "parameters": JSONNode(parameters(of: node)),
          ]
        }), "parameters": JSONNode(network.parameterCount),
    ]
  }
}

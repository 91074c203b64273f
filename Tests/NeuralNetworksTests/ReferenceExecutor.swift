import Glibc
import Learning
import Matrices
import NeuralNetworks

/// Networks by the plainest loops there are, a second opinion for every other executor.
///
/// All is computed in double precision; numbers are rounded to single precision only where they are kept.
struct ReferenceExecutor: Executor {
  func compile(
    _ network: Network, _ state: NetworkState, _ options: CompilationOptions
  ) throws -> any CompiledNetwork {
    ReferenceNetwork(network, state, options.optimiser)
  }

  func bytes(for network: Network, _ options: CompilationOptions) -> Double {
    Double(4 * network.parameterCount * (2 + (options.optimiser?.moments ?? 0)))
  }
}

/// A network with what the last forward pass left for the backward pass.
final class ReferenceNetwork: CompiledNetwork {
  private let network: Network
  private let optimiser: Optimiser?
  /// Those of a row, whether an input reads them or not.
  private let columns: Int
  /// The arrays in the order of the network's parameters.
  private var parameters: [[Float]]
  private var moments: [[[Float]]]
  /// The first parameter of each node.
  private let firstParameter: [Int]
  /// Each node's values: rows × elements.
  private var values: [[Double]] = []
  /// What a node notes for the way back: places of the largest, means, scales, masks.
  private var notes: [[Double]] = []
  private var count = 0
  private var isTraining = false
  /// The scores that the caller may read until the next call.
  private var given: UnsafeMutablePointer<Float>?

  init(_ network: Network, _ state: NetworkState, _ optimiser: Optimiser?) {
    self.network = network
    self.optimiser = optimiser
    parameters = state.arrays.map { $0.values.rowElements(0) }
    let zeros = parameters.map { [Float](repeating: 0, count: $0.count) }
    moments = [[[Float]]](repeating: zeros, count: optimiser?.moments ?? 0)
    var next = 0
    firstParameter = network.nodes.map { node in
      defer { next += node.parameters.count }
      return next
    }
    columns =
      network.nodes.compactMap { node in
        (node.layer as? Input)?.rowColumns
      }.first ?? 0
  }

  var bytes: Int { parameters.reduce(0) { $0 + 4 * $1.count } }

  deinit { given?.deallocate() }

  // MARK: Forward

  func forward(
    _ rows: UnsafePointer<Float>, count: Int, training seed: UInt64?
  ) throws -> UnsafePointer<Float> {
    self.count = count
    isTraining = seed != nil
    values = []
    notes = []
    var random = RandomStream(seed: seed ?? 0)
    for index in network.nodes.indices {
      let node = network.nodes[index]
      var noted: [Double] = []
      let given = node.inputs.map { values[$0] }
      let shapes = node.inputs.map { network.nodes[$0].shape }
      let size = node.shape.count
      switch node.layer {
      case let layer as Input:
        values.append(
          (0..<count * size).map { place in
            Double(rows[place / size * columns + layer.firstColumn + place % size])
          })
      case is Flatten: values.append(given[0])
      case is Dense: values.append(dense(index, given[0], shapes[0].count, size))
      case let layer as Convolution:
        values.append(convolution(layer, index, given[0], shapes[0], node.shape))
      case let layer as BatchNormalisation:
        values.append(normalise(layer, index, given[0], shapes[0], &noted))
      case let layer as Activation: values.append(given[0].map { activation(layer.function, $0) })
      case let layer as Pooling:
        values.append(pool(layer, given[0], shapes[0], node.shape, &noted))
      case let layer as GlobalPooling:
        values.append(pool(layer, given[0], shapes[0], &noted))
      case let layer as Dropout:
        noted = mask(layer, shapes[0], &random)
        values.append(zip(given[0], noted).map { $0 * $1 })
      case is Addition:
        values.append((0..<count * size).map { place in given.reduce(0) { $0 + $1[place] } })
      case is Multiplication:
        let repeats = shapes[0].count / shapes[1].count
        values.append((0..<count * size).map { given[0][$0] * given[1][$0 / repeats] })
      case is Concatenation:
        values.append(
          (0..<count).flatMap { row in
            zip(given, shapes).flatMap { $0[row * $1.count..<(row + 1) * $1.count] }
          })
      default: throw FitError.failed("there is no reference for \(type(of: node.layer).kind)")
      }
      notes.append(noted)
    }
    let scores = values[network.output].map { Float($0) }
    let kept = UnsafeMutablePointer<Float>.allocate(capacity: scores.count)
    kept.initialize(from: scores, count: scores.count)
    self.given?.deallocate()
    self.given = kept
    return UnsafePointer(kept)
  }

  private func parameter(_ index: Int, _ number: Int) -> [Float] {
    parameters[firstParameter[index] + number]
  }

  private func dense(_ index: Int, _ x: [Double], _ inputs: Int, _ outputs: Int) -> [Double] {
    let weight = parameter(index, 0)
    let hasBias = network.nodes[index].parameters.count > 1
    let bias = hasBias ? parameter(index, 1) : [Float](repeating: 0, count: outputs)
    var y = [Double](repeating: 0, count: count * outputs)
    for row in 0..<count {
      for output in 0..<outputs {
        var sum = Double(bias[output])
        for input in 0..<inputs {
          sum += Double(weight[output * inputs + input]) * x[row * inputs + input]
        }
        y[row * outputs + output] = sum
      }
    }
    return y
  }

  /// Calls a closure with the places of input, weight and output of every product.
  private func eachProduct(
    _ layer: Convolution, _ from: TensorShape, _ to: TensorShape, _ body: (Int, Int, Int) -> Void
  ) {
    let (inputs, height, width) = (from.sizes[0], from.sizes[1], from.sizes[2])
    let side = layer.kernel
    for row in 0..<count {
      for channel in 0..<to.sizes[0] {
        for y in 0..<to.sizes[1] {
          for x in 0..<to.sizes[2] {
            let output = ((row * to.sizes[0] + channel) * to.sizes[1] + y) * to.sizes[2] + x
            for input in 0..<inputs {
              for ky in 0..<side {
                let sourceY = y * layer.stride + ky - layer.padding
                guard 0..<height ~= sourceY else { continue }
                for kx in 0..<side {
                  let sourceX = x * layer.stride + kx - layer.padding
                  guard 0..<width ~= sourceX else { continue }
                  body(
                    ((row * inputs + input) * height + sourceY) * width + sourceX,
                    ((channel * inputs + input) * side + ky) * side + kx, output)
                }
              }
            }
          }
        }
      }
    }
  }

  private func convolution(
    _ layer: Convolution, _ index: Int, _ x: [Double], _ from: TensorShape, _ to: TensorShape
  ) -> [Double] {
    let weight = parameter(index, 0)
    let area = to.sizes[1] * to.sizes[2]
    var result = [Double](repeating: 0, count: count * to.count)
    if layer.hasBias {
      let bias = parameter(index, 1)
      for place in result.indices { result[place] = Double(bias[place / area % to.sizes[0]]) }
    }
    eachProduct(layer, from, to) { result[$2] += Double(weight[$1]) * x[$0] }
    return result
  }

  /// Notes, for each channel, the mean and one over the deviation.
  private func normalise(
    _ layer: BatchNormalisation, _ index: Int, _ x: [Double], _ shape: TensorShape,
    _ noted: inout [Double]
  ) -> [Double] {
    let channels = shape.sizes[0]
    let area = shape.count / channels
    let number = Double(count * area)
    let (weight, bias) = (parameter(index, 0), parameter(index, 1))
    var result = x
    for channel in 0..<channels {
      let places = (0..<count).flatMap { row in
        (0..<area).map { (row * channels + channel) * area + $0 }
      }
      var mean = Double(parameter(index, 2)[channel])
      var variance = Double(parameter(index, 3)[channel])
      if isTraining {
        mean = places.reduce(0) { $0 + x[$1] } / number
        variance = places.reduce(0) { $0 + (x[$1] - mean) * (x[$1] - mean) } / number
        let first = firstParameter[index]
        func move(_ array: Int, _ value: Double) {
          let old = Double(parameters[first + array][channel])
          parameters[first + array][channel] = Float(
            (1 - layer.momentum) * old + layer.momentum * value)
        }
        move(2, mean)
        move(3, variance * number / max(1, number - 1))
      }
      let scale = 1 / (variance + layer.epsilon).squareRoot()
      noted += [mean, scale]
      for place in places {
        result[place] =
          (x[place] - mean) * scale * Double(weight[channel]) + Double(bias[channel])
      }
    }
    return result
  }

  private func activation(_ function: Activation.Function, _ x: Double) -> Double {
    switch function {
    case .relu: max(x, 0)
    case .leakyRelu(let slope): x > 0 ? x : slope * x
    case .sigmoid: 1 / (1 + exp(-x))
    case .tanh: Glibc.tanh(x)
    }
  }

  /// The places of the window behind each output.
  private func window(_ layer: Pooling, _ output: Int, _ from: TensorShape, _ to: TensorShape)
    -> [Int]
  {
    let x = output % to.sizes[2]
    let y = output / to.sizes[2] % to.sizes[1]
    let channel = output / (to.sizes[1] * to.sizes[2])
    return (0..<layer.size * layer.size).map { place in
      (channel * from.sizes[1] + y * layer.size + place / layer.size) * from.sizes[2]
        + x * layer.size + place % layer.size
    }
  }

  private func pool(
    _ layer: Pooling, _ x: [Double], _ from: TensorShape, _ to: TensorShape,
    _ noted: inout [Double]
  ) -> [Double] {
    (0..<count * to.count).map { output in
      let window = window(layer, output, from, to)
      return pool(layer.statistic, x, window, &noted)
    }
  }

  private func pool(
    _ layer: GlobalPooling, _ x: [Double], _ from: TensorShape, _ noted: inout [Double]
  ) -> [Double] {
    let area = from.count / from.sizes[0]
    return (0..<count * from.sizes[0]).map { output in
      pool(layer.statistic, x, (0..<area).map { output * area + $0 }, &noted)
    }
  }

  private func pool(
    _ statistic: Pooling.Statistic, _ x: [Double], _ window: [Int], _ noted: inout [Double]
  ) -> Double {
    if statistic == .average { return window.reduce(0) { $0 + x[$1] } / Double(window.count) }
    var best = window[0]
    for place in window where x[place] > x[best] { best = place }
    noted.append(Double(best))
    return x[best]
  }

  private func mask(
    _ layer: Dropout, _ shape: TensorShape, _ random: inout RandomStream
  ) -> [Double] {
    guard isTraining, layer.rate > 0 else {
      return [Double](repeating: 1, count: count * shape.count)
    }
    let unit =
      switch layer.unit {
      case .elements: 1
      case .channels: shape.count / shape.sizes[0]
      case .samples: shape.count
      }
    return (0..<count * shape.count / unit).flatMap { _ in
      [Double](
        repeating: random.uniform() < layer.rate ? 0 : 1 / (1 - layer.rate), count: unit)
    }
  }

  // MARK: Backward

  private func backpropagate(
    _ scoreGradients: UnsafePointer<Float>
  ) -> (parameters: [[Double]], rows: [Double]) {
    var gradients = parameters.map { [Double](repeating: 0, count: $0.count) }
    var flowing = values.map { [Double](repeating: 0, count: $0.count) }
    var rows = [Double](repeating: 0, count: count * columns)
    for place in flowing[network.output].indices {
      flowing[network.output][place] = Double(scoreGradients[place])
    }
    for index in network.nodes.indices.reversed() {
      let node = network.nodes[index]
      let dy = flowing[index]
      let x = node.inputs.map { values[$0] }
      let shapes = node.inputs.map { network.nodes[$0].shape }
      let first = firstParameter[index]
      var dx = x.map { [Double](repeating: 0, count: $0.count) }
      let size = node.shape.count
      switch node.layer {
      case let layer as Input:
        for place in dy.indices {
          rows[place / size * columns + layer.firstColumn + place % size] += dy[place]
        }
      case is Flatten: dx[0] = dy
      case is Dense:
        let inputs = shapes[0].count
        let weight = parameters[first]
        for row in 0..<count {
          for output in 0..<size {
            let d = dy[row * size + output]
            if node.parameters.count > 1 { gradients[first + 1][output] += d }
            for input in 0..<inputs {
              gradients[first][output * inputs + input] += d * x[0][row * inputs + input]
              dx[0][row * inputs + input] += d * Double(weight[output * inputs + input])
            }
          }
        }
      case let layer as Convolution:
        let weight = parameters[first]
        let area = node.shape.sizes[1] * node.shape.sizes[2]
        if layer.hasBias {
          for place in dy.indices {
            gradients[first + 1][place / area % layer.channels] += dy[place]
          }
        }
        eachProduct(layer, shapes[0], node.shape) {
          gradients[first][$1] += dy[$2] * x[0][$0]
          dx[0][$0] += dy[$2] * Double(weight[$1])
        }
      case is BatchNormalisation:
        normaliseBack(index, x[0], dy, shapes[0], &gradients, &dx[0])
      case let layer as Activation:
        let y = values[index]
        for place in dy.indices {
          switch layer.function {
          case .relu: dx[0][place] = x[0][place] > 0 ? dy[place] : 0
          case .leakyRelu(let slope):
            dx[0][place] = dy[place] * (x[0][place] > 0 ? 1 : slope)
          case .sigmoid: dx[0][place] = dy[place] * y[place] * (1 - y[place])
          case .tanh: dx[0][place] = dy[place] * (1 - y[place] * y[place])
          }
        }
      case let layer as Pooling:
        for output in dy.indices {
          spread(layer.statistic, dy, output, window(layer, output, shapes[0], node.shape), index) {
            dx[0][$0] += $1
          }
        }
      case let layer as GlobalPooling:
        let area = shapes[0].count / shapes[0].sizes[0]
        for output in dy.indices {
          spread(layer.statistic, dy, output, (0..<area).map { output * area + $0 }, index) {
            dx[0][$0] += $1
          }
        }
      case is Dropout: dx[0] = zip(dy, notes[index]).map { $0 * $1 }
      case is Addition: for input in dx.indices { dx[input] = dy }
      case is Multiplication:
        let repeats = shapes[0].count / shapes[1].count
        for place in dy.indices {
          dx[0][place] += dy[place] * x[1][place / repeats]
          dx[1][place / repeats] += dy[place] * x[0][place]
        }
      case is Concatenation:
        var start = 0
        for (input, shape) in shapes.enumerated() {
          for row in 0..<count {
            for place in 0..<shape.count {
              dx[input][row * shape.count + place] = dy[row * size + start + place]
            }
          }
          start += shape.count
        }
      default: break
      }
      for (input, own) in zip(node.inputs, dx) {
        for place in own.indices { flowing[input][place] += own[place] }
      }
    }
    return (gradients, rows)
  }

  private func spread(
    _ statistic: Pooling.Statistic, _ dy: [Double], _ output: Int, _ window: [Int], _ index: Int,
    _ add: (Int, Double) -> Void
  ) {
    switch statistic {
    case .max: add(Int(notes[index][output]), dy[output])
    case .average: for place in window { add(place, dy[output] / Double(window.count)) }
    }
  }

  private func normaliseBack(
    _ index: Int, _ x: [Double], _ dy: [Double], _ shape: TensorShape,
    _ gradients: inout [[Double]], _ dx: inout [Double]
  ) {
    let channels = shape.sizes[0]
    let area = shape.count / channels
    let number = Double(count * area)
    let first = firstParameter[index]
    for channel in 0..<channels {
      let (mean, scale) = (notes[index][2 * channel], notes[index][2 * channel + 1])
      let weight = Double(parameters[first][channel])
      let places = (0..<count).flatMap { row in
        (0..<area).map { (row * channels + channel) * area + $0 }
      }
      var (sum, products) = (0.0, 0.0)
      for place in places {
        sum += dy[place]
        products += dy[place] * (x[place] - mean) * scale
      }
      gradients[first][channel] += products
      gradients[first + 1][channel] += sum
      for place in places {
        let normal = (x[place] - mean) * scale
        dx[place] = weight * scale * (dy[place] - sum / number - normal * products / number)
      }
    }
  }

  func gradients(
    _ scoreGradients: UnsafePointer<Float>
  ) throws -> (parameters: [ShapedArray], rows: Matrix) {
    let (gradients, rows) = backpropagate(scoreGradients)
    let arrays = zip(network.parameters, gradients).map { named, values in
      ShapedArray(shape: named.parameter.shape) { span in
        for place in values.indices { span[place] = Float(values[place]) }
      }
    }
    return (arrays, Matrix(rows: count, columns: columns, elements: rows.map { Float($0) }))
  }

  func backward(_ scoreGradients: UnsafePointer<Float>, _ step: OptimiserStep) throws {
    var gradients = backpropagate(scoreGradients).parameters
    let trained = network.parameters.indices.filter {
      network.parameters[$0].parameter.role == .trained
    }
    if let most = step.clipNorm {
      let norm = trained.reduce(0) { $0 + gradients[$1].reduce(0) { $0 + $1 * $1 } }.squareRoot()
      let share = min(1, most / (norm + 1e-6))
      for index in trained { gradients[index] = gradients[index].map { $0 * share } }
    }
    for index in trained {
      for place in parameters[index].indices {
        update(index, place, gradients[index][place], step)
      }
    }
  }

  private func update(_ index: Int, _ place: Int, _ gradient: Double, _ step: OptimiserStep) {
    var p = Double(parameters[index][place])
    let g = gradient + step.l2 * p
    p -= step.rate * step.weightDecay * p
    switch step.optimiser {
    case .sgd(let momentum):
      var velocity = g
      if momentum > 0 {
        velocity += momentum * Double(moments[0][index][place])
        moments[0][index][place] = Float(velocity)
      }
      p -= step.rate * velocity
    case .adam(let beta1, let beta2, let epsilon):
      let m = beta1 * Double(moments[0][index][place]) + (1 - beta1) * g
      let v = beta2 * Double(moments[1][index][place]) + (1 - beta2) * g * g
      moments[0][index][place] = Float(m)
      moments[1][index][place] = Float(v)
      let t = Double(step.number)
      p -=
        step.rate * (m / (1 - pow(beta1, t)))
        / ((v / (1 - pow(beta2, t))).squareRoot() + epsilon)
    }
    parameters[index][place] = Float(p)
  }

  // MARK: State

  private func state(_ arrays: [[Float]]) -> NetworkState {
    NetworkState(
      zip(network.parameters, arrays).map { named, values in
        ShapedArray(
          shape: named.parameter.shape,
          values: Matrix(rows: 1, columns: values.count, elements: values))
      })
  }

  var isFinite: Bool { parameters.allSatisfy { $0.allSatisfy(\.isFinite) } }
  func state() -> NetworkState { state(parameters) }
  func load(_ state: NetworkState) { parameters = state.arrays.map { $0.values.rowElements(0) } }
  func optimiserState() -> [NetworkState] { moments.map { state($0) } }
  func lentArrays() -> [[LentArray]] {
    ([state()] + optimiserState()).map { state in
      state.arrays.map { array in
        LentArray(shape: array.shape) { body in array.values.withBytes { body($0) } }
      }
    }
  }
  func load(optimiserState: [NetworkState]) {
    moments = optimiserState.map { $0.arrays.map { $0.values.rowElements(0) } }
  }
}

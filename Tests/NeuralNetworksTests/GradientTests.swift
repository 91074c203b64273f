import Learning
import NeuralNetworks
import Testing

/// A small network whose gradients are compared with differences.
struct GradientCase: CustomTestStringConvertible, Sendable {
  let testDescription: String
  var batch = 3
  var unnoticedKinks = 0.0
  let describe: @Sendable () throws -> Signal

  init(
    _ name: String, batch: Int = 3, unnoticedKinks: Double = 0,
    _ describe: @escaping @Sendable () throws -> Signal
  ) {
    testDescription = name
    self.batch = batch
    self.unnoticedKinks = unnoticedKinks
    self.describe = describe
  }
}

func vector(_ count: Int) throws -> Signal {
  try NetworkInput(RowLayout(features: count)).columns()
}

func picture(_ channels: Int, _ height: Int, _ width: Int) throws -> Signal {
  try NetworkInput(
    RowLayout(picture: PictureShape(channels: channels, height: height, width: width), features: 0)
  ).picture()
}

/// Two convolutions with a shortcut, as in residual networks.
func residualBlock(
  _ signal: Signal, _ channels: Int, stride: Int, smooth: Bool = false
) throws -> Signal {
  func activated(_ signal: Signal) throws -> Signal {
    smooth ? try signal.tanh() : try signal.relu()
  }
  let body = try activated(
    signal.convolution(channels, stride: stride, padding: 1, bias: false).batchNormalisation()
  ).convolution(channels, padding: 1, bias: false).batchNormalisation()
  let shortcut =
    stride != 1 || signal.shape.sizes[0] != channels
    ? try signal.convolution(channels, kernel: 1, stride: stride, bias: false)
      .batchNormalisation() : signal
  return try activated(body.adding(shortcut))
}

@Suite struct GradientTests {
  static let vectors = [
    GradientCase("dense and tanh") { try vector(7).dense(5).tanh().dense(3) },
    GradientCase("dense without bias, sigmoid") {
      try vector(7).dense(17, bias: false).sigmoid().dense(3)
    },
    GradientCase("dense and ReLU", unnoticedKinks: 0.04) {
      try vector(7).dense(17).relu().dense(3)
    },
    GradientCase("leaky ReLU", batch: 5, unnoticedKinks: 0.04) {
      try vector(7).dense(17).batchNormalisation().leakyRelu(slope: 0.3).dense(3)
    },
    GradientCase("leaky ReLU that falls", unnoticedKinks: 0.04) {
      try vector(7).dense(9).leakyRelu(slope: -0.5).dense(3)
    },
    GradientCase("ReLU before normalisation", batch: 6, unnoticedKinks: 0.04) {
      try vector(7).dense(19).relu().batchNormalisation().dense(3)
    },
    GradientCase("dropout of elements") { try vector(9).dense(17).dropout(0.4).dense(3) },
    GradientCase("dropout of samples", batch: 6) {
      try vector(9).dense(17).dropout(0.4, of: .samples).dense(3)
    },
    GradientCase("concatenation") {
      let signal = try vector(5)
      return try signal.dense(3).concatenated(with: signal, signal.dense(18).tanh()).dense(2)
    },
    GradientCase("one signal used twice by an addition") {
      let signal = try vector(5).dense(6)
      return try signal.adding(signal).dense(2)
    },
    GradientCase("a signal with four consumers") {
      let signal = try vector(5).dense(6).tanh()
      let first = try signal.dense(6).adding(signal)
      return try first.multiplied(by: signal).adding(signal.sigmoid()).dense(2)
    },
    GradientCase("pictures and features", batch: 4) {
      let input = NetworkInput(
        RowLayout(picture: PictureShape(height: 5, width: 7), features: 3))
      let features = try #require(try input.features())
      return try input.picture().convolution(17, padding: 1).tanh().flattened()
        .concatenated(with: features).dense(9).batchNormalisation().dense(3)
    },
    GradientCase("Winograd's convolutions") {
      try picture(2, 18, 17).convolution(32, padding: 1).tanh().convolution(16, padding: 1).tanh()
        .convolution(32).tanh().globalAveragePooling().dense(4)
    },
    GradientCase("a kernel that lies in the padding") {
      try picture(3, 6, 5).convolution(16, kernel: 2, stride: 2, padding: 3, bias: false)
        .batchNormalisation().tanh().flattened().dense(3)
    },
  ]

  @Test(arguments: vectors) func gradientsAreThoseOfTheScores(_ given: GradientCase) throws {
    try compare(given, given.describe())
  }

  static let pictures: [@Sendable (Int) -> GradientCase] = [
    { c in GradientCase("convolution") { try picture(c, 5, 7).convolution(17, padding: 1) } },
    { c in
      GradientCase("convolutions and leaky ReLU", unnoticedKinks: 0.04) {
        try picture(c, 5, 7).convolution(32, padding: 1).leakyRelu(slope: 0.5)
          .convolution(17, kernel: 2, stride: 2, bias: false)
      }
    },
    { c in
      GradientCase("1 × 1 with stride") {
        try picture(c, 5, 7).convolution(32, kernel: 1, stride: 2)
      }
    },
    { c in
      GradientCase("normalisation") {
        try picture(c, 5, 7).convolution(17, bias: false).batchNormalisation().tanh()
      }
    },
    { c in
      GradientCase("normalisation and ReLU", unnoticedKinks: 0.04) {
        try picture(c, 5, 7).convolution(17).relu().batchNormalisation().relu()
      }
    },
    { c in
      GradientCase("pooling the largest") {
        try picture(c, 5, 7).convolution(17, padding: 1).maxPooling(2)
      }
    },
    { c in
      GradientCase("pooling the mean") {
        try picture(c, 5, 7).convolution(32, padding: 1).averagePooling(3)
      }
    },
    { c in
      GradientCase("pooling globally") {
        let signal = try picture(c, 5, 7).convolution(17, padding: 1)
        return try signal.globalAveragePooling().concatenated(with: signal.globalMaxPooling())
      }
    },
    { c in
      GradientCase("residual blocks", unnoticedKinks: 0.04) {
        try residualBlock(residualBlock(picture(c, 5, 7), 32, stride: 2), 32, stride: 1)
      }
    },
    { c in
      GradientCase("residual blocks of 17 channels", unnoticedKinks: 0.04) {
        try residualBlock(picture(c, 5, 7), 17, stride: 1)
      }
    },
    { c in
      GradientCase("smooth residual blocks") {
        try residualBlock(
          residualBlock(picture(c, 5, 7), 32, stride: 2, smooth: true), 32, stride: 1, smooth: true)
      }
    },
    { c in
      GradientCase("normalisation of a sum with a rectified picture", unnoticedKinks: 0.04) {
        let signal = try picture(c, 5, 7).convolution(32, padding: 1)
        return try signal.batchNormalisation().relu().adding(signal).batchNormalisation()
      }
    },
    { c in
      GradientCase("dropout of channels") {
        try picture(c, 5, 7).convolution(17, padding: 1).dropout(0.4, of: .channels)
      }
    },
    { c in
      GradientCase("concatenated channels") {
        let signal = try picture(c, 5, 7).convolution(17, padding: 1)
        return try signal.concatenated(with: signal.convolution(3, padding: 1), signal)
      }
    },
    { c in
      GradientCase("channels scaled by a vector") {
        let signal = try picture(c, 5, 7).convolution(17, padding: 1)
        return try signal.multiplied(
          by: signal.globalAveragePooling().dense(4).tanh().dense(17).sigmoid())
      }
    },
    { c in
      GradientCase("a product of pictures") {
        let signal = try picture(c, 5, 7).convolution(32, padding: 1)
        return try signal.multiplied(by: signal.convolution(32, kernel: 1).tanh())
      }
    },
  ]

  @Test(arguments: [1, 3, 17, 32], Array(pictures.indices))
  func gradientsOfPicturesAreThoseOfTheScores(_ channels: Int, _ index: Int) throws {
    let given = Self.pictures[index](channels)
    let signal = try given.describe()
    try compare(given, signal.shape.isVector ? signal.dense(4) : signal.flattened().dense(4))
  }

  private func compare(_ given: GradientCase, _ signal: Signal) throws {
    let problems = try FiniteDifferences(
      network: Network(to: signal), batch: given.batch, unnoticedKinks: given.unnoticedKinks
    ).problems()
    #expect(problems.isEmpty, "\(given.testDescription): \(problems.prefix(5))")
  }
}

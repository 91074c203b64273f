/// The four bytes before each frame of MPEG audio (ISO/IEC 11172-3, section 2.4.1.3, and 13818-3).
struct MPEGFrameHeader {
  /// 1 to 3, as in MP3.
  let layer: Int
  let sampleRate: Int
  /// Samples of each channel.
  let samples: Int
  /// The whole frame with these four bytes; nil where the bit rate is of the encoder's own choice.
  let bytes: Int?
  /// Bytes between the header and the samples.
  let sideBytes: Int
  private let isFirstVersion: Bool

  /// - Parameter word: the bytes, the first on top; nil is returned for what is no such header.
  init?(_ word: UInt32) {
    func field(_ shift: UInt32, _ bits: UInt32) -> Int { Int(word >> shift & (1 << bits - 1)) }
    let (version, layerCode, rateCode, bitCode) = (
      field(19, 2), field(17, 2), field(10, 2), field(12, 4)
    )
    guard field(21, 11) == 0x7FF, version != 1, layerCode != 0, rateCode != 3, bitCode != 15,
      field(0, 2) != 2
    else { return nil }
    layer = 4 - layerCode
    isFirstVersion = version == 3
    sampleRate = [44100, 48000, 32000][rateCode] / (isFirstVersion ? 1 : version == 2 ? 2 : 4)
    let isMono = field(6, 2) == 3
    sideBytes =
      isFirstVersion ? (isMono ? 17 : 32) : (isMono ? 9 : 17)
    samples = layer == 1 ? 384 : layer == 3 && !isFirstVersion ? 576 : 1152
    guard bitCode > 0 else {
      bytes = nil
      return
    }
    let rates = Self.kilobits[isFirstVersion ? layer - 1 : layer == 1 ? 3 : 4]
    let slot = layer == 1 ? 4 : 1
    let slots = samples / 8 / slot * rates[bitCode - 1] * 1000 / sampleRate + field(9, 1)
    bytes = slots * slot
  }

  /// Whether two frames can be of one stream.
  func fits(_ other: MPEGFrameHeader) -> Bool {
    layer == other.layer && sampleRate == other.sampleRate
  }

  /// Layers 1 to 3 of MPEG-1, then layer 1 and the others of MPEG-2.
  private static let kilobits = [
    [32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
    [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
    [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
    [32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
    [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
  ]
}

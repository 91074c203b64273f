import CXXHash

/// A 128-bit name for content: equal bytes give equal names on every machine (XXH3, Collet 2019).
///
/// Not cryptographic: it protects against accidents, not against forgery.
package struct ContentHash: Hashable, Sendable, Comparable, CustomStringConvertible {
  package let high: UInt64
  package let low: UInt64

  package init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  package init(of bytes: UnsafeRawBufferPointer) {
    let hash = XXH3_128bits(bytes.baseAddress, bytes.count)
    self.init(high: hash.high64, low: hash.low64)
  }

  package init(of bytes: [UInt8]) {
    self = bytes.withUnsafeBytes { ContentHash(of: $0) }
  }

  package init(of text: String) {
    self.init(of: Array(text.utf8))
  }

  /// 32 hexadecimal digits.
  package var description: String {
    func hexadecimal(_ half: UInt64) -> String {
      let digits = String(half, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }
    return hexadecimal(high) + hexadecimal(low)
  }

  /// - Parameter text: 32 hexadecimal digits.
  package init?(_ text: String) {
    guard text.utf8.count == 32, let high = UInt64(text.prefix(16), radix: 16),
      let low = UInt64(text.suffix(16), radix: 16)
    else { return nil }
    self.init(high: high, low: low)
  }

  package static func < (left: ContentHash, right: ContentHash) -> Bool {
    (left.high, left.low) < (right.high, right.low)
  }
}

/// The hash of bytes that come in blocks: the same as of all of them at once.
package struct StreamHasher: ~Copyable {
  private let state = XXH3_createState()

  package init() { XXH3_128bits_reset(state) }

  deinit { XXH3_freeState(state) }

  package mutating func add(_ bytes: UnsafeRawBufferPointer) {
    XXH3_128bits_update(state, bytes.baseAddress, bytes.count)
  }

  package var hash: ContentHash {
    let hash = XXH3_128bits_digest(state)
    return ContentHash(high: hash.high64, low: hash.low64)
  }
}

/// Builds the hash of several parts, so that moving a byte from one part to the next changes it.
package struct ContentHasher {
  private var parts: [UInt8] = []

  package init() {}

  package mutating func add(_ text: String) {
    add(Array(text.utf8).withUnsafeBytes { ContentHash(of: $0) })
    add(text.utf8.count)
  }

  package mutating func add(_ hash: ContentHash) {
    add(Int(truncatingIfNeeded: hash.high))
    add(Int(truncatingIfNeeded: hash.low))
  }

  package mutating func add(_ number: Int) {
    withUnsafeBytes(of: number.littleEndian) { parts.append(contentsOf: $0) }
  }

  package mutating func add(_ numbers: [Int]) {
    add(numbers.count)
    add(numbers.withUnsafeBytes { ContentHash(of: $0) })
  }

  package var hash: ContentHash { ContentHash(of: parts) }
}

/// A 64-bit hash of bytes, for tables of rows and checks of records.
package func shortHash(of bytes: UnsafeRawBufferPointer) -> UInt64 {
  XXH3_64bits(bytes.baseAddress, bytes.count)
}

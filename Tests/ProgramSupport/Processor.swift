import FileSystem

/// What the processor can do, whatever is made use of.
package enum Processor {
  /// 256-bit vectors and fused products.
  package static let hasAVX2: Bool = {
    let text = (try? Path("/proc/cpuinfo").readText()) ?? ""
    let flags = text.split(separator: "\n").first { $0.hasPrefix("flags") } ?? ""
    let words = flags.split(separator: " ")
    return words.contains("avx2") && words.contains("fma")
  }()
}

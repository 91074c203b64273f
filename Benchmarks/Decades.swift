import Glibc
import TextFormatting

/// A power of ten as seconds, as in “100 s” or “10 ms”.
func seconds(decade exponent: Double) -> String {
  let (unit, shift) = exponent >= 0 ? ("s", 0.0) : exponent >= -3 ? ("ms", 3) : ("µs", 6)
  return "\(fixed(pow(10, exponent + shift), decimals: 0)) \(unit)"
}

/// A power of ten as it is written, as in “10⁴”.
func power(ofTen exponent: Double) -> String {
  let digits = Array("⁰¹²³⁴⁵⁶⁷⁸⁹")
  return "10"
    + String(Int(exponent)).compactMap { $0.wholeNumberValue.map { String(digits[$0]) } }.joined()
}

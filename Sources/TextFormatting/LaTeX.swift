/// Text as LaTeX sets it in any document, without a package: signs with a meaning are escaped, and
/// letters that the default fonts lack are written as their code points.
package func latexText(_ text: String) -> String {
  var result = ""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\\": result += "\\textbackslash{}"
    case "~": result += "\\textasciitilde{}"
    case "^": result += "\\textasciicircum{}"
    case "&", "%", "$", "#", "_", "{", "}": result += "\\\(scalar)"
    case "<", ">": result += "\\ensuremath{\(scalar)}"
    case "|": result += "\\ensuremath{\\vert}"
    case "\"": result += "{''}"
    // At the beginning of a row they would belong to the end of the row before.
    case "[", "*": result += result.isEmpty ? "{\(scalar)}" : "\(scalar)"
    // Two of them would become another sign.
    case "-", "'", "`", ",":
      if let last = result.last, "\(scalar)!?".contains(last) { result += "{}" }
      result.unicodeScalars.append(scalar)
    case "–": result += "--"
    case "—": result += "---"
    case "…": result += "\\ldots{}"
    case "−": result += "\\ensuremath{-}"
    case "±": result += "\\ensuremath{\\pm}"
    case "×": result += "\\ensuremath{\\times}"
    case "µ", "μ": result += "\\ensuremath{\\mu}"
    case "≤": result += "\\ensuremath{\\leq}"
    case "≥": result += "\\ensuremath{\\geq}"
    case "“": result += "``"
    case "”": result += "{''}"
    case "‘": result += "`"
    case "’": result += "'"
    case "\u{A0}": result += "~"
    case "\t", "\n", "\r", "\u{2028}", "\u{2029}": result += " "
    case " "..."~": result.unicodeScalars.append(scalar)
    case _ where lettersOfDefaultFonts.contains(scalar): result.unicodeScalars.append(scalar)
    default: result += "[U+" + String(scalar.value, radix: 16, uppercase: true) + "]"
    }
  }
  return result
}

/// Letters of Latin script that LaTeX can put together in its default encoding (OT1).
private let lettersOfDefaultFonts = Set(
  ("ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝàáâãäåæçèéêëìíîïñòóôõöøùúûüýÿß"
    + "ĆćČčĎĚěĞğŁłŃńŇňŐőŒœŘřŚśŞşŠšŰűŮůŸŹźŻżŽžİ").unicodeScalars)

import Glibc
import TextFormatting

/// What is shown to the person in front of the program: results on standard output, everything else
/// on standard error.
struct Terminal {
  /// Whether progress and remarks are wanted.
  var isQuiet = false

  static let isErrorTerminal = isatty(STDERR_FILENO) == 1
  static let isOutputTerminal = isatty(STDOUT_FILENO) == 1

  /// Whether standard output may be coloured: a terminal, and no NO_COLOR (https://no-color.org).
  static var usesColor: Bool {
    let noColor = getenv("NO_COLOR").map { $0.pointee != 0 } ?? false
    return isOutputTerminal && !noColor
  }

  static func bold(_ text: String) -> String { usesColor ? "\u{1B}[1m\(text)\u{1B}[0m" : text }

  /// Columns of the terminal that progress is shown on.
  static var width: Int {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  /// Writes a line; names from outside are only text in it.
  static func printError(_ text: String) {
    let bytes = Array((terminalText(text) + "\n").utf8)
    _ = write(STDERR_FILENO, bytes, bytes.count)
  }

  /// Writes results; a reader that goes away early ends the program quietly.
  static func printOutput(_ text: String) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
      if count < 0 {
        if errno == EINTR { continue }
        if errno != EPIPE {
          printError(
            "explore: cannot write the results: \(String(cString: strerror(errno)).lowercased())")
        }
        Explore.end(errno == EPIPE ? 0 : 1)
      }
      bytes = bytes.dropFirst(count)
    }
  }

  /// Writes a table of data: as it is to a file or pipe, without control characters to a terminal.
  static func printData(_ text: String) {
    guard isOutputTerminal else { return printOutput(text) }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    printOutput(lines.map { terminalText(String($0)) }.joined(separator: "\n"))
  }

  /// A remark, unless the run is quiet.
  func remark(_ text: String) {
    if !isQuiet { Self.printError(text) }
  }

  /// Replaces the line of progress; on a terminal only.
  func showProgress(_ text: String) {
    guard !isQuiet, Self.isErrorTerminal else { return }
    let line = terminalText(text)
    let clipped = line.count < Self.width ? line : line.prefix(Self.width - 2) + "…"
    let bytes = Array("\r\u{1B}[K\(clipped)".utf8)
    _ = write(STDERR_FILENO, bytes, bytes.count)
  }

  func endProgress() {
    guard !isQuiet, Self.isErrorTerminal else { return }
    _ = write(STDERR_FILENO, "\r\u{1B}[K", 4)
  }
}

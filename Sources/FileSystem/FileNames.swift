/// As in `blues.00000.3.wav`, as the published tables name segments.
package func segmentName(_ name: String, _ segment: Int) -> String {
  guard let dot = name.extensionStart else { return "\(name).\(segment)" }
  return "\(name[..<dot]).\(segment)\(name[dot...])"
}

/// What the parts of files are grouped by: the files’ names without their extensions where these tell
/// them apart, whatever their case.
///
/// - Parameter names: different from each other.
/// - Returns: one a file.
package func songNames(of names: [String]) -> [String] {
  let songs = names.map { name in name.extensionStart.map { String(name[..<$0]) } ?? name }
  // Groups whose names differ only in case are one: then the extension stays, too.
  return Set(songs.map { $0.lowercased() }).count == songs.count ? songs : names
}

extension String {
  /// Where the extension of a file's name begins, with its dot.
  package var extensionStart: Index? {
    guard let dot = lastIndex(of: "."), dot != startIndex, !self[dot...].contains("/") else {
      return nil
    }
    return dot
  }

  /// A file's name, or a segment's, without an extension of letters: `blues.00000.3` of itself and of
  /// `blues.00000.3.wav`.
  package var stem: String {
    guard let dot = extensionStart, self[dot...].contains(where: \.isLetter) else { return self }
    return String(self[..<dot])
  }
}

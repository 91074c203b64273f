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
  ///
  /// Only what is known as the extension of a sound, a picture or a table is one: in `St. Point a0`
  /// there is none.
  package var extensionStart: Index? {
    guard let dot = lastIndex(of: "."), dot != startIndex,
      knownExtensions.contains(self[index(after: dot)...].lowercased())
    else { return nil }
    return dot
  }

  /// A file's name, or a segment's, without its extension: `blues.00000.3` of itself and of
  /// `blues.00000.3.wav`.
  package var stem: String {
    extensionStart.map { String(self[..<$0]) } ?? self
  }
}

/// The extensions of sounds, pictures and tables.
private let knownExtensions: Set<String> = [
  "wav", "wave", "w64", "rf64", "aif", "aiff", "aifc", "au", "snd", "caf", "flac", "ogg", "oga",
  "opus", "mp3", "mp4", "m4a", "aac", "wma", "webm", "mkv", "png", "jpg", "jpeg", "gif", "bmp",
  "tif",
  "tiff", "webp", "npy", "npz", "csv", "tsv", "txt", "json", "mid", "midi",
]

extension Path {
  /// What follows the last dot of the name, in lower case; empty where there is none.
  package var fileExtension: String {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count > 1 ? parts[parts.count - 1].lowercased() : ""
  }
}

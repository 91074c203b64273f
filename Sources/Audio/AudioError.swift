import FileSystem

/// A sound file that cannot be used, and why.
package struct AudioError: Error, Equatable, CustomStringConvertible {
  package enum Kind: Equatable, Sendable {
    /// The system cannot open or read it.
    case unreadable(SystemError)
    /// What the decoder says of it.
    case notAudio(String)
    /// It ends before what its header announces, in frames; nil where only the end is missing.
    case truncated(found: Int, announced: Int?)
    case noSamples
    /// Sound that is there and yet not to be read, in words.
    case unsupported(String)
    /// A sample that is infinite or not a number, by its frame.
    case notFinite(frame: Int)
    case unknownExtension(String)
    case unwritable(String)
    case resampling(String)
  }

  package var path: String
  package var kind: Kind

  /// Whether the fault lies in a file that was read.
  package var concernsInput: Bool {
    switch kind {
    case .unreadable(let error): ["open", "read"].contains(error.operation)
    case .unknownExtension, .unwritable: false
    case .notAudio, .truncated, .noSamples, .unsupported, .notFinite, .resampling: true
    }
  }

  package init(path: Path, _ kind: Kind) {
    self.path = path.string
    self.kind = kind
  }

  package var description: String {
    if case .unreadable(let error) = kind { return error.description }
    return "\(path): \(reason)"
  }

  /// What is wrong, without the file’s name.
  package var reason: String {
    switch kind {
    case .unreadable(let error): error.description
    case .notAudio(let words):
      "this is no sound file that can be read (\(words)); WAV, AIFF, AU, FLAC, OGG, Opus and MP3 can"
    case .truncated(let found, let announced?):
      "the file is cut off: \(found) of \(announced) samples are there"
    case .truncated(let found, nil):
      "the file is cut off: its end is missing after \(found) samples"
    case .unsupported(let words): words
    case .noSamples: "there are no samples in it"
    case .notFinite(let frame): "sample \(frame) is not a finite number"
    case .unknownExtension(let name):
      "“\(name)” names no format to write; use .wav, .flac, .ogg or .aiff"
    case .unwritable(let words): "it cannot be written: \(words)"
    case .resampling(let words): "its rate cannot be changed: \(words)"
    }
  }
}

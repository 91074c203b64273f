import Exploration
import Pictures
import TextFormatting

extension Report {
  static let soundsTitle = "Listen by looking"
  var soundsNote: String {
    let most = DrawnClasses.most
    return
      "The first sound of each class, up to ten seconds of it: time to the right, pitch upwards (mel "
      + "scale), brighter is louder, down to 80 dB below the loudest place."
      + (plan.classes.count > most
        ? " Shown are the first \(most) of \(plan.classes.count) classes; all are in samples/."
        : "")
  }
}

extension Page {
  /// A spectrogram of each class, as part of the page itself.
  var sounds: HTML {
    let pictures = report.soundPictures.map { picture in
      HTML(
        markup: "<figure><img alt=\"\(markupText("spectrogram of \(picture.label)"))\" "
          + "src=\"\(dataAddress(ofPNG: picture.png))\">"
          + HTML.element("figcaption", [:], picture.label).markup + "</figure>\n")
    }
    return .element("p", ["class": "note"], report.soundsNote)
      + .element("div", ["class": "sounds"], .joined(pictures))
  }
}

import TextFormatting

/// Markup under construction; what is added as text is escaped.
struct HTML {
  private(set) var markup = ""

  init() {}

  /// Markup as it is.
  init(markup: String) { self.markup = markup }

  static func text(_ text: String) -> HTML { HTML(markup: markupText(text)) }

  static func + (left: HTML, right: HTML) -> HTML { HTML(markup: left.markup + right.markup) }
  static func += (left: inout HTML, right: HTML) { left.markup += right.markup }

  /// An element around others; values of attributes are escaped, nil ones are left out.
  static func element(
    _ name: String, _ attributes: KeyValuePairs<String, String?> = [:], _ content: HTML...
  ) -> HTML {
    let written = attributes.compactMap { key, value in
      value.map { " \(key)=\"\(markupText($0))\"" }
    }.joined()
    // A line end after a word would be read as a blank.
    let end = ["a", "b", "i", "strong", "sup"].contains(name) ? "" : "\n"
    return HTML(
      markup: "<\(name)\(written)>" + content.map(\.markup).joined() + "</\(name)>" + end)
  }

  /// An element around text.
  static func element(
    _ name: String, _ attributes: KeyValuePairs<String, String?> = [:], _ text: String
  ) -> HTML {
    element(name, attributes, .text(text))
  }

  static func joined(_ parts: [HTML]) -> HTML {
    HTML(markup: parts.map(\.markup).joined())
  }

  /// A table of text; cells that are numbers are set to the right.
  static func table(_ table: ReportTable, isSortable: Bool = false) -> HTML {
    let head = joined(
      table.header.map { name in
        isSortable
          ? element("th", ["aria-sort": "none"], element("button", ["type": "button"], name))
          : element("th", [:], name)
      })
    let body = joined(
      table.rows.map { row in
        element("tr", [:], joined(row.map { element("td", ["class": cellClass($0)], $0) }))
      })
    return element(
      "div", ["class": "scroll"],
      element(
        "table", ["class": isSortable ? "sortable" : nil], caption(table.caption),
        element("thead", [:], element("tr", [:], head)), element("tbody", [:], body)))
  }

  /// What stands above a table; nothing for nil.
  static func caption(_ text: String?) -> HTML {
    text.map { element("caption", ["class": "warning"], $0) } ?? HTML()
  }

  static func cellClass(_ text: String) -> String? {
    guard let first = text.unicodeScalars.first else { return nil }
    // A unit stands behind a space: “3s” is a name.
    let number = text.prefix { $0 != " " }
    let isNumber =
      (("0"..."9").contains(first) || "−+[".unicodeScalars.contains(first))
      && text.contains(where: \.isNumber)
      && number.allSatisfy { $0.isNumber || ".,%–-−+e[]".contains($0) }
      && text.allSatisfy { $0.isNumber || " .,%–-−+e[]µmsMBkGinh".contains($0) }
    return isNumber ? "number" : nil
  }
}

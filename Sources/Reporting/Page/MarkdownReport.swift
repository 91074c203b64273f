struct MarkdownReport { let report: Report; init(_ r: Report) { report = r }; var text: String { "" } }

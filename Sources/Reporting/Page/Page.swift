struct Page { let report: Report; init(_ r: Report) { report = r }; var html: String { "" } }

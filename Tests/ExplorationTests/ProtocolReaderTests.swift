import Exploration
import Testing

@Suite struct ProtocolReaderTests {
  private static let start =
    #"{"name": "n", "data": {"table": "t.csv", "label": "y"}, "models": ["knn"]"#
  private static let songs =
    #"{"name": "n", "data": {"table": "t.csv", "label": "y", "groups": {"song": "s"}}, "models": ["knn"]"#

  @Test func leavingOutIsRead() throws {
    func kind(_ text: String) throws -> SplitRequest {
      try experiment(Self.songs + #", "split": \#(text)}"#).protocols[0].split
    }
    #expect(
      try kind(#"{"leave_one_group_out": {}}"#)
        == SplitRequest(.leaveOneGroupOut(selection: .validation(0.15))))
    #expect(
      try kind(#"{"leave_one_group_out": {"inner": {"folds": 4}}, "group": "song"}"#).kind
        == .leaveOneGroupOut(selection: .inner(folds: 4)))
    #expect(
      try kind(#"{"leave_one_group_out": {"validation": 0.3}}"#).kind
        == .leaveOneGroupOut(selection: .validation(0.3)))
  }

  @Test func protocolsKeepTheirOrder() throws {
    let read = try experiment(
      Self.songs
        + #", "protocols": {"z": {"holdout": {}}, "a b": {"folds": {"column": "f"}}, "m": {"parts": {"column": "p"}}}}"#
    )
    #expect(read.protocols.map(\.name) == ["z", "a b", "m"])
    guard case .table(let request) = read.inputs[0].data else {
      Issue.record("not a table")
      return
    }
    // The texts of all protocols are read.
    #expect(request.textColumns == ["f", "p"])
  }

  @Test func curvesAndComparisonsAreRead() throws {
    let read = try experiment(
      Self.start + #", "learning_curve": [1, 0.1, 0.5], "compare": ["none+*"]}"#)
    #expect(read.learningCurve == [0.1, 0.5, 1])
    #expect(read.compare.map(\.text) == ["none+*"])
    let plain = try experiment(Self.start + "}")
    #expect(plain.learningCurve.isEmpty && plain.compare.isEmpty)
  }

  @Test(arguments: [
    (
      start + #", "split": {"leave_one_group_out": {}}}"#,
      "line 1, column 85: split: there is no group to leave out; name one in “groups” of the data"
    ),
    (
      songs + #", "split": {"leave_one_group_out": {}, "ungrouped": true}}"#,
      "split.ungrouped: “ungrouped” does not go with “leave_one_group_out”"
    ),
    (
      songs + #", "split": {"leave_one_group_out": {}, "group": "sonk"}}"#,
      "split: unknown group “sonk”; did you mean “song”?"
    ),
    (
      songs + #", "split": {"leave_one_group_out": {}, "validation": 0.1}}"#,
      "split.validation: “validation” stands inside “leave_one_group_out”"
    ),
    (
      songs + #", "split": {"leave_one_group_out": {"validation": 0.1, "inner": {"folds": 3}}}}"#,
      "split.leave_one_group_out.validation: “validation” does not go with “inner”"
    ),
    (
      songs + #", "split": {"leave_one_group_out": {"count": 3}}}"#,
      "split.leave_one_group_out: unknown key “count”; known are validation, inner"
    ),
    (
      songs + #", "split": {"holdout": {}}, "protocols": {"a": {"holdout": {}}}}"#,
      "split: “split” does not go with “protocols”; make it one of them"
    ),
    (
      songs + #", "protocols": {"a": {"folds": {"count": 3}}, "b": {"folds": {"count": 1}}}}"#,
      "protocols.b.folds.count: expected a whole number from 2 to 1000, found 1"
    ),
    (
      songs + #", "protocols": {"a": {"holdout": {}, "group": "x"}}}"#,
      "protocols.a: unknown group “x”; known is song"
    ),
    (
      songs + #", "protocols": {"a+b": {"holdout": {}}}}"#,
      "protocols: expected a name without “+”, “*” and “?”, which patterns of cells use, found \"a+b\""
    ),
    (
      songs + #", "protocols": {"a": {"holdout": {}}, "a": {"holdout": {}}}}"#,
      "the name “a” stands here twice"
    ),
    (
      songs + #", "protocols": {"a": {}}}"#,
      "protocols.a: give one of “holdout”, “folds”, “leave_one_group_out”, “parts” and “file”"
    ),
    (songs + #", "protocols": [{"holdout": {}}]}"#, "protocols: expected an object, found a list"),
    (start + #", "compare": ["pca+*"]}"#, "compare[0]: unknown cell “pca+*”; known is none+knn"),
    (
      start + #", "compare": []}"#,
      "compare: the list is empty; expected at least one pattern of cells, as in “polynomial+*”"
    ),
    (
      start + #", "learning_curve": [0.5, 0]}"#,
      "learning_curve[1]: expected a number above 0 and up to 1, found 0"
    ),
    (
      start + #", "learning_curve": [0.5, 0.5]}"#,
      "learning_curve[1]: the share 0.5 is given twice"
    ),
    (start + #", "learning_curve": 0.5}"#, "learning_curve: expected a list, found 0.5"),
    (
      start + #", "learning_curve": []}"#,
      "learning_curve: the list is empty; expected at least one share of the training rows"
    ),
  ])
  func whatIsWrongIsNamedWithItsPlace(text: String, message: String) {
    let error = #expect(throws: ExperimentError.self) { try experiment(text) }
    #expect(error?.description.hasSuffix(message) == true, "\(error?.description ?? "")")
    #expect(error?.description.hasPrefix("dir/e.json, line 1, column ") == true)
  }
}

import DataTables
import FileSystem
import JSONText
import Learning
import Matrices
import ProgramSupport
import Testing
import TextFormatting
import Transformations

/// The recorded answers of scikit-learn, and the data they belong to.
enum Fixture {
  static func read(_ name: String) throws -> JSONNode {
    try JSONNode(parsing: (Path(#filePath).folder / "Fixtures" / "\(name).json").readBytes())
  }

  static func dataset(_ name: String) throws -> Dataset {
    if let table = BuiltInTable.all.first(where: { $0.name == name }) { return try table.dataset() }
    let folder = try #require(OutsideData.folder)
    var request = TableRequest(path: folder / "gtzan" / "features_30_sec.csv", label: "label")
    request.ignore = [NamePattern("filename")]
    return try Dataset(request)
  }

  /// The training rows of the recorded split, scaled to 0...1.
  static func scaledTraining(_ name: String, _ reference: JSONNode) throws -> Samples {
    let data = try dataset(name)
    let rows = (reference["split"]?["train"]?.elements ?? []).compactMap(\.integer)
    let raw = Samples(
      features: data.features.gathering(rows: rows), labels: rows.map { data.labels[$0] },
      classCount: data.classes.count)
    let scaling = MinMaxScaling().fit(raw, in: FitContext(random: RandomStream(seed: 1)))
    return Samples(
      features: scaling.transform(raw.features), labels: raw.labels, classCount: raw.classCount)
  }
}

import DataTables
import FileSets
import FileSystem
import Learning
import Matrices
import PictureData
import Pictures
import ProgramSupport
import Testing

@Suite struct PictureRequestTests {
  /// Two classes of three pictures, 20 × 4, each of one shade per column.
  private func withPictures(_ body: (Path) throws -> Void) throws {
    let folder = try Path.makeTemporaryFolder("explore-pictures")
    defer { try? folder.remove() }
    for (place, label) in ["dark", "light"].enumerated() {
      try (folder / "set" / label).createFolder()
      for number in 0..<3 {
        try picture(shade: 100 * place + 10 * number, width: 20)
          .writePNG(to: folder / "set" / label / "\(label).0\(number).png")
      }
    }
    try body(folder)
  }

  private func picture(shade: Int, width: Int) -> GreyPicture {
    GreyPicture(
      width: width, height: 4,
      pixels: (0..<4 * width).map { UInt8(shade + $0 % width) })
  }

  private func request(
    _ path: Path, _ change: (inout PictureRequest) -> Void = { _ in }
  ) -> PictureRequest {
    var recipe = PictureRecipe()
    recipe.preparation.normalisation = .none
    var request = PictureRequest(path, recipe)
    change(&request)
    return request
  }

  @Test func aFolderOfClassesBecomesRows() throws {
    try withPictures { folder in
      let data = try request(folder / "set").dataset(scratch: MatrixScratch(folder), jobs: 2)
      #expect(data.layout == RowLayout(picture: PictureShape(height: 4, width: 20), features: 0))
      #expect(data.labels == [0, 0, 0, 1, 1, 1] && data.classes == ["dark", "light"])
      #expect(data.columns.isEmpty && data.source == "set, whole pictures")
      #expect(data.features.rows == 6 && data.features[4, 21] == 111)
      #expect(data.groupings[0].name == "song")
      #expect(data.groupings[0].names[3] == "light.00")
      // What was put together in files is gone with its matrix.
      #expect(try folder.children() == ["set"])
      let inMemory = try request(folder / "set").dataset(scratch: MatrixScratch(nil), jobs: 1)
      #expect(inMemory.hash == data.hash)
    }
  }

  @Test func windowsOfASongAreRowsOfOneGroup() throws {
    try withPictures { folder in
      let data = try request(folder / "set") {
        $0.recipe.windowSeconds = 3
        $0.recipe.pictureSeconds = 10
      }.dataset(scratch: MatrixScratch(folder), jobs: 1)
      // Of 20 columns for 10 s, 3 s are 6.
      #expect(data.picture == PictureShape(height: 4, width: 6) && data.rowCount == 18)
      #expect((0..<3).map { data.features[$0, 0] } == [0, 6, 12])
      #expect(data.groupings[0].groups.prefix(4) == [0, 0, 0, 1])
    }
  }

  @Test func windowsAreOfOneWidthAndWithinThePicture() {
    var recipe = PictureRecipe()
    recipe.windowSeconds = 3
    recipe.pictureSeconds = 30
    let windows = recipe.windows(width: 496)
    #expect(windows.map(\.lowerBound) == [0, 49, 99, 148, 198, 248, 297, 347, 396, 446])
    #expect(windows.allSatisfy { $0.count == 50 && $0.upperBound <= 496 })
    for width in 1...300 {
      for seconds in [0.4, 1, 2.3, 7, 29.99, 30] {
        recipe.windowSeconds = seconds
        let all = recipe.windows(width: width)
        #expect(Set(all.map(\.count)).count == 1)
        #expect(all.allSatisfy { $0.lowerBound >= 0 && $0.upperBound <= width })
      }
    }
  }

  @Test func whatCannotBeUsedIsListed() throws {
    try withPictures { folder in
      try (folder / "set/dark/broken.png").writeAtomically("no picture")
      try picture(shade: 1, width: 9).writePNG(to: folder / "set/light/small.png")
      var cut = try picture(shade: 1, width: 20).png()
      cut.removeLast(20)
      try (folder / "set/light/cut.png").writeAtomically(cut)
      let data = try request(folder / "set").dataset(scratch: MatrixScratch(nil), jobs: 2)
      #expect(data.rowCount == 6)
      #expect(data.omissions.map(\.name) == ["broken.png", "cut.png", "small.png"])
      #expect(
        data.omissions[2].reason
          == "its size is 9 × 4, that of most others 20 × 4; give “size” to resize")
      #expect(
        data.findings[0].message.hasPrefix("3 of 9 pictures cannot be used: broken.png (this"))
      // Resized, the small one is a picture like the others.
      let resized = try request(folder / "set") {
        $0.recipe.preparation.height = 2
        $0.recipe.preparation.width = 5
      }.dataset(scratch: MatrixScratch(nil), jobs: 2)
      #expect(resized.rowCount == 7 && resized.omissions.count == 2)
    }
  }

  /// The head of a PNG file and nothing behind it.
  private func head(width: UInt32, height: UInt32) -> [UInt8] {
    func bytes(_ number: UInt32) -> [UInt8] { withUnsafeBytes(of: number.bigEndian) { Array($0) } }
    return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + bytes(13) + Array("IHDR".utf8)
      + bytes(width) + bytes(height) + [8, 0, 0, 0, 0]
  }

  @Test func impossibleSizesAreThoseOfNoOther() throws {
    try withPictures { folder in
      // More of them than whole pictures.
      for (place, side) in [UInt32.max, .max, 1 << 31 - 1, 0, 0].enumerated() {
        for label in ["dark", "light"] {
          try (folder / "set" / label / "\(label).a\(place).png").writeAtomically(
            head(width: side, height: side))
        }
      }
      let data = try request(folder / "set").dataset(scratch: MatrixScratch(nil), jobs: 2)
      #expect(data.rowCount == 6 && data.omissions.count == 10)
      #expect(data.omissions[0].reason.hasPrefix("the PNG picture is damaged"))
    }
  }

  @Test func picturesOfManySizesNeedOne() throws {
    try withPictures { folder in
      for width in 5..<12 {
        try picture(shade: 1, width: width).writePNG(to: folder / "set/light/w\(width).png")
      }
      do {
        _ = try request(folder / "set").dataset(scratch: MatrixScratch(nil), jobs: 2)
        Issue.record("there is no such matrix")
      } catch let error as CatalogueError {
        #expect(
          error.description.hasSuffix(
            "only 6 of its 13 pictures have one size, 20 × 4; give “size” to resize all"))
      }
    }
  }

  @Test func blocksOfPicturesDoNotMatter() throws {
    try withPictures { folder in
      func pixels(_ jobs: Int) throws -> Matrix {
        try request(folder / "set") {
          ($0.recipe.preparation.height, $0.recipe.preparation.width) = (2048, 4096)
        }.dataset(scratch: MatrixScratch(folder), jobs: jobs).features
      }
      let (one, four) = (try pixels(1), try pixels(4))
      #expect(one.rows == 6 && four.rows == 6)
      for row in 0..<6 { #expect(one[row, 5_000_000] == four[row, 5_000_000]) }
    }
  }

  @Test func featuresStandBehindThePixelsByName() throws {
    try withPictures { folder in
      // In another order than the pictures, one too many and one too few.
      try (folder / "f.csv").writeAtomically(
        """
        name,a,kind,b
        light.02.wav,52,x,5
        dark.00.wav,0,x,1
        other.wav,9,x,9
        light.00,50,x,4
        dark.01.wav,1,x,2
        light.01.wav,51,x,6

        """)
      var beside = SideFeatures.Request(table: folder / "f.csv", key: "name")
      beside.ignore = []
      let data = try request(folder / "set") { $0.beside = beside }
        .dataset(scratch: MatrixScratch(folder), jobs: 1)
      #expect(data.columns == ["a", "b"] && data.layout.columns == 82)
      #expect(data.labels == [0, 0, 1, 1, 1])
      #expect((0..<5).map { data.features[$0, 80] } == [0, 1, 50, 51, 52])
      #expect((0..<5).map { data.features[$0, 0] } == [0, 10, 100, 110, 120])
      #expect(data.omissions.map(\.name) == ["other", "dark.02.png"])
      let words = data.findings.map(\.message)
      #expect(words.contains("column “kind” of f.csv holds text and is no feature"))
      #expect(words.contains("1 row of f.csv without a picture: other"))
      #expect(words.contains("1 row of pictures without features in f.csv: dark.02.png"))
    }
  }

  @Test func segmentsAreFoundByTheirNumbers() throws {
    try withPictures { folder in
      var text = "file,part,value\n"
      for label in ["light", "dark"] {
        for number in 0..<3 {
          for part in [1, 0] { text += "\(label).0\(number),\(part),\(number * 10 + part)\n" }
        }
      }
      try (folder / "f.csv").writeAtomically(text)
      var beside = SideFeatures.Request(table: folder / "f.csv", key: "file")
      beside.segment = "part"
      let data = try request(folder / "set") {
        $0.beside = beside
        $0.recipe.windowSeconds = 5
        $0.recipe.pictureSeconds = 10
      }.dataset(scratch: MatrixScratch(nil), jobs: 1)
      #expect(data.omissions.isEmpty)
      #expect((0..<6).map { data.features[$0, 40] } == [0, 1, 10, 11, 20, 21])
    }
  }

  @Test func equalPicturesAreToldAndDropped() throws {
    try withPictures { folder in
      try picture(shade: 10, width: 20).writePNG(to: folder / "set/light/copy.png")
      let kept = try request(folder / "set").dataset(scratch: MatrixScratch(nil), jobs: 1)
      #expect(kept.identicalRows == [[1, 3]])
      #expect(kept.findings.contains { $0.message.contains("different labels") })
      let dropped = try request(folder / "set") { $0.table.duplicates = .drop }
        .dataset(scratch: MatrixScratch(folder), jobs: 1)
      #expect(dropped.rowCount == 6 && dropped.fileRows == [0, 1, 2, 4, 5, 6])
      #expect(dropped.features[3, 0] == 100)
    }
  }

  @Test func emptyFoldersAreErrors() throws {
    try withPictures { folder in
      try (folder / "none").createFolder()
      let error = #expect(throws: CatalogueError.self) {
        try request(folder / "none").dataset(scratch: MatrixScratch(nil), jobs: 1)
      }
      #expect(
        error?.description.hasSuffix("there is no picture file in it; the extensions png are known")
          == true)
    }
  }

  @Test(.enabled(if: OutsideData.folder != nil, "\(OutsideData.absence)"))
  func realSpectrogramsAreCut() throws {
    let folder = try #require(OutsideData.folder)
    let data = try request(folder / "gtzan/spectrograms") {
      $0.recipe.windowSeconds = 3
      $0.recipe.pictureSeconds = 30
    }.dataset(scratch: MatrixScratch(nil), jobs: 2)
    #expect(data.rowCount == 9990 && data.classes.count == 10)
    #expect(data.picture == PictureShape(height: 129, width: 50))
    #expect(data.groupings[0].names.count == 999)
  }
}

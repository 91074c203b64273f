import Learning
import NeuralNetworks
import Testing

@Suite struct ShapeTests {
  @Test func aLayerThatCannotTakeItsInputIsNamedWithBothShapes() throws {
    let input = NetworkInput(RowLayout(picture: PictureShape(height: 4, width: 6), features: 3))
    let error = try #require(throws: NetworkError.self) {
      try input.picture().convolution(8, padding: 1).flattened().adding(input.picture().flattened())
    }
    #expect(error.description == "add1: 192 and 24 cannot be added")
  }

  @Test func signalsOfTwoNetworksAreRefused() {
    #expect(
      throws: NetworkError(
        node: "add", reason: "it is given signals of two networks; begin with one input")
    ) {
      try vector(4).adding(vector(4).dense(9).dense(4))
    }
  }
}

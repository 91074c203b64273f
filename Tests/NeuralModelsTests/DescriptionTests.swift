import Learning
import NeuralModels
import NeuralNetworks
import Testing

@Suite struct DescriptionTests {
  @Test(arguments: [(58, 57_802), (57, 57_546)])
  func multilayerPerceptronHasTheParametersOfItsDefinition(columns: Int, parameters: Int) throws {
    let network = try MultilayerPerceptron().network(
      for: RowLayout(features: columns), classes: 10)
    #expect(network.parameterCount == parameters)
  }
}

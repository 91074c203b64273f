import ClassicalModels
import Learning
import NeuralModels
import Transformations

extension Registry {
  /// The models and transformations of this project.
  public static let standard = Registry(
    models: [
      Dummy.self, LogisticRegression.self, SupportVectorMachine.self, Perceptron.self, Ridge.self,
      DecisionTree.self, RandomForest.self, NearestNeighbours.self,
      MultilayerPerceptron.self, ConvolutionalNetwork.self, MiniVGG.self, ResidualNetwork.self,
    ],
    transformations: [
      Identity.self, MinMaxScaling.self, StandardScaling.self, RobustScaling.self,
      PrincipalComponents.self, RadialBasis.self, Polynomial.self, Selection.self,
    ])
}

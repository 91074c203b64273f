import ClassicalModels
import Learning
import Transformations

extension Registry {
  /// The models and transformations of this project.
  public static let standard = Registry(
    models: [
      Dummy.self, LogisticRegression.self, SupportVectorMachine.self, Perceptron.self, Ridge.self,
      DecisionTree.self, RandomForest.self, NearestNeighbours.self,
    ],
    transformations: [
      Identity.self, MinMaxScaling.self, StandardScaling.self, RobustScaling.self,
      PrincipalComponents.self, RadialBasis.self, Polynomial.self, Selection.self,
    ])
}

import Matrices

/// A change of the columns that is fitted on training rows and then applied to any rows: a scaling,
/// a projection, an expansion.
public protocol Transformation: Component {
  /// What fitting returns.
  associatedtype Fitted: FittedTransformation

  /// Whether it only rescales each column by itself; such ones may stand under `scaling`.
  static var isScaling: Bool { get }
  /// Whether pictures are still pictures afterwards: each pixel stays where it is. By default of
  /// scalings only.
  static var keepsPictures: Bool { get }
  /// Whether it leaves all columns as they are, so that no row is needed to fit it.
  static var changesNothing: Bool { get }

  /// Learns from training rows.
  ///
  /// - Throws: ``FitError`` when there can be no transformation.
  func fit(_ samples: Samples, in context: FitContext) throws -> Fitted

  /// The number of columns that come out, or the most there can be.
  func columns(from shape: DataShape) -> Int
}

extension Transformation {
  /// Not a scaling.
  public static var isScaling: Bool { false }
  /// It does something.
  public static var changesNothing: Bool { false }
  /// As far as it is a scaling.
  public static var keepsPictures: Bool { isScaling }
  /// As many as go in.
  public func columns(from shape: DataShape) -> Int { shape.columns }
}

extension Transformation {
  /// The shape of the data after it: of a picture with features behind it, only they are changed.
  package func shape(from shape: DataShape) -> DataShape {
    var result = shape
    if shape.layout.picture != nil, shape.layout.features > 0 {
      var features = shape
      features.layout = RowLayout(features: shape.layout.features)
      result.layout.features = max(1, columns(from: features))
    } else if !Self.keepsPictures || shape.layout.picture == nil {
      result.layout = RowLayout(features: max(1, columns(from: shape)))
    }
    return result
  }
}

/// A transformation that has been fitted; saving and loading come with `Codable`.
public protocol FittedTransformation: Codable, Sendable {
  /// The transformed rows; a row's result must not depend on the other rows.
  func transform(_ features: Matrix) -> Matrix

  /// The number of columns that come out of so many, nil when the state cannot take them or is not
  /// whole; asked of a state that was read from a file.
  func columns(from count: Int) -> Int?
}

extension FittedTransformation {
  /// Tries a row of zeros.
  public func columns(from count: Int) -> Int? {
    transform(Matrix(rows: 1, columns: count) { _ in }).columns
  }
}

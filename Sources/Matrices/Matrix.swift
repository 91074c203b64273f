import FileSystem

/// A matrix of single-precision numbers, stored row by row and never changed once made.
///
/// Copies and slices of whole rows share their memory.
public struct Matrix: Sendable {
  /// The number of rows.
  public let rows: Int
  /// The number of columns.
  public let columns: Int
  @usableFromInline let storage: MatrixStorage
  @usableFromInline let offset: Int

  @usableFromInline
  init(rows: Int, columns: Int, storage: MatrixStorage, offset: Int) {
    self.rows = rows
    self.columns = columns
    self.storage = storage
    self.offset = offset
  }

  private init(zeros rows: Int, _ columns: Int) {
    precondition(rows >= 0 && columns >= 0, "a matrix cannot have a negative size")
    self.init(
      rows: rows, columns: columns, storage: MatrixStorage(count: rows * columns), offset: 0)
  }

  /// A matrix that a closure fills; its elements are zero when the closure starts.
  ///
  /// - Parameters:
  ///   - rows: the number of rows, 0 or more.
  ///   - columns: the number of columns, 0 or more.
  ///   - fill: writes the elements, row by row in one span.
  /// - Throws: what `fill` throws.
  public init(
    rows: Int, columns: Int, filling fill: (inout MutableSpan<Float>) throws -> Void
  ) rethrows {
    self.init(zeros: rows, columns)
    try storage.fill(0..<rows * columns, with: fill)
  }

  /// A matrix whose rows a closure fills one after the other.
  ///
  /// - Parameters:
  ///   - rows: the number of rows, 0 or more.
  ///   - columns: the number of columns, 0 or more.
  ///   - fill: writes one row; it is given the row's number and its elements, which are zero.
  /// - Throws: what `fill` throws.
  public init(
    rows: Int, columns: Int, fillingRows fill: (Int, inout MutableSpan<Float>) throws -> Void
  ) rethrows {
    self.init(zeros: rows, columns)
    for row in 0..<rows {
      try storage.fill(row * columns..<(row + 1) * columns) { try fill(row, &$0) }
    }
  }

  /// A matrix of the given rows, all of one length.
  public init(_ rows: [[Float]]) {
    let columns = rows.first?.count ?? 0
    precondition(rows.allSatisfy { $0.count == columns }, "the rows differ in length")
    self.init(rows: rows.count, columns: columns) { row, span in
      for column in 0..<columns { span[column] = rows[row][column] }
    }
  }

  /// A matrix of the given elements, row by row.
  public init(rows: Int, columns: Int, elements: [Float]) {
    precondition(elements.count == rows * columns, "the number of elements is not rows × columns")
    self.init(rows: rows, columns: columns) { span in
      for index in elements.indices { span[index] = elements[index] }
    }
  }

  /// The floats that start `offset` bytes into a mapped file, which stays mapped as long as needed.
  package init(rows: Int, columns: Int, mapping file: MappedFile, offset: Int) {
    self.init(
      rows: rows, columns: columns,
      storage: MatrixStorage(file: file, offset: offset, count: rows * columns), offset: 0)
  }
}

extension Matrix {
  @inlinable var start: UnsafeMutablePointer<Float> { storage.start + offset }

  /// One element.
  @inlinable public subscript(row: Int, column: Int) -> Float {
    precondition(row >= 0 && row < rows && column >= 0 && column < columns)
    return start[row * columns + column]
  }

  /// All elements, row by row.
  @inlinable public var elements: Span<Float> {
    @_lifetime(borrow self)
    borrowing get {
      let span = Span(_unsafeStart: UnsafePointer(start), count: rows * columns)
      return _overrideLifetime(span, borrowing: self)
    }
  }

  /// One row.
  @inlinable @_lifetime(borrow self)
  public borrowing func row(_ row: Int) -> Span<Float> {
    precondition(row >= 0 && row < rows)
    let span = Span(_unsafeStart: UnsafePointer(start + row * columns), count: columns)
    return _overrideLifetime(span, borrowing: self)
  }

  /// One row, copied.
  public func rowElements(_ row: Int) -> [Float] {
    let span = self.row(row)
    return [Float](unsafeUninitializedCapacity: columns) { buffer, count in
      for column in 0..<columns { buffer.initializeElement(at: column, to: span[column]) }
      count = columns
    }
  }

  /// The bytes of all elements, in the machine's order, for as long as the closure runs.
  package func withBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    defer { withExtendedLifetime(storage) {} }
    return try body(
      UnsafeRawBufferPointer(start: start, count: rows * columns * MemoryLayout<Float>.stride))
  }

  /// The elements for C functions, for as long as the closure runs.
  package func withUnsafeElements<Result>(
    _ body: (UnsafePointer<Float>) throws -> Result
  ) rethrows -> Result {
    try withExtendedLifetime(storage) { try body(UnsafePointer(start)) }
  }
}

// MARK: Parts of a matrix

extension Matrix {
  /// Consecutive rows; they share this matrix's memory.
  public func rows(_ range: Range<Int>) -> Matrix {
    precondition(range.lowerBound >= 0 && range.upperBound <= rows)
    return Matrix(
      rows: range.count, columns: columns, storage: storage,
      offset: offset + range.lowerBound * columns)
  }

  /// A copy of the given rows, in the given order; a row may be named more than once.
  public func gathering(rows chosen: [Int]) -> Matrix {
    Matrix(rows: chosen.count, columns: columns) { index, span in
      let source = row(chosen[index])
      for column in 0..<columns { span[column] = source[column] }
    }
  }

  /// A copy of the given columns, in the given order.
  public func gathering(columns chosen: [Int]) -> Matrix {
    Matrix(rows: rows, columns: chosen.count) { index, span in
      let source = row(index)
      for column in chosen.indices { span[column] = source[chosen[column]] }
    }
  }

  /// Rows become columns.
  public var transposed: Matrix {
    Matrix(rows: columns, columns: rows) { span in
      for row in 0..<rows {
        let source = self.row(row)
        for column in 0..<columns { span[column * rows + row] = source[column] }
      }
    }
  }

  /// A new matrix, every element passed through a function.
  public func map(_ transform: (Float) -> Float) -> Matrix {
    Matrix(rows: rows, columns: columns) { span in
      let source = elements
      for index in source.indices { span[index] = transform(source[index]) }
    }
  }

  /// The sum of each column, accumulated in double precision, divided by the number of rows.
  public var columnMeans: [Double] {
    var sums = [Double](repeating: 0, count: columns)
    for row in 0..<rows {
      let source = self.row(row)
      for column in 0..<columns { sums[column] += Double(source[column]) }
    }
    return rows == 0 ? sums : sums.map { $0 / Double(rows) }
  }

  /// Whether no element is infinite or not a number.
  public var isFinite: Bool {
    let source = elements
    for index in source.indices where !source[index].isFinite { return false }
    return true
  }
}

extension Matrix: Equatable {
  /// Whether two matrices have the same shape and equal elements.
  public static func == (left: Matrix, right: Matrix) -> Bool {
    guard left.rows == right.rows, left.columns == right.columns else { return false }
    let a = left.elements
    let b = right.elements
    for index in a.indices where a[index] != b[index] { return false }
    return true
  }
}

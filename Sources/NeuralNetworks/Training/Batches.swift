import Glibc
import Learning
import Matrices
import Synchronization

/// The training rows of a batch, copied and augmented.
struct Batch {
  /// Which rows of the samples.
  let rows: [Int]
  /// Rows × columns, valid until the next batch is taken.
  let start: UnsafePointer<Float>
}

/// What decides which rows a batch has and what is done to them: nothing but the seed, the epoch and the
/// step, so that neither a resumed training nor a thread's timing changes a bit.
struct BatchRecipe: Sendable {
  let samples: Samples
  let sizes: [Int]
  let augmentation: Augmentation
  let order: RandomStream
  let changes: RandomStream

  init(_ samples: Samples, batch: Int, augmentation: Augmentation, random: RandomStream) {
    self.samples = samples
    sizes = Self.sizes(rows: samples.count, batch: batch)
    self.augmentation = augmentation
    order = random.derived(1)
    changes = random.derived(2)
  }

  /// The rows of each batch of an epoch: all the same but the last, which is not one row alone, for
  /// normalising over a batch needs two.
  static func sizes(rows: Int, batch: Int) -> [Int] {
    var sizes = [Int](repeating: batch, count: rows / batch)
    let rest = rows % batch
    if rest == 1, !sizes.isEmpty {
      sizes[sizes.count - 1] += 1
    } else if rest > 0 {
      sizes.append(rest)
    }
    return sizes
  }

  /// All rows in the order of an epoch.
  func rows(inEpoch epoch: Int) -> [Int] {
    var random = order.derived(epoch)
    return random.permutation(samples.count)
  }

  /// Copies rows and changes them as an epoch wants it.
  func prepare(_ rows: [Int], epoch: Int, into start: UnsafeMutablePointer<Float>) {
    let columns = samples.features.columns
    samples.features.withUnsafeElements { features in
      for (index, row) in rows.enumerated() {
        (start + index * columns).update(from: features + row * columns, count: columns)
      }
    }
    guard augmentation.isActive, let picture = samples.layout.picture else { return }
    let changes = changes.derived(epoch)
    for (index, row) in rows.enumerated() {
      var random = changes.derived(row)
      augmentation.apply(to: start + index * columns, picture, &random)
    }
  }
}

/// Batch after batch, epoch after epoch; the next one is prepared on another thread while the last is
/// in use, where preparing takes long enough.
final class BatchSource {
  private let work: BatchWork
  private var thread: pthread_t?
  private var taken = 0

  init(_ recipe: BatchRecipe, epochs: ClosedRange<Int>) {
    work = BatchWork(recipe, epochs: epochs)
    let bytes = (recipe.sizes.max() ?? 0) * recipe.samples.features.columns * 4
    guard bytes >= Self.leastBytesAhead || recipe.augmentation.isActive else { return }
    var thread = pthread_t()
    let retained = Unmanaged.passRetained(work)
    let code = pthread_create(
      &thread, nil,
      { argument in
        if let argument { Unmanaged<BatchWork>.fromOpaque(argument).takeRetainedValue().run() }
        return nil
      }, retained.toOpaque())
    if code == 0 { self.thread = thread } else { retained.release() }
  }

  /// Handing over to a thread takes as long as copying this much.
  private static let leastBytesAhead = 1 << 18

  /// The next batch; there are as many as the epochs have.
  func next() -> Batch {
    defer { taken += 1 }
    guard thread != nil else { return work.prepareNext() }
    // The caller is done with the batch before.
    if taken > 0 { work.free.signal() }
    work.ready.wait()
    return work.batch(taken)
  }

  deinit {
    guard let thread else { return }
    work.isCancelled.store(true, ordering: .sequentiallyConsistent)
    work.free.signal()
    pthread_join(thread, nil)
  }
}

/// The two buffers and what fills them.
// Sendable: a buffer belongs to the filling thread until `ready` is signalled, and to the other one
// until `free` is; the rest belongs to the thread that calls `prepareNext`, which is always the same.
private final class BatchWork: @unchecked Sendable {
  private final class Buffer {
    var rows: [Int] = []
    let start: UnsafeMutablePointer<Float>

    init(count: Int) {
      start = .allocate(capacity: max(1, count))
      start.initialize(repeating: 0, count: max(1, count))
    }

    deinit { start.deallocate() }

    var batch: Batch { Batch(rows: rows, start: UnsafePointer(start)) }
  }

  let free = Semaphore(1)
  let ready = Semaphore(0)
  let isCancelled = Atomic(false)
  private let recipe: BatchRecipe
  private let even: Buffer
  private let odd: Buffer
  private let lastEpoch: Int
  private var epoch: Int
  private var step = 0
  private var position = 0
  private var order: [Int] = []
  private var filled = 0

  init(_ recipe: BatchRecipe, epochs: ClosedRange<Int>) {
    self.recipe = recipe
    let capacity = (recipe.sizes.max() ?? 0) * recipe.samples.features.columns
    even = Buffer(count: capacity)
    odd = Buffer(count: capacity)
    epoch = epochs.lowerBound
    lastEpoch = epochs.upperBound
  }

  func batch(_ number: Int) -> Batch { (number % 2 == 0 ? even : odd).batch }

  func prepareNext() -> Batch {
    if step == recipe.sizes.count {
      step = 0
      epoch += 1
    }
    if step == 0 {
      order = recipe.rows(inEpoch: epoch)
      position = 0
    }
    let buffer = filled % 2 == 0 ? even : odd
    buffer.rows = Array(order[position..<position + recipe.sizes[step]])
    recipe.prepare(buffer.rows, epoch: epoch, into: buffer.start)
    position += recipe.sizes[step]
    step += 1
    filled += 1
    return buffer.batch
  }

  func run() {
    while !isCancelled.load(ordering: .sequentiallyConsistent),
      epoch < lastEpoch || step < recipe.sizes.count
    {
      _ = prepareNext()
      ready.signal()
      free.wait()
    }
  }
}

/// Counts signals, and waits for one.
private final class Semaphore: @unchecked Sendable {
  // Sendable: the system's semaphore is made for several threads.
  private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

  init(_ count: UInt32) { sem_init(semaphore, 0, count) }

  deinit {
    sem_destroy(semaphore)
    semaphore.deallocate()
  }

  func signal() { sem_post(semaphore) }
  func wait() { while sem_wait(semaphore) != 0 && errno == EINTR {} }
}

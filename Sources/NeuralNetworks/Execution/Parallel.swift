import CKernels

/// Calls a closure for each share of some work, on the threads that oneDNN computes on too.
///
/// - Parameters:
///   - shares: their number; which thread computes one is not said.
///   - threads: at most so many at a time.
///   - body: computes a share, and writes nothing that another one reads or writes.
func inParallel(shares: Int, threads: Int, _ body: (Int) -> Void) {
  withoutActuallyEscaping(body) { body in
    withUnsafePointer(to: ParallelWork(body: body)) { work in
      kernels_parallel(
        threads, shares,
        { context, share in
          context?.assumingMemoryBound(to: ParallelWork.self).pointee.body(share)
        }, UnsafeMutableRawPointer(mutating: work))
    }
  }
}

private struct ParallelWork {
  let body: (Int) -> Void
}

extension ContinuousClock.Instant {
  /// Seconds from this moment to now.
  package var secondsAgo: Double {
    let passed = (ContinuousClock.now - self).components
    return Double(passed.seconds) + Double(passed.attoseconds) * 1e-18
  }
}

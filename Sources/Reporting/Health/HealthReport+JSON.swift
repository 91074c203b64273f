import AudioData
import JSONText

extension HealthReport {
  /// All that was found.
  ///
  /// - Parameter moves: the files that were moved to a quarantine folder.
  /// - Returns: an object.
  package func json(moves: [Quarantine.Move] = []) -> JSONNode {
    [
      "source": JSONNode(source.string), "clean": JSONNode(isClean),
      "classes": JSONNode(classes.map(Self.json)), "all": Self.json(all),
      "problems": JSONNode(
        problems.map {
          [
            "file": JSONNode($0.file), "label": JSONNode($0.label),
            "problem": JSONNode($0.kind.rawValue), "severity": JSONNode($0.severity.rawValue),
            "detail": JSONNode($0.detail),
          ]
        }),
      "comparison": [
        "pairs": JSONNode(comparison.pairs), "verified": JSONNode(comparison.verified),
        "limit": JSONNode(RecordingSearch.certainDifference),
        "largest_reported": JSONNode(comparison.largestReported),
        "nearest_other": comparison.nearestOther.map {
          ["files": JSONNode([$0.first, $0.second]), "difference": JSONNode($0.difference)]
        } ?? .null,
      ],
      "findings": JSONNode(
        findings.map {
          ["severity": JSONNode($0.severity.rawValue), "message": JSONNode($0.message)]
        }),
      "quarantine": JSONNode(
        moves.map {
          [
            "from": JSONNode($0.from.string), "to": JSONNode($0.to.string),
            "failure": $0.failure.map { JSONNode($0) } ?? .null,
          ]
        }),
    ]
  }

  private static func json(_ summary: Summary) -> JSONNode {
    func counts(_ counts: [Count]) -> JSONNode {
      JSONNode(counts.map { ["value": JSONNode($0.value), "files": JSONNode($0.files)] })
    }
    return [
      "label": JSONNode(summary.label), "files": JSONNode(summary.files),
      "usable": JSONNode(summary.usable), "with_problems": JSONNode(summary.troubled),
      "rates": counts(summary.rates), "channels": counts(summary.channels),
      "seconds": summary.seconds.map {
        [
          "shortest": JSONNode($0.shortest), "median": JSONNode($0.median),
          "longest": JSONNode($0.longest),
        ]
      } ?? .null,
    ]
  }
}

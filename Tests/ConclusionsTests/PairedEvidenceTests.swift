import Conclusions
import Testing

@Suite struct PairedEvidenceTests {}

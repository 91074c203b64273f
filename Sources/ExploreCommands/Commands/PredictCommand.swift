import Learning
enum PredictCommand: Command {
  static let specification = CommandSpecification("predict", "")
  static func run(_ arguments: ParsedArguments, registry: Registry) throws -> ExitCode { .failure }
}

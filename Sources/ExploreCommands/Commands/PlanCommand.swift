import Learning
enum PlanCommand: Command {
  static let specification = CommandSpecification("plan", "")
  static func run(_ arguments: ParsedArguments, registry: Registry) throws -> ExitCode { .failure }
}

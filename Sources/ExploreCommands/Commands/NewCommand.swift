import Learning
enum NewCommand: Command {
  static let specification = CommandSpecification("new", "")
  static func run(_ arguments: ParsedArguments, registry: Registry) throws -> ExitCode { .failure }
}

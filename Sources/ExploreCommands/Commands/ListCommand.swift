import Learning
enum ListCommand: Command {
  static let specification = CommandSpecification("list", "")
  static func run(_ arguments: ParsedArguments, registry: Registry) throws -> ExitCode { .failure }
}

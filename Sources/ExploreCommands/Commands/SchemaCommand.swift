import Learning
enum SchemaCommand: Command {
  static let specification = CommandSpecification("schema", "")
  static func run(_ arguments: ParsedArguments, registry: Registry) throws -> ExitCode { .failure }
}

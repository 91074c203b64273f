import Learning
enum DescribeCommand: Command {
  static let specification = CommandSpecification("describe", "")
  static func run(_ arguments: ParsedArguments, registry: Registry) throws -> ExitCode { .failure }
}

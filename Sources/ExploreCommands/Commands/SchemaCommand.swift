import Exploration
import Learning

/// `explore schema`: the JSON Schema of experiment files, made from the registry.
enum SchemaCommand: Command {
  static let specification = CommandSpecification(
    "schema", "prints the JSON Schema of experiment files, for editors",
    example: "explore schema > experiment.schema.json")

  static func run(_ arguments: ParsedArguments, registry: Registry) throws -> ExitCode {
    Terminal.printOutput(ExperimentSchema(registry).schema.indentedText)
    return .success
  }
}

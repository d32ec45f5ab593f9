import {createConfig, getLineColLocation, lintFromString} from '@redocly/openapi-core'
import {InvalidInputError} from '../../operation/errors.ts'

/** What is not good about an OpenAPI document; `line` and `column` from 1. */
export interface LintProblem {
  readonly severity: 'error' | 'warn'
  readonly rule: string
  readonly message: string
  readonly pointer: string
  readonly line: number
  readonly column: number
}

/** The text is no OpenAPI document of a version that the rules know. */
export class NoOpenApiDocumentError extends InvalidInputError {
  override readonly code = 'no_openapi_document'
}

/**
 * Checks an OpenAPI document (2.0 to 3.2; JSON or YAML) with Redocly's recommended rules
 * (https://redocly.com/docs/cli/rules/recommended). `name` is the file it came from: references to other files are
 * resolved from there. Throws NoOpenApiDocumentError.
 */
export async function lintOpenApi(source: string, name: string): Promise<readonly LintProblem[]> {
  const config = await createConfig({extends: ['recommended']})
  const found = await lintFromString({source, config, absoluteRef: name}).catch((error: unknown) => {
    throw new NoOpenApiDocumentError(error instanceof Error ? error.message : String(error), {
      hint: 'it needs `openapi: 3.1.1` or another version at its top',
      cause: error,
    })
  })
  return found.flatMap(({severity, ruleId, message, location: [first], ignored}) => {
    if (ignored || first === undefined) return []
    const {start} = getLineColLocation(first)
    return [{severity, rule: ruleId, message, pointer: first.pointer ?? '', line: start.line, column: start.col}]
  })
}

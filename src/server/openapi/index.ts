import type {OpenApiDocument} from './document.ts'
import type {LintProblem} from './lint.ts'

export {openApiDocument, type OpenApiDocument, type OpenApiOptions} from './document.ts'
export type {LintProblem} from './lint.ts'
export {programDocument, type ProgramDocumentOptions} from './program-document.ts'
export {readOpenApiText} from './read-text.ts'
export {requestExample} from './request-example.ts'
export {asVersion30} from './version-3-0.ts'

/** See `lint.ts`; its library is loaded by the call. */
export async function lintOpenApi(source: string, name: string): Promise<readonly LintProblem[]> {
  return (await import('./lint.ts')).lintOpenApi(source, name)
}

/** See `postman.ts`; its library is loaded by the call. */
export async function postmanCollection(document: OpenApiDocument): Promise<Record<string, unknown>> {
  return (await import('./postman.ts')).postmanCollection(document)
}

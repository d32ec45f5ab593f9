export {openApiDocument, type OpenApiDocument, type OpenApiOptions, pathFields} from './document.ts'
export type {LintProblem} from './lint.ts'
export {programDocument, type ProgramDocumentOptions} from './program-document.ts'
export {readOpenApiText} from './read-text.ts'
export {requestExample} from './request-example.ts'
export {asVersion30} from './version-3-0.ts'

/** See `lint.ts`; its library is loaded by the call. */
export const lintOpenApi: typeof import('./lint.ts').lintOpenApi = async (source, name) =>
  (await import('./lint.ts')).lintOpenApi(source, name)

/** See `postman.ts`; its library is loaded by the call. */
export const postmanCollection: typeof import('./postman.ts').postmanCollection = async document =>
  (await import('./postman.ts')).postmanCollection(document)

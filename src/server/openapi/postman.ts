import {FailureError} from '../../operation/errors.ts'
import type {OpenApiDocument} from './document.ts'

interface Converter {
  convertV2(
    input: {readonly type: 'json'; readonly data: unknown},
    options: Readonly<Record<string, unknown>>,
    done: (error: Error | null, result?: ConversionResult) => void,
  ): void
}

interface ConversionResult {
  readonly result: boolean
  readonly reason?: string
  readonly output?: readonly {readonly type: string; readonly data: Record<string, unknown>}[]
}

/** The document could not be converted. */
export class PostmanConversionError extends FailureError {
  override readonly code = 'postman_conversion'
}

/**
 * The document as a Postman collection (format 2.1), a folder for each tag, the examples as bodies, and the key in the
 * variable `bearerToken`. Throws PostmanConversionError.
 */
export async function postmanCollection(document: OpenApiDocument): Promise<Record<string, unknown>> {
  const {default: converter} = (await import('openapi-to-postmanv2')) as {default: Converter}
  const options = {
    folderStrategy: 'Tags',
    parametersResolution: 'Example',
    includeAuthInfoInExample: false,
    optimizeConversion: true,
  }
  const result = await new Promise<ConversionResult>((settle, fail) => {
    converter.convertV2({type: 'json', data: document}, options, (error, converted) =>
      error || !converted ? fail(new PostmanConversionError(String(error), {cause: error})) : settle(converted),
    )
  })
  const collection = result.output?.find(each => each.type === 'collection')?.data
  if (!result.result || !collection) throw new PostmanConversionError(result.reason ?? 'There was no collection')
  return collection
}

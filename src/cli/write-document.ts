import type {OutputFormat} from './flags.ts'
import {openSink} from './sink.ts'

/**
 * Writes a document that is JSON by nature, such as an OpenAPI document, to a file or to stdout (`-`): as YAML where
 * that is asked for or the file's name says so.
 */
export async function writeDocument(
  document: unknown,
  target: string,
  format: OutputFormat | undefined,
): Promise<void> {
  const isYaml = format === 'yaml' || (format === undefined && /\.ya?ml$/i.test(target))
  const text = isYaml ? (await import('yaml')).stringify(document) : `${JSON.stringify(document, null, 2)}\n`
  const sink = await openSink(target)
  try {
    await sink.write(text)
    await sink.finish()
  } catch (error) {
    await sink.discard()
    throw error
  }
}

import {mkdir, writeFile} from 'node:fs/promises'
import {dirname} from 'node:path'
import {ConflictError, InvalidInputError} from '../operation/errors.ts'

/** A pipeline is there already. */
export class PipelineExistsError extends ConflictError {
  override readonly code = 'pipeline_exists'
}

/** The version of Node that the program asks for. */
export const nodeVersion = '24'

/** @throws PipelineExistsError unless it may be overwritten */
export async function writePipeline(file: string, content: string, force: boolean): Promise<void> {
  await mkdir(dirname(file), {recursive: true})
  try {
    await writeFile(file, content, {flag: force ? 'w' : 'wx'})
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    throw new PipelineExistsError(`${file} is there already`, {
      hint: 'look at what would be written with --dry-run, write elsewhere with --out, or overwrite it with --force',
    })
  }
}

/**
 * Words as one line for a POSIX shell, which leaves what is in single quotes as it is.
 * @throws InvalidInputError for a word that is more than one line, which no platform takes apart safely
 */
export function shellLine(...words: readonly string[]): string {
  return words.map(shellWord).join(' ')
}

function shellWord(text: string): string {
  if (/[\r\n\0]/.test(text)) throw new InvalidInputError(`${JSON.stringify(text)} is more than one line`)
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}

/** A text in which GitHub evaluates nothing: `${{` is written as an expression that gives it. */
export function withoutExpressions(text: string): string {
  return text.replaceAll('${{', "${{ '${{' }}")
}

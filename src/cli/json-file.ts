import {readFileSync} from 'node:fs'
import {NotFoundError} from '../operation/errors.ts'
import {UsageError} from './error-display.ts'

/** The content of a file that a flag names. Throws NotFoundError, UsageError where it is no JSON, and what the file system refuses. */
export function jsonFile(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new NotFoundError(`There is no file ${path}`)
    if (error instanceof SyntaxError) throw new UsageError(`${path} is no JSON file: ${error.message}`)
    throw error
  }
}

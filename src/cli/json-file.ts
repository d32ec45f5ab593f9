import {readFileSync} from 'node:fs'
import {NotFoundError} from '../operation/errors.ts'
import {UsageError} from './error-display.ts'

/** The content of a file that a flag names. Throws NotFoundError, and UsageError where it cannot be read or is no JSON. */
export function jsonFile(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new NotFoundError(`There is no file ${path}`)
    throw new UsageError(`${path} is no JSON file: ${(error as Error).message}`)
  }
}

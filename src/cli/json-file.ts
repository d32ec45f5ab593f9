import {readFileSync} from 'node:fs'
import {UsageError} from './error-display.ts'

/** The content of a file that a flag names. Throws UsageError where it cannot be read or is no JSON. */
export function jsonFile(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    throw new UsageError(`${path} is no JSON file: ${(error as Error).message}`)
  }
}

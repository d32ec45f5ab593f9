import {readFile} from 'node:fs/promises'
import {InvalidInputError, NotFoundError} from '@omni-ops/core/operation'
import {isMap, isNode, isScalar, LineCounter, parseDocument} from 'yaml'
import type * as z from 'zod'

/** A register does not have its form. The message names each line. */
export class RegisterFileError extends InvalidInputError {
  override readonly code = 'register_file'
}

export class RegisterNotFoundError extends NotFoundError {
  override readonly code = 'register_not_found'
}

const largest = 5_000_000
const mostMistakes = 20

/**
 * Reads a register from a YAML file and checks it.
 * @param name What lines are told of: the file as it was typed.
 * @throws RegisterNotFoundError; RegisterFileError with line numbers where it is no YAML or does not have its form
 */
export async function readRegister<S extends z.ZodType>(path: string, schema: S, name = path): Promise<z.output<S>> {
  return parseRegister(await readText(path, name), name, schema)
}

/** `name` is what lines are told of. @throws RegisterFileError */
export function parseRegister<S extends z.ZodType>(text: string, name: string, schema: S): z.output<S> {
  const lines = new LineCounter()
  const document = parseDocument(text, {lineCounter: lines})
  const [broken] = document.errors
  if (broken !== undefined) {
    const {line, col} = lines.linePos(broken.pos[0])
    throw new RegisterFileError(`${name}:${line}:${col}: ${broken.message.split('\n')[0]}`)
  }
  const parsed = schema.safeParse(contentOf(document, name))
  if (parsed.success) return parsed.data
  const lineOf = (path: readonly PropertyKey[]) => lineOfPath(document, path, lines)
  const mistakes = parsed.error.issues.flatMap(mistakesOf).map(({path, message}) => ({
    line: lineOf(path),
    path: path.join('.'),
    message,
  }))
  const told = mistakes
    .toSorted((a, b) => a.line - b.line)
    .slice(0, mostMistakes)
    .map(({line, path, message}) => `${name}:${line}: ${path === '' ? '' : `${path}: `}${message}`)
  throw new RegisterFileError(told.join('\n'), {
    hint:
      mistakes.length > told.length
        ? `${mistakes.length - told.length} more follow`
        : 'correct the lines and run it again',
    details: mistakes.slice(0, mostMistakes),
  })
}

async function readText(path: string, name: string): Promise<string> {
  try {
    const text = await readFile(path, 'utf8')
    if (text.length > largest) throw new RegisterFileError(`${name} is larger than 5 MB`)
    return text
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    throw new RegisterNotFoundError(`There is no register ${name}`, {
      hint: 'name the file, or write one; docs/gdpr-registers.md shows each',
      cause: error,
    })
  }
}

function contentOf(document: ReturnType<typeof parseDocument>, name: string): unknown {
  try {
    return document.toJS()
  } catch (error) {
    // A pile of aliases that grows beyond measure.
    throw new RegisterFileError(`${name}: ${(error as Error).message}`, {cause: error})
  }
}

interface Mistake {
  readonly path: readonly PropertyKey[]
  readonly message: string
}

/** A key that nobody knows is told where it stands. */
function mistakesOf(issue: z.core.$ZodIssue): Mistake[] {
  if (issue.code !== 'unrecognized_keys') return [{path: issue.path, message: issue.message}]
  return issue.keys.map(key => ({path: [...issue.path, key], message: 'is not part of this register'}))
}

/** The line of a part, or of the nearest part around it where the file does not have it. */
function lineOfPath(
  document: ReturnType<typeof parseDocument>,
  path: readonly PropertyKey[],
  lines: LineCounter,
): number {
  for (let length = path.length; length > 0; length -= 1) {
    const parent = document.getIn(path.slice(0, length - 1), true)
    const last = path[length - 1]
    const pair = isMap(parent) ? parent.items.find(({key}) => isScalar(key) && key.value === last) : undefined
    const node = pair === undefined ? document.getIn(path.slice(0, length), true) : pair.key
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line
  }
  return 1
}

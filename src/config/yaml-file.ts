import {chmod, mkdir, open, readFile, rename, rm} from 'node:fs/promises'
import {basename, dirname, join} from 'node:path'
import {InvalidInputError} from '../operation/errors.ts'

/** A settings file cannot be understood. The message names file, line and column. */
export class SettingsFileError extends InvalidInputError {
  override readonly code = 'settings_file'
}

/** A settings file's content, and where each dotted name stands in it (lines from 1). */
export interface SettingsFile {
  readonly path: string
  readonly values: ReadonlyMap<string, {readonly value: unknown; readonly line: number}>
  /** What stands below a dotted name, lists and maps whole; undefined where the file does not have it. */
  readonly subtree?: (name: string) => Subtree | undefined
}

/** A value of many parts, and where each stands. */
export interface Subtree {
  readonly value: unknown
  readonly line: number
  /** The line of a part, or of the nearest part around it where the file does not have it. */
  lineOf(path: readonly PropertyKey[]): number
}

const maximumBytes = 1_000_000

/**
 * Reads a YAML file of settings into dotted names; undefined where there is no file.
 * Throws SettingsFileError where it is no valid YAML map or larger than 1 MB.
 */
export async function readSettingsFile(path: string): Promise<SettingsFile | undefined> {
  let content: string
  try {
    content = await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new SettingsFileError(`Cannot read ${path}: ${(error as Error).message}`, {cause: error})
  }
  if (content.length > maximumBytes) throw new SettingsFileError(`${path} is larger than 1 MB`)
  const yaml = await import('yaml')
  const lines = new yaml.LineCounter()
  const document = yaml.parseDocument(content, {lineCounter: lines})
  const broken = document.errors[0]
  if (broken) {
    const {line, col} = lines.linePos(broken.pos[0])
    throw new SettingsFileError(`${path}:${line}:${col}: ${broken.message.split('\n')[0]}`, {
      hint: `correct line ${line} of ${path}`,
    })
  }
  const values = new Map<string, {value: unknown; line: number}>()
  if (document.contents === null) return {path, values}
  if (!yaml.isMap(document.contents)) throw new SettingsFileError(`${path}: expected "name: value" lines`)
  const visit = (node: unknown, prefix: string, line: number) => {
    if (yaml.isMap(node)) {
      for (const {key, value} of node.items) {
        const name = String(yaml.isScalar(key) ? key.value : key)
        const at = yaml.isNode(key) && key.range ? lines.linePos(key.range[0]).line : line
        visit(value, prefix ? `${prefix}.${name}` : name, at)
      }
      return
    }
    values.set(prefix, {value: yaml.isNode(node) ? plainValue(path, line, () => node.toJS(document)) : node, line})
  }
  visit(document.contents, '', 1)
  const lineOfNode = (node: unknown): number | undefined =>
    yaml.isNode(node) && node.range ? lines.linePos(node.range[0]).line : undefined
  const subtree = (name: string): Subtree | undefined => {
    const keys = keysOf(document.toJS(), name)
    if (keys === undefined) return undefined
    const node = document.getIn(keys, true)
    const line = lineOfNode(node) ?? 1
    return {
      value: yaml.isNode(node) ? plainValue(path, line, () => node.toJS(document)) : node,
      line,
      lineOf: parts => {
        for (let length = parts.length; length > 0; length--) {
          const found = lineOfNode(document.getIn([...keys, ...parts.slice(0, length)], true))
          if (found !== undefined) return found
        }
        return line
      },
    }
  }
  return {path, values, subtree}
}

/**
 * Sets (or with undefined removes) one dotted name in a YAML file, keeping comments and order. The new file replaces
 * the old one in one step, readable by its owner alone.
 */
export async function writeSetting(path: string, name: string, value: unknown): Promise<void> {
  const yaml = await import('yaml')
  const existing = await readSettingsFile(path)
  const document = yaml.parseDocument(existing ? await readFile(path, 'utf8') : '')
  const keys = keysOf(document.toJS(), name) ?? name.split('.')
  if (value === undefined) document.deleteIn(keys)
  else document.setIn(keys, value)
  await replaceFile(path, document.toString())
}

/** Writes a YAML file of these dotted names alone; what is undefined is left out. */
export async function writeSettings(path: string, values: Readonly<Record<string, unknown>>): Promise<void> {
  const yaml = await import('yaml')
  const document = new yaml.Document({})
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined) document.setIn(name.split('.'), value)
  }
  await replaceFile(path, document.toString())
}

/** A node's value; a pile of aliases that grows beyond measure is refused by the library, and told with its line. */
function plainValue(path: string, line: number, read: () => unknown): unknown {
  try {
    return read()
  } catch (error) {
    throw new SettingsFileError(`${path}:${line}: ${(error as Error).message}`, {cause: error})
  }
}

/** The keys under which a dotted name stands, which may be written nested, flat, or both: `{'llm.openai': {key: 1}}`. */
function keysOf(content: unknown, name: string): readonly string[] | undefined {
  if (typeof content !== 'object' || content === null) return undefined
  for (const [key, value] of Object.entries(content)) {
    if (key === name) return [key]
    const rest = name.startsWith(`${key}.`) ? keysOf(value, name.slice(key.length + 1)) : undefined
    if (rest) return [key, ...rest]
  }
  return undefined
}

/** Writes a file so that a reader, or a crash, sees the old content or the new one and nothing between. Its owner alone may read it. */
export async function replaceFile(path: string, content: string): Promise<void> {
  const directory = dirname(path)
  await mkdir(directory, {recursive: true, mode: 0o700})
  const temporary = join(directory, `.${basename(path)}.${process.pid}.tmp`)
  try {
    const file = await open(temporary, 'w', 0o600)
    try {
      await file.writeFile(content)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
    await chmod(path, 0o600)
  } catch (error) {
    await rm(temporary, {force: true})
    throw error
  }
}

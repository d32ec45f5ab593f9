import {mkdir, readdir, readFile, writeFile} from 'node:fs/promises'
import {dirname, join, resolve} from 'node:path'
import {fileURLToPath} from 'node:url'
import type {Context} from '../operation/context.ts'
import {ConflictError} from '../operation/errors.ts'
import {assertForeignName, takenWords} from './foreign-plugin.ts'

/** There are files in the directory already. */
export class DirectoryNotEmptyError extends ConflictError {
  override readonly code = 'directory_not_empty'
}

/** The template is a plugin that works, of this name. */
const templateName = 'guestbook'
const template = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? '../../templates/plugin' : './assets/templates/plugin', import.meta.url),
)

/** npm leaves a `.gitignore` out of a package: the template's has another name. */
const renamed: Readonly<Record<string, string>> = {gitignore: '.gitignore'}

export interface CreatedPlugin {
  readonly name: string
  readonly package: string
  readonly directory: string
  /** Relative to the directory. */
  readonly files: string[]
}

/**
 * Writes a plugin that works under a name of its own. The directory must be new or empty.
 * @throws PluginRefusedError for a name that no plugin can have, DirectoryNotEmptyError
 */
export async function createPlugin(
  name: string,
  path: string,
  {workingDirectory, registry}: Pick<Context, 'workingDirectory' | 'registry'>,
): Promise<CreatedPlugin> {
  assertForeignName(name, takenWords(registry.plugins, []))
  const directory = resolve(workingDirectory, path)
  await mkdir(directory, {recursive: true})
  if ((await readdir(directory)).length > 0) {
    throw new DirectoryNotEmptyError(`${directory} is not empty`, {hint: 'choose another with --dir'})
  }
  const entries = await readdir(template, {recursive: true, withFileTypes: true})
  const sources = entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name))
  const files = await Promise.all(sources.map(source => writeNamed(source, name, directory)))
  return {name, package: `omni-plugin-${name}`, directory, files: files.toSorted()}
}

async function writeNamed(source: string, name: string, directory: string): Promise<string> {
  const path = source.slice(template.length + 1)
  const target = renamed[path] ?? path
  const text = await readFile(source, 'utf8')
  await mkdir(dirname(join(directory, target)), {recursive: true})
  await writeFile(join(directory, target), text.replaceAll(templateName, name), {flag: 'wx'})
  return target
}

import {execFile} from 'node:child_process'
import {symlinkSync, writeFileSync} from 'node:fs'
import {createRequire} from 'node:module'
import {dirname, join, resolve} from 'node:path'
import {promisify} from 'node:util'

const root = resolve(import.meta.dirname, '../../../..')
const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc')

/**
 * Writes files to a directory, among the packages of this checkout, and compiles them strictly. Answers what the
 * compiler complained of; nothing where it did not.
 */
export async function typeErrors(directory: string, files: Readonly<Record<string, string>>): Promise<string> {
  symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text)
  const options = {
    strict: true,
    noUncheckedIndexedAccess: true,
    noUnusedLocals: true,
    noUnusedParameters: true,
    noEmit: true,
    skipLibCheck: true,
    target: 'ES2023',
    lib: ['ES2023', 'DOM'],
    module: 'ESNext',
    moduleResolution: 'bundler',
    jsx: 'react-jsx',
    resolveJsonModule: true,
    types: [],
  }
  writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify({compilerOptions: options, files: Object.keys(files)}))
  try {
    await promisify(execFile)(process.execPath, [compiler, '-p', directory], {cwd: directory})
    return ''
  } catch (error) {
    return (error as {stdout?: string}).stdout ?? String(error)
  }
}

/**
 * Checks that imports only point the way they may (docs: laws 1 to 4 of the design), and prints every one that does
 * not. `node tools/check-arrows.ts [ROOT]`; exits with 1 where something is wrong.
 */
import {globSync} from 'node:fs'
import {readFile} from 'node:fs/promises'
import {join, resolve} from 'node:path'
import {type SourceFile, violationsIn} from './arrows.ts'

const root = resolve(process.argv[2] ?? join(import.meta.dirname, '..'))
const paths = globSync(['src/**/*.ts', 'plugins/*/src/**/*.ts', 'commands/**/*.ts'], {cwd: root})
  .map(path => path.replaceAll('\\', '/'))
  .filter(path => !path.includes('node_modules/') && !path.endsWith('.test.ts'))
  .toSorted()
const files: SourceFile[] = await Promise.all(
  paths.map(async path => ({path, source: await readFile(join(root, path), 'utf8')})),
)
const violations = files.flatMap(violationsIn)
for (const {path, line, message} of violations) process.stdout.write(`${path}:${line}: ${message}\n`)
process.stdout.write(`${files.length} files, ${violations.length} violations\n`)
if (violations.length > 0) process.exitCode = 1

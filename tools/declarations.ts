import {execFileSync} from 'node:child_process'
import {readFileSync} from 'node:fs'
import {mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {createRequire} from 'node:module'
import {tmpdir} from 'node:os'
import {dirname, join, posix, resolve} from 'node:path'
import {kernelParts} from '../src/plugins/kernel-modules.ts'

const root = resolve(import.meta.dirname, '..')

const {exports: kernelExports} = JSON.parse(readFileSync(join(root, 'src', 'package.json'), 'utf8')) as {
  readonly exports: Readonly<Record<string, string>>
}

/** What the declarations themselves import, for who compiles against them. */
export const declarationPeers = ['@oclif/core', '@types/node', 'kysely', 'zod'] as const

/** A relative import, static or within a type, up to the ending of the file. */
const relativeImport = /((?:from|import)\s*\(?\s*['"])(\.{1,2}\/[^'"]+)\.ts(?=['"])/g

/**
 * Writes what TypeScript has to know of the kernel, for those who write plugins: the declarations that the parts for
 * plugins reach, and `index.d.ts`, by which `"types": ["PACKAGE"]` in a tsconfig makes `@omni-ops/core/…` known. That
 * package exists nowhere but in the running program, so its modules are declared as ambient ones.
 *
 * @param directory Where the package has its declarations.
 * @param packagePath How that directory is imported: `@omni-ops/cli/types`.
 */
export async function writeDeclarations(directory: string, packagePath: string): Promise<void> {
  const emitted = await mkdtemp(join(tmpdir(), 'omni-declarations-'))
  try {
    emitAll(emitted)
    const parts = kernelParts.map(part => [part, posix.normalize(withoutEnding(kernelExports[`./${part}`]!))] as const)
    const reached = new Map<string, string>()
    for (const [, module] of parts) await reach(module, emitted, reached)
    for (const [module, text] of reached) {
      const file = join(directory, `${module}.d.ts`)
      await mkdir(dirname(file), {recursive: true})
      await writeFile(file, text.replaceAll(relativeImport, '$1$2.js'))
    }
    const ambient = parts.map(
      ([part, module]) =>
        `declare module '@omni-ops/core/${part}' {\n  export * from '${packagePath}/${module}.js'\n}\n`,
    )
    await writeFile(join(directory, 'index.d.ts'), ambient.join('\n'))
  } finally {
    await rm(emitted, {recursive: true, force: true})
  }
}

/** The declarations of the whole kernel, which `tsc -b` has checked. */
function emitAll(directory: string): void {
  const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc')
  const options = ['--noCheck', '--outDir', directory, '--tsBuildInfoFile', join(directory, 'tsbuildinfo')]
  execFileSync(process.execPath, [compiler, '-p', join(root, 'src'), ...options], {
    stdio: ['ignore', 'inherit', 'inherit'],
  })
}

/** Adds a module and what it imports of its own package, by their paths without an ending. */
async function reach(module: string, emitted: string, reached: Map<string, string>): Promise<void> {
  if (reached.has(module)) return
  const text = await readFile(join(emitted, `${module}.d.ts`), 'utf8')
  reached.set(module, text)
  const code = text.replaceAll(/\/\*[^]*?\*\//g, '')
  for (const [, , path] of code.matchAll(relativeImport)) {
    await reach(posix.join(posix.dirname(module), path!), emitted, reached)
  }
}

function withoutEnding(path: string): string {
  return path.replace(/\.ts$/, '')
}

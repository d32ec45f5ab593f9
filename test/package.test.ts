import {execFileSync} from 'node:child_process'
import {cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {expect, onTestFinished, test, vi} from 'vitest'
import {omni, root, temporaryHome} from './cli/program.ts'

// Each starts a dozen programs one after the other, npm among them.
vi.setConfig({testTimeout: 180_000})

test('what npm installs from the tarball is whole: it runs away from the checkout, and takes plugins', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'omni-tarball-'))
  onTestFinished(() => rmSync(directory, {recursive: true, force: true}))
  execFileSync(process.execPath, [join(root, 'tools', 'package.ts'), directory], {stdio: 'pipe'})
  execFileSync('tar', ['xzf', join(directory, 'omni-ops-cli-0.1.0.tgz'), '-C', directory])
  const installed = join(directory, 'package')
  const description = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as {
    man: string[]
    dependencies: Record<string, string>
    peerDependencies: Record<string, string>
  }
  expect(description.man.every(page => existsSync(join(installed, page)))).toBe(true)
  compilePlugins(installed, Object.keys(description.peerDependencies), directory)
  // npm would put these there; to bring them anew takes minutes.
  for (const name of Object.keys(description.dependencies)) {
    expect(existsSync(join(root, 'node_modules', name))).toBe(true)
  }
  symlinkSync(join(root, 'node_modules'), join(installed, 'node_modules'))

  const home = temporaryHome()
  const run = async (...argv: string[]) => {
    const finished = await omni(argv, {home, program: join(installed, 'bin', 'run.js')})
    expect(finished.code, finished.stderr + finished.stdout).toBe(0)
    return finished.stdout
  }
  await run('plugins', 'create', 'visits')
  expect(await run('plugins', 'test', 'omni-plugin-visits')).toMatch(/pass 3/)
  await run('plugins', 'install', './omni-plugin-visits', '--yes')
  expect(JSON.parse(await run('visits', 'sign', 'Ada', '--json'))).toMatchObject({guest: 'Ada', entries: 1})
  await run('doctor')
  expect(await run('ci', 'init', 'github', '--dry-run')).toContain('@omni-ops/cli@0.1.0')
})

/** The files of the page on plugins: its package.json and tsconfig.json, and what begins with its name in a comment. */
function exampleOfDocs(): ReadonlyMap<string, string> {
  const section = readFileSync(join(root, 'docs', 'plugins.md'), 'utf8').split('## In TypeScript')[1]!
  const [description = '', tsconfig = ''] = [...section.matchAll(/^```json\n([^]*?)^```$/gm)].map(([, text]) => text!)
  const sources = [...section.matchAll(/^```ts\n\/\/ (\S+)\n([^]*?)^```$/gm)].map(
    ([, path, text]) => [path!, text!] as const,
  )
  return new Map([['package.json', description], ['tsconfig.json', tsconfig], ...sources])
}

/**
 * Compiles the plugin of the page on plugins and the one that `omni plugins create` writes against the declarations of
 * the package, with nothing beside them but what the package names as its peers.
 */
function compilePlugins(installed: string, peers: readonly string[], directory: string): void {
  const author = join(directory, 'author')
  const modules = join(author, 'node_modules')
  for (const name of ['types', 'package.json']) {
    cpSync(join(installed, name), join(modules, '@omni-ops', 'cli', name), {recursive: true})
  }
  for (const peer of peers) {
    mkdirSync(dirname(join(modules, peer)), {recursive: true})
    symlinkSync(join(root, 'node_modules', peer), join(modules, peer))
  }
  const example = exampleOfDocs()
  expect([...example.keys()]).toEqual(['package.json', 'tsconfig.json', 'src/index.ts', 'src/find.ts'])
  // Were anything `any`, these would be errors for expecting none.
  const wrong = `import {column} from '@omni-ops/core/store'
import {OmniCommand} from '@omni-ops/core/cli'
import {openPlugin} from '@omni-ops/core/plugin-testing'
import plugin, {find} from './index.js'

const opened = await openPlugin(plugin)
// @ts-expect-error -- the id of a badge is a text
await opened.invoke(find, {id: 7})
const {holder} = await opened.invoke(find, {id: '7'})
// @ts-expect-error -- a holder is a text
holder.toFixed()
// @ts-expect-error -- there is no such column
column.colour()
// @ts-expect-error -- a command says what it does
export class Nothing extends OmniCommand {}
`
  for (const [path, text] of [...example, ['src/wrong.ts', wrong] as const]) {
    mkdirSync(dirname(join(author, path)), {recursive: true})
    writeFileSync(join(author, path), text)
  }
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  execFileSync(process.execPath, [compiler, '-p', author], {stdio: ['ignore', 'inherit', 'inherit']})
  const template = join(author, 'template')
  cpSync(join(root, 'templates', 'plugin'), template, {recursive: true})
  execFileSync(process.execPath, [compiler, '-p', template], {stdio: ['ignore', 'inherit', 'inherit']})
}

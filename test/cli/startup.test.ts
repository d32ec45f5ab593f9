import {mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {pathToFileURL} from 'node:url'
import {expect, test} from 'vitest'
import {omni, root, temporaryHome} from './program.ts'

/** What a run of omni loaded: Node's own modules as `NativeModule …`, files as paths from the root. */
async function loadedBy(argv: readonly string[], home: string): Promise<readonly string[]> {
  const observer = join(home, 'observer.mjs')
  const list = join(home, 'loaded.json')
  writeFileSync(
    observer,
    `import {registerHooks} from 'node:module'
import {writeFileSync} from 'node:fs'
const before = new Set(process.moduleLoadList)
const files = []
registerHooks({load(url, context, next) { files.push(url); return next(url, context) }})
process.on('exit', () => {
  const native = process.moduleLoadList.filter(each => !before.has(each))
  writeFileSync(${JSON.stringify(list)}, JSON.stringify([...native, ...files]))
})`,
  )
  const {code, stderr} = await omni(argv, {home, env: {NODE_OPTIONS: `--import=${pathToFileURL(observer).href}`}})
  expect(stderr).toBe('')
  expect(code).toBe(0)
  const loaded = JSON.parse(readFileSync(list, 'utf8')) as string[]
  const prefix = pathToFileURL(`${root}/`).href
  return loaded.map(each => each.replace(prefix, ''))
}

const slow = ['http', 'https', 'http2', 'tls', 'crypto', 'inspector', 'worker_threads', 'sqlite', 'dns', 'zlib']

test.each([[['--help']], [['config', 'list']], [['config', 'list', '--json']], [['help', 'exit-codes']]])(
  'omni %j loads no slow module of Node and nothing outside the bundle',
  async argv => {
    const loaded = await loadedBy(argv, temporaryHome())
    expect(slow.filter(name => loaded.includes(`NativeModule ${name}`))).toEqual([])
    expect(loaded.filter(each => each.includes('node_modules'))).toEqual([])
    expect(loaded.filter(each => each.startsWith('dist/')).length).toBeGreaterThan(1)
  },
)

test('omni config list reads YAML only where there is a file', async () => {
  const home = temporaryHome()
  const without = await loadedBy(['config', 'list'], home)
  mkdirSync(join(home, '.config/omni/profiles'), {recursive: true})
  writeFileSync(join(home, '.config/omni/profiles/default.yaml'), 'tenant: acme\n')
  const more = (await loadedBy(['config', 'list'], home)).filter(each => !without.includes(each))
  expect(more.filter(each => each.startsWith('dist/')).length).toBeGreaterThanOrEqual(1)
})

/** The loaded files of the bundle in which a text stands. */
function holding(text: string, loaded: readonly string[]): readonly string[] {
  return loaded.filter(each => each.startsWith('dist/') && readFileSync(join(root, each), 'utf8').includes(text))
}

test('omni --help loads no command, no schema and no plugin', async () => {
  const home = temporaryHome()
  const help = await loadedBy(['--help'], home)
  expect(help.filter(each => /^dist\/(commands|plugins)\//.test(each))).toEqual([])
  expect(holding('$ZodType', help)).toEqual([])
  expect(holding('$ZodType', await loadedBy(['config', 'list'], home))).not.toEqual([])
})

test('a command loads its own operation and no other domain’s', async () => {
  const home = temporaryHome()
  const loaded = await loadedBy(['config', 'list'], home)
  expect(loaded.filter(each => each.startsWith('dist/commands/'))).toEqual(['dist/commands/config/list.js'])
  const elsewhere = 'Find the passages that best match a query'
  expect(holding(elsewhere, loaded)).toEqual([])
  expect(holding(elsewhere, await loadedBy(['rag', 'search', '--help'], home))).toEqual([])
})

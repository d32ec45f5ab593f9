/**
 * Looks at a plugin before it is installed, in a thread of its own: whatever its modules do while they load, the
 * program that installs it goes on. Everything that the plugin would have a part in is made once with it.
 */
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath, pathToFileURL} from 'node:url'
import {parentPort, workerData} from 'node:worker_threads'
import {OmniError} from '../../operation/errors.ts'
import {defineOperation, type Operation} from '../../operation/operation.ts'
import type {Plugin} from '../../operation/plugin.ts'
import {Registry} from '../../operation/registry.ts'
import {systemClock} from '../../operation/random.ts'
import type {PluginCheckAnswer, PluginCheckReport, PluginCheckTask} from '../../plugins/check-plugin.ts'
import {
  assertForeignMigrations,
  assertForeignOperations,
  assertForeignPlugin,
  assertForeignPrivacy,
  PluginRefusedError,
  takenWords,
} from '../../plugins/foreign-plugin.ts'
import {readPluginIndex} from '../../plugins/installed-plugins.ts'
import {exposeKernel} from '../../plugins/kernel-modules.ts'
import {loadInstalled, messageOf} from '../../plugins/load-installed.ts'
import {comparePrivacy, readRealSchema} from '../../privacy/index.ts'
import {graphQlSchema} from '../../server/graphql/index.ts'
import {toolOf} from '../../server/mcp/tools.ts'
import {programDocument} from '../../server/openapi/index.ts'
import {declaredTables, openStore} from '../../store/index.ts'
import {jsonLogger} from '../../telemetry/logger.ts'
import {commandManifest} from './command-manifest.ts'

const programRoot = fileURLToPath(new URL('../..', import.meta.url))

async function check({root, definition, commands, directory}: PluginCheckTask): Promise<PluginCheckReport> {
  exposeKernel()
  const {program, topics, version} = await programPlugins()
  const plugin = await importPlugin(join(root, definition))
  assertForeignPlugin(plugin, takenWords(program, topics))
  const {name, summary} = plugin
  const operations = await checkedOperations(plugin)
  const index = readPluginIndex(directory)
  const others = {...index, plugins: index.plugins.filter(each => each.name !== name)}
  const {plugins: present} = await loadInstalled({program, topics, index: others, directory})
  const registry = new Registry([...present, plugin])
  await makeSurfaces(registry)
  await checkTables(plugin, registry)
  return {
    name,
    summary,
    topics: {[name]: summary, ...plugin.topics},
    operations: operations.map(({id}) => id),
    settings: (plugin.settings ?? []).map(setting => setting.name),
    tables: Object.keys(declaredTables((await plugin.migrations?.()) ?? [])),
    commands: await commandManifest(name, operations, {root, directory: commands}),
    checkedWith: version,
  }
}

async function programPlugins() {
  const read = (name: string) => JSON.parse(readFileSync(join(programRoot, name), 'utf8')) as unknown
  const {omni, version} = read('package.json') as {omni: {plugins: readonly string[]}; version: string}
  const {commands} = read('oclif.manifest.json') as {commands: Readonly<Record<string, unknown>>}
  const program = await Promise.all(omni.plugins.map(path => importPlugin(join(programRoot, path))))
  return {program, version, topics: [...new Set(Object.keys(commands).map(id => id.split(':')[0]!))]}
}

async function importPlugin(path: string): Promise<Plugin> {
  const {default: plugin} = (await import(pathToFileURL(path).href)) as {default?: Plugin}
  if (plugin === undefined) throw new TypeError(`${path} has no default export`)
  return plugin
}

/** The operations, each of which has a handler and schemas of the right kind. */
async function checkedOperations(plugin: Plugin): Promise<readonly Operation[]> {
  const operations = await plugin.operations()
  assertForeignOperations(plugin.name, operations)
  for (const operation of operations) {
    if (!('_zod' in operation.input && '_zod' in operation.output)) {
      throw new PluginRefusedError(`The schemas of ${operation.id} are not of zod 4`)
    }
    defineOperation(operation)
    const {handle} = (await operation.handler()) as {handle?: unknown}
    if (typeof handle !== 'function') throw new TypeError(`The handler module of ${operation.id} exports no handle`)
  }
  return operations
}

/** Makes what the server and assistants would get, all plugins together; whatever does not fit throws. */
async function makeSurfaces(registry: Registry): Promise<void> {
  const offered = (await registry.operations()).filter(({http}) => http !== undefined)
  await programDocument(registry, {version: '0.0.0', format: '3.1'})
  graphQlSchema(offered)
  for (const operation of offered) toolOf(operation)
}

/** Makes the tables in an empty database, and compares them with what is declared for privacy. */
async function checkTables(plugin: Plugin, registry: Registry): Promise<void> {
  const {name} = plugin
  const migrations = (await plugin.migrations?.()) ?? []
  const declarations = (await plugin.privacy?.()) ?? []
  assertForeignMigrations(name, migrations)
  assertForeignPrivacy(name, declarations)
  await using store = await openStore({
    url: 'sqlite::memory:',
    migrations: await registry.migrations(),
    clock: systemClock,
    log: jsonLogger('off', () => {}, systemClock.now),
  })
  const real = (await readRealSchema(store)).filter(({table}) => table.startsWith(`${name}_`))
  const sql = declarations.filter(declaration => declaration.store === 'sql')
  const [difference] = real.length > 0 ? comparePrivacy(sql, real) : []
  if (difference === undefined) return
  const {kind, table, field} = difference
  throw new PluginRefusedError(
    `Plugin ${name}: the privacy declaration and the database differ in ${[table, field].filter(Boolean).join('.')} (${kind})`,
    {hint: 'every column is declared, as personal with a purpose or as non-personal'},
  )
}

function failure(thrown: unknown): PluginCheckAnswer {
  if (thrown instanceof OmniError) return {failure: {message: thrown.message, hint: thrown.hint, refused: true}}
  return {failure: {message: messageOf(thrown), hint: undefined, refused: false}}
}

const answer: PluginCheckAnswer = await check(workerData as PluginCheckTask).then(report => ({report}), failure)
parentPort?.postMessage(answer)

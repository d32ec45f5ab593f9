import {mkdtemp, rm} from 'node:fs/promises'
import {platform, tmpdir} from 'node:os'
import {join} from 'node:path'
import core from '../core-plugin.ts'
import type {Context, OperationEvent} from '../operation/context.ts'
import {invoke} from '../operation/invoke.ts'
import type {Operation, OperationInput, OperationOutput} from '../operation/operation.ts'
import type {Plugin} from '../operation/plugin.ts'
import {Registry} from '../operation/registry.ts'
import {comparePrivacy, type PrivacyDifference, readRealSchema} from '../privacy/index.ts'
import {openRuntime} from '../runtime.ts'
import {
  assertForeignMigrations,
  assertForeignOperations,
  assertForeignPlugin,
  assertForeignPrivacy,
  takenWords,
} from './foreign-plugin.ts'

export interface OpenPluginOptions {
  readonly tenant?: string
  /** Values of settings by name, as if flags had set them. */
  readonly settings?: Readonly<Record<string, unknown>>
}

/** A plugin at work, for its tests. */
export interface OpenPlugin extends AsyncDisposable {
  readonly context: Context
  /** What operations emitted, in order. */
  readonly events: readonly OperationEvent[]
  /** Calls an operation as its command does: input and output are checked. */
  invoke<O extends Operation>(operation: O, input: OperationInput<O>): Promise<OperationOutput<O>>
  /** Where the plugin's tables and what it declares for privacy differ. Empty is right. */
  privacyDifferences(): Promise<readonly PrivacyDifference[]>
}

/**
 * Opens a plugin in an empty directory, with a real database and nothing of the user's; what it makes goes away with
 * `await using`. Throws PluginRefusedError where the plugin breaks a rule.
 */
export async function openPlugin(plugin: Plugin, options: OpenPluginOptions = {}): Promise<OpenPlugin> {
  const {name} = plugin
  assertForeignPlugin(plugin, takenWords([core], []))
  assertForeignOperations(name, await plugin.operations())
  assertForeignMigrations(name, (await plugin.migrations?.()) ?? [])
  const declarations = (await plugin.privacy?.()) ?? []
  assertForeignPrivacy(name, declarations)
  const home = await mkdtemp(join(tmpdir(), 'omni-plugin-test-'))
  const runtime = await openRuntime({
    registry: new Registry([core, plugin]),
    profile: 'default',
    machine: {platform: platform(), env: environmentOf(home), home},
    workingDirectory: home,
    flags: {...options.settings, ...(options.tenant === undefined ? {} : {tenant: options.tenant})},
    version: '0.0.0',
    logLevel: 'off',
    debug: false,
    writeLog: () => {},
  })
  const events: OperationEvent[] = []
  const context = runtime.context({
    tenant: runtime.tenant,
    principal: {id: 'test', kind: 'local', scopes: '*'},
    operation: 'test',
    signal: new AbortController().signal,
    emit: event => void events.push(event),
  })
  return {
    context,
    events,
    invoke: (operation, input) => invoke(operation, input, {...context, operation: operation.id}),
    async privacyDifferences() {
      const real = (await readRealSchema(await runtime.store())).filter(({table}) => table.startsWith(`${name}_`))
      return comparePrivacy(declarations, real)
    },
    async [Symbol.asyncDispose]() {
      await runtime.close()
      await rm(home, {recursive: true, force: true})
    },
  }
}

function environmentOf(home: string): Record<string, string> {
  const names = ['XDG_CONFIG_HOME', 'XDG_DATA_HOME', 'XDG_CACHE_HOME', 'XDG_STATE_HOME']
  return Object.fromEntries(names.map(name => [name, join(home, name.slice(4, -5).toLowerCase())]))
}

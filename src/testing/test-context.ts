import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {onTestFinished} from 'vitest'
import {Settings} from '../config/settings.ts'
import type {Context, OperationEvent, Randomness} from '../operation/context.ts'
import {invoke} from '../operation/invoke.ts'
import {uuidV7} from '../operation/random.ts'
import {Registry} from '../operation/registry.ts'
import {SharedResources} from '../operation/shared-resources.ts'
import {coreSettings} from '../settings.ts'
import type {Store} from '../store/store.ts'
import {silentLog, TestClock} from './context.ts'

export interface TestContextOptions extends Partial<Omit<Context, 'settings' | 'store' | 'clock' | 'directories'>> {
  readonly clock?: TestClock
  /** Values of settings by name, as if flags had set them. */
  readonly settings?: Readonly<Record<string, unknown>>
  /** The store that `context.store()` gives; without one, asking for it fails. */
  readonly store?: Store
  /** Where the data directory and its siblings are made; a temporary one by default. */
  readonly directory?: string
  /** Numbers that make two contexts draw different ids. */
  readonly seed?: number
}

export interface TestContext extends Context {
  readonly clock: TestClock
  /** What the operation emitted, in order. */
  readonly events: readonly OperationEvent[]
}

/**
 * A context in which nothing varies by itself: the clock is moved by hand, randomness comes from a seed, directories
 * are empty and vanish with the test. Call it inside a test.
 */
export function testContext(options: TestContextOptions = {}): TestContext {
  const {clock = new TestClock(), settings = {}, store, seed = 1, ...given} = options
  const directory = options.directory ?? temporaryDirectory()
  const registry = given.registry ?? new Registry([])
  const declarations = registry.plugins.length > 0 ? registry.settings() : coreSettings
  const resources = new SharedResources()
  onTestFinished(() => resources.close())
  const events: OperationEvent[] = []
  const context: TestContext = {
    tenant: 'acme',
    principal: {id: 'local', kind: 'local', scopes: '*'},
    random: seededRandomness(seed, clock),
    log: silentLog,
    signal: new AbortController().signal,
    operation: 'test.run',
    workingDirectory: directory,
    profile: {name: 'default', settingsFile: join(directory, 'config', 'profiles', 'default.yaml')},
    emit: event => void events.push(event),
    llm: async () => undefined,
    embeddings: async () => undefined,
    meter: async () => {
      const open = await registry.meters()
      if (open === undefined) throw new Error('This test context was made without a plugin that brings a meter')
      return open(context)
    },
    shared: (key, make, close) => resources.get(key, make, close),
    invoke: (operation, input) => invoke(operation, input, {...context, operation: operation.id}),
    ...given,
    registry,
    clock,
    events,
    settings: new Settings(declarations, {flags: settings, env: {}}),
    directories: {
      config: join(directory, 'config'),
      data: join(directory, 'data'),
      cache: join(directory, 'cache'),
      state: join(directory, 'state'),
      plugins: join(directory, 'plugins'),
    },
    store: async () => {
      if (!store) throw new Error('This test context was made without a store')
      return store
    },
  }
  return context
}

/** The same bytes and ids for the same seed: the generator mulberry32, which is no source of secrets. */
export function seededRandomness(seed: number, clock: TestClock): Randomness {
  let state = seed
  const byte = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return (mixed ^ (mixed >>> 14)) & 0xff
  }
  const bytes = (count: number) => Uint8Array.from({length: count}, byte)
  return {bytes, id: () => uuidV7(clock.now().getTime(), bytes(10))}
}

function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'omni-test-'))
  onTestFinished(() => rmSync(directory, {recursive: true, force: true}))
  return directory
}

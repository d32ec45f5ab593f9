import {existsSync} from 'node:fs'
import {dirname, join, resolve} from 'node:path'
import {directoriesOf, type Machine} from './config/directories.ts'
import {loadSettings, profileFile} from './config/load.ts'
import type {Settings} from './config/settings.ts'
import type {EmbeddingModel} from './llm/embedding-model.ts'
import type {LanguageModel} from './llm/language-model.ts'
import type {Meter} from './llm/metered-call.ts'
import type {Clock, Context, Directories, Logger, Principal, Randomness, Remote} from './operation/context.ts'
import {InvalidInputError, NotConfiguredError} from './operation/errors.ts'
import {invoke} from './operation/invoke.ts'
import {systemClock, systemRandomness} from './operation/random.ts'
import type {Registry} from './operation/registry.ts'
import {SharedResources} from './operation/shared-resources.ts'
import {tombstoneFile} from './privacy/tombstone-file.ts'
import {assertResident} from './privacy/residency.ts'
import type {Store} from './store/store.ts'
import type {UnitWitness} from './store/unit.ts'
import {jsonLogger, type LogLevel, logLevels} from './telemetry/logger.ts'

export interface RuntimeOptions {
  readonly registry: Registry
  readonly profile: string
  readonly machine: Machine
  readonly workingDirectory: string
  /** Values of settings that were given as flags. */
  readonly flags?: Readonly<Record<string, unknown>>
  /** The program's, for the record of migrations. */
  readonly version: string
  /** The least level to log where neither a flag nor a setting says one. */
  readonly logLevel: LogLevel
  /** Logs everything, whatever the setting says. */
  readonly debug: boolean
  readonly writeLog: (line: string) => void
  /** Finds where the profile's operations run, if that is not here. */
  readonly remote?: (settings: Settings) => Promise<Remote | undefined>
}

/** What differs between two calls of one runtime. */
export interface Call {
  readonly tenant: string
  readonly principal: Principal
  readonly operation: string
  readonly signal: AbortSignal
  readonly emit: Context['emit']
  readonly log?: Logger
  readonly witness?: UnitWitness
}

/**
 * A profile at work in this process: one store, one set of shared resources, any number of calls. A command makes one
 * call and closes it; a server makes one per request and closes it when it ends.
 */
export interface Runtime {
  /** The tenant of calls that name none. */
  readonly tenant: string
  readonly settings: Settings
  readonly directories: Directories
  readonly registry: Registry
  readonly version: string
  readonly clock: Clock
  readonly random: Randomness
  readonly log: Logger
  /** Whether lines of this level are logged. */
  logs(level: LogLevel): boolean
  context(call: Call): Context
  /** What its calls share. */
  readonly shared: Context['shared']
  store(): Promise<Store>
  close(): Promise<void>
}

const tenantPattern = /^[a-z0-9][a-z0-9_-]{0,62}$/

/** @throws InvalidInputError for a name that cannot be a tenant's: it also names a directory */
export function assertTenantName(tenant: string): void {
  if (tenantPattern.test(tenant)) return
  throw new InvalidInputError(`"${tenant}" is no tenant name`, {
    hint: 'use lower-case letters, digits, - and _, at most 63',
  })
}

/** Reads the profile's settings; everything else is lazy. Throws on unusable settings. */
export async function openRuntime(options: RuntimeOptions): Promise<Runtime> {
  const {registry, machine, workingDirectory, version} = options
  const settings = await loadSettings({
    declarations: registry.settings(),
    absent: registry.installed.absent,
    profile: options.profile,
    machine,
    workingDirectory,
    ...(options.flags ? {flags: options.flags} : {}),
  })
  const tenant = String(settings.get('tenant'))
  assertTenantName(tenant)
  const directories = withDataDirectory(directoriesOf(options.profile, machine), settings, workingDirectory)
  const profile = {name: options.profile, settingsFile: profileFile(options.profile, machine)}
  const clock = systemClock
  const random = systemRandomness(clock)
  const leastLogged = logLevelOf(settings, options)
  const log = jsonLogger(leastLogged, options.writeLog, clock.now)
  const resources = new SharedResources()
  const remote = await options.remote?.(settings)

  const openStore = async () => {
    const {openStoreFor} = await import('./plugins/open-store.ts')
    const url = settings.get('database_url') as string | undefined
    if (url !== undefined && !url.startsWith('sqlite:')) assertResident(settings, 'database', 'The database')
    const opened = await openStoreFor(registry, {
      url: url ?? `sqlite:${join(directories.data, 'omni.db')}`,
      clock,
      log,
      version,
      backupDirectory: join(directories.data, 'backups'),
    })
    await eraseAgain(opened)
    return opened
  }
  /** What a restored copy of the data brings back of people who were erased goes before anybody reads it. */
  const eraseAgain = async (opened: Store) => {
    if (!existsSync(tombstoneFile({directories, profile, settings, workingDirectory}))) return
    const {replayErasures} = await import('./privacy/replay-erasures.ts')
    const principal: Principal = {id: 'omni', kind: 'system', scopes: '*'}
    const signal = new AbortController().signal
    try {
      await replayErasures(tenant => ({
        ...contextOf({tenant, principal, operation: 'gdpr.replay', signal, emit: () => {}}),
        store: async () => opened,
      }))
    } catch (error) {
      await opened.close()
      throw error
    }
  }
  const store = remote
    ? () => refuseLocalData(options.profile, remote)
    : () => resources.get<Store>('store', openStore, opened => opened.close())

  const shared: Context['shared'] = (key, make, close, group) => resources.get(key, make, close, group)
  // Field by field: a server makes one per request, and to spread objects takes several times as long.
  const contextOf = (call: Call): Context => {
    const context: Context & {witness?: UnitWitness; remote?: Remote} = {
      tenant: call.tenant,
      principal: call.principal,
      operation: call.operation,
      signal: call.signal,
      emit: call.emit,
      log: call.log ?? log,
      clock,
      random,
      settings,
      directories,
      workingDirectory,
      profile,
      registry,
      store,
      shared,
      llm: model => languageModelOf(context, model),
      embeddings: model => embeddingsOf(context, model),
      meter: () => meterOf(context),
      invoke: (operation, input) => {
        const inner: Context = {
          ...context,
          operation: operation.id,
          llm: model => languageModelOf(inner, model),
          embeddings: model => embeddingsOf(inner, model),
          meter: () => meterOf(inner),
        }
        return invoke(operation, input, inner)
      },
    }
    if (call.witness) context.witness = call.witness
    if (remote) context.remote = remote
    return context
  }

  return {
    tenant,
    settings,
    directories,
    registry,
    version,
    clock,
    random,
    log,
    logs: level => logLevels.indexOf(level) >= logLevels.indexOf(leastLogged),
    context: contextOf,
    shared,
    store,
    close: () => resources.close(),
  }
}

/** The language model of the plugin that brings them, which writes its usage down under the operation that asks. */
async function languageModelOf(context: Context, model: string | undefined): Promise<LanguageModel | undefined> {
  const open = await context.registry.languageModels()
  return open?.(context, model)
}

/** The meter of the plugin that brings it, which writes calls down under the operation that asks. */
async function meterOf(context: Context): Promise<Meter> {
  const open = await context.registry.meters()
  if (open === undefined) throw new NotConfiguredError('No plugin of this program keeps account of calls to models')
  return open(context)
}

/** The configured embedding model, opened once, which writes its usage down under the operation that asks. */
async function embeddingsOf(context: Context, model: string | undefined): Promise<EmbeddingModel | undefined> {
  const {embeddingModelFrom, recordedEmbeddings} = await import('./llm/index.ts')
  const {directories, workingDirectory, random, settings} = context
  const opened = await context.shared(`embeddings/${model ?? ''}`, async () =>
    embeddingModelFrom(
      settings,
      {
        directories: [workingDirectory, directories.data],
        cache: join(directories.cache, 'models'),
        jitter: () => random.bytes(1)[0]! / 255,
      },
      model,
    ),
  )
  return opened && recordedEmbeddings(opened, context)
}

function logLevelOf(settings: Settings, {debug, logLevel}: RuntimeOptions): LogLevel {
  if (debug) return 'debug'
  const {value, origin} = settings.effective('log_level')
  return origin.kind === 'default' ? logLevel : (value as LogLevel)
}

async function refuseLocalData(profile: string, remote: Remote): Promise<never> {
  const {LocalDataError} = await import('./client/errors.ts')
  throw new LocalDataError(
    `This works on the data of this machine, and that of profile ${profile} is at ${remote.url}`,
    {
      hint: 'use a local profile: --profile default',
    },
  )
}

function withDataDirectory(directories: Directories, settings: Settings, workingDirectory: string): Directories {
  const {value, origin} = settings.effective('data_dir')
  if (typeof value !== 'string') return directories
  const base = origin.kind === 'project' || origin.kind === 'profile' ? dirname(origin.path) : workingDirectory
  return {...directories, data: resolve(base, value)}
}

import {homedir} from 'node:os'
import {dirname, join, resolve} from 'node:path'
import {defaultProfile, readCurrentProfile} from '../config/current-profile.ts'
import {directoriesOf, type Machine} from '../config/directories.ts'
import {loadSettings, profileFile} from '../config/load.ts'
import type {Context, Directories, OperationEvent, Remote} from '../operation/context.ts'
import {InvalidInputError} from '../operation/errors.ts'
import {invoke} from '../operation/invoke.ts'
import {systemClock, systemRandomness} from '../operation/random.ts'
import type {EmbeddingModel} from '../llm/embedding-model.ts'
import type {Registry} from '../operation/registry.ts'
import {SharedResources} from '../operation/shared-resources.ts'
import {jsonLogger, type LogLevel} from '../telemetry/logger.ts'
import type {Store} from '../store/store.ts'

export interface SessionOptions {
  readonly registry: Registry
  /** As a flag named it. */
  readonly profile: string | undefined
  readonly tenant: string | undefined
  readonly debug: boolean
  /** The program's, for the record of migrations. */
  readonly version: string
  readonly signal: AbortSignal
  readonly operation: string
  readonly emit: (event: OperationEvent) => void
  readonly machine?: Machine
  readonly workingDirectory?: string
}

/** A local call's context and what has to be closed after it. */
export interface Session {
  readonly context: Context
  close(): Promise<void>
}

const tenantPattern = /^[a-z0-9][a-z0-9_-]{0,62}$/

/** The context of an operation that runs in this process, with everything lazy. Throws on unusable settings. */
export async function openSession(options: SessionOptions): Promise<Session> {
  const machine = options.machine ?? {platform: process.platform, env: process.env, home: homedir()}
  const workingDirectory = options.workingDirectory ?? process.cwd()
  const profile = options.profile ?? (machine.env.OMNI_PROFILE || (await chosenProfile(machine)))
  const settings = await loadSettings({
    declarations: options.registry.settings(),
    profile,
    machine,
    workingDirectory,
    ...(options.tenant === undefined ? {} : {flags: {tenant: options.tenant}}),
  })
  const tenant = String(settings.get('tenant'))
  if (!tenantPattern.test(tenant)) {
    throw new InvalidInputError(`"${tenant}" is no tenant name`, {
      hint: 'use lower-case letters, digits, - and _, at most 63',
    })
  }
  const directories = withDataDirectory(directoriesOf(profile, machine), settings, workingDirectory)
  const clock = systemClock
  const random = systemRandomness(clock)
  const level = options.debug ? 'debug' : (settings.get('log_level') as LogLevel)
  const log = jsonLogger(level, line => process.stderr.write(line), clock.now)
  const resources = new SharedResources()
  const remote = await remoteFrom(settings, {workingDirectory, version: options.version})

  const openStore = async () => {
    const store = await import('../store/index.ts')
    const url = settings.get('database_url') as string | undefined
    return store.openStore({
      url: url ?? `sqlite:${join(directories.data, 'omni.db')}`,
      migrations: await options.registry.migrations(),
      clock,
      log,
      version: options.version,
      backupDirectory: join(directories.data, 'backups'),
    })
  }

  const context: Context = {
    tenant,
    principal: {id: 'local', kind: 'local', scopes: '*'},
    clock,
    random,
    log,
    signal: options.signal,
    settings,
    directories,
    workingDirectory,
    profile: {name: profile, settingsFile: profileFile(profile, machine)},
    operation: options.operation,
    registry: options.registry,
    emit: options.emit,
    ...(remote ? {remote} : {}),
    store: remote
      ? () => refuseLocalData(profile, remote)
      : () => resources.get<Store>('store', openStore, store => store.close()),
    shared: (key, make, close) => resources.get(key, make, close),
    llm: async model => {
      const {languageModelFrom} = await import('../llm/index.ts')
      return languageModelFrom(settings, model)
    },
    embeddings: model => embeddingsOf(context, model),
    invoke: (operation, input) => {
      const inner: Context = {
        ...context,
        operation: operation.id,
        embeddings: model => embeddingsOf(inner, model),
      }
      return invoke(operation, input, inner)
    },
  }
  return {context, close: () => resources.close()}
}

/** The configured embedding model, opened once a session, which writes its usage down under the operation that asks. */
async function embeddingsOf(context: Context, model: string | undefined): Promise<EmbeddingModel | undefined> {
  const {embeddingModelFrom, recordedEmbeddings} = await import('../llm/index.ts')
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

async function chosenProfile(machine: Machine): Promise<string> {
  return (await readCurrentProfile(directoriesOf(defaultProfile, machine).config)) ?? defaultProfile
}

/** Most profiles are local, and their commands need not load the client. */
async function remoteFrom(
  settings: Context['settings'],
  options: {readonly workingDirectory: string; readonly version: string},
): Promise<Remote | undefined> {
  if (settings.effective('remote.url').value === undefined) return undefined
  const {deploymentFrom} = await import('../client/index.ts')
  return deploymentFrom(settings, options)
}

async function refuseLocalData(profile: string, remote: Remote): Promise<never> {
  const {LocalDataError} = await import('../client/errors.ts')
  throw new LocalDataError(
    `This works on the data of this machine, and that of profile ${profile} is at ${remote.url}`,
    {
      hint: 'use a local profile: --profile default',
    },
  )
}

function withDataDirectory(
  directories: Directories,
  settings: Context['settings'],
  workingDirectory: string,
): Directories {
  const {value, origin} = settings.effective('data_dir')
  if (typeof value !== 'string') return directories
  const base = origin.kind === 'project' || origin.kind === 'profile' ? dirname(origin.path) : workingDirectory
  return {...directories, data: resolve(base, value)}
}

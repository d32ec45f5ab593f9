import {homedir} from 'node:os'
import {defaultProfile, readCurrentProfile} from '../config/current-profile.ts'
import {directoriesOf, type Machine} from '../config/directories.ts'
import type {Settings} from '../config/settings.ts'
import type {Context, OperationEvent, Remote} from '../operation/context.ts'
import type {Registry} from '../operation/registry.ts'
import {useProxies} from '../net/use-proxies.ts'
import {openRuntime, type Runtime} from '../runtime.ts'
import type {LogLevel} from '../telemetry/logger.ts'

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
  /** Where no setting says one; nothing is logged by default. */
  readonly logLevel?: LogLevel
  readonly machine?: Machine
  readonly workingDirectory?: string
}

/** A local call's context, the runtime behind it, and what has to be closed after it. */
export interface Session {
  readonly context: Context
  readonly runtime: Runtime
  close(): Promise<void>
}

/**
 * The context of an operation that is invoked by this process, with everything lazy. It runs here or, where the profile
 * names a deployment, over there. Throws on unusable settings.
 */
export async function openSession(options: SessionOptions): Promise<Session> {
  const machine = options.machine ?? {platform: process.platform, env: process.env, home: homedir()}
  const workingDirectory = options.workingDirectory ?? process.cwd()
  const {version} = options
  const runtime = await openRuntime({
    registry: options.registry,
    profile: options.profile ?? (machine.env.OMNI_PROFILE || (await chosenProfile(machine))),
    machine,
    workingDirectory,
    version,
    logLevel: options.logLevel ?? 'off',
    debug: options.debug,
    writeLog: line => process.stderr.write(line),
    remote: settings => remoteFrom(settings, {workingDirectory, version}),
    ...(options.tenant === undefined ? {} : {flags: {tenant: options.tenant}}),
  })
  useProxies(runtime.settings)
  const context = runtime.context({
    tenant: runtime.tenant,
    principal: {id: 'local', kind: 'local', scopes: '*'},
    operation: options.operation,
    signal: options.signal,
    emit: options.emit,
  })
  return {context, runtime, close: () => runtime.close()}
}

async function chosenProfile(machine: Machine): Promise<string> {
  return (await readCurrentProfile(directoriesOf(defaultProfile, machine).config)) ?? defaultProfile
}

/** Most profiles are local, and their commands need not load the client. */
async function remoteFrom(
  settings: Settings,
  options: {readonly workingDirectory: string; readonly version: string},
): Promise<Remote | undefined> {
  if (settings.effective('remote.url').value === undefined) return undefined
  const {deploymentFrom} = await import('../client/index.ts')
  return deploymentFrom(settings, options)
}

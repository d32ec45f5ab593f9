import {readFile} from 'node:fs/promises'
import {dirname, resolve} from 'node:path'
import {type EffectiveSetting, InvalidSettingError, refuseProject, type Settings} from '../config/settings.ts'
import {Deployment} from './deployment.ts'
import {DeploymentKeyError} from './errors.ts'
import {remoteSettings} from './settings.ts'

export interface DeploymentFromOptions {
  /** Relative paths of environment variables begin here. */
  readonly workingDirectory: string
  readonly version: string
}

/**
 * The deployment that the settings name; undefined where the data is on this machine. What names it is never taken
 * from a project's file: a checkout of somebody else's must not lead the user's key astray.
 * Throws InvalidSettingError, DeploymentKeyError.
 */
export async function deploymentFrom(
  settings: Settings,
  {workingDirectory, version}: DeploymentFromOptions,
): Promise<Deployment | undefined> {
  for (const {name} of remoteSettings) {
    refuseProject(
      settings.effective(name),
      'a profile names a deployment: `omni profile add NAME --url URL --key-stdin`',
    )
  }
  const url = settings.get('remote.url') as string | undefined
  if (url === undefined) return undefined
  const fileText = async (name: string) => {
    const setting = settings.effective(name)
    return setting.value === undefined ? undefined : readSettingFile(setting, workingDirectory)
  }
  const tenant = settings.effective('tenant')
  const key = (settings.get('remote.api_key') as string | undefined) ?? (await fileText('remote.key_file'))?.trim()
  if (key !== undefined && !/^[\x21-\x7E]+$/.test(key)) {
    throw new DeploymentKeyError(`The key for ${url} holds characters that no key has`, {
      hint: 'store it again: `omni profile add NAME --url URL --key-stdin --replace`',
    })
  }
  return new Deployment({
    url,
    key,
    tenant: tenant.origin.kind === 'default' ? undefined : String(tenant.value),
    ca: await fileText('remote.ca_file'),
    silence: Number(settings.get('remote.silence_seconds')) * 1000,
    version,
    allowHttp: settings.get('remote.allow_http') === true,
  })
}

/** A file that a setting names; relative to the file that says so, or to the working directory. */
async function readSettingFile({name, value, origin}: EffectiveSetting, workingDirectory: string): Promise<string> {
  const base = origin.kind === 'profile' ? dirname(origin.path) : workingDirectory
  const path = resolve(base, String(value))
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new InvalidSettingError(`${name} names ${path}: ${(error as Error).message}`, {
      hint: 'check the path; `omni config list --show-origin` shows where it is set',
      cause: error,
    })
  }
}

import {existsSync} from 'node:fs'
import {homedir, platform} from 'node:os'
import {join} from 'node:path'
import type {Context} from '@omni-ops/core/operation'

/**
 * Google's Application Default Credentials, as JSON: the file that GOOGLE_APPLICATION_CREDENTIALS names, else that of
 * `gcloud auth application-default login`; undefined where the metadata server of the machine is to be asked
 * (https://cloud.google.com/docs/authentication/application-default-credentials).
 *
 * @param home Of the user.
 * @throws InvalidSettingError where the file cannot be read
 */
export function applicationDefault(settings: Context['settings'], home = homedir()): string | undefined {
  const named = settings.get('llm.google_credentials') as string | undefined
  if (named !== undefined) return settings.secretOf(`file:${named}`)
  const directory = platform() === 'win32' ? join('AppData', 'Roaming') : '.config'
  const ofGcloud = join(home, directory, 'gcloud', 'application_default_credentials.json')
  return existsSync(ofGcloud) ? settings.secretOf(`file:${ofGcloud}`) : undefined
}

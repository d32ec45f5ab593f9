import {existsSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {InvalidInputError, NotFoundError} from '../operation/errors.ts'
import type {SettingDeclaration} from '../operation/plugin.ts'
import {defaultProfile} from './current-profile.ts'
import {directoriesOf, type Machine} from './directories.ts'
import {Settings} from './settings.ts'
import {readSettingsFile} from './yaml-file.ts'

export const projectFileName = 'omni.yaml'

const profilePattern = /^[a-z0-9][a-z0-9_-]{0,62}$/

/** There is no profile of this name. */
export class UnknownProfileError extends NotFoundError {
  override readonly code = 'unknown_profile'

  constructor(name: string) {
    super(`There is no profile ${name}`, {hint: '`omni profile list` shows all, `omni profile add` makes one'})
  }
}

/** The nearest `omni.yaml` from a directory upwards; undefined where there is none. */
export function findProjectFile(from: string): string | undefined {
  for (let directory = from; ; directory = dirname(directory)) {
    const path = join(directory, projectFileName)
    if (existsSync(path)) return path
    if (dirname(directory) === directory) return undefined
  }
}

export function profileFile(profile: string, machine: Machine): string {
  return join(directoriesOf(profile, machine).config, 'profiles', `${profile}.yaml`)
}

export interface LoadSettingsOptions {
  readonly declarations: readonly SettingDeclaration[]
  /** Plugins that are not here, whose settings may be in a file. */
  readonly absent?: readonly string[]
  readonly profile: string
  readonly machine: Machine
  readonly workingDirectory: string
  readonly flags?: Readonly<Record<string, unknown>>
}

/** Reads the project's and the profile's file and lays everything over each other. Throws SettingsFileError, UnknownProfileError. */
export async function loadSettings(options: LoadSettingsOptions): Promise<Settings> {
  if (!profilePattern.test(options.profile)) {
    throw new InvalidInputError(`"${options.profile}" is no profile name`, {
      hint: 'use lower-case letters, digits, - and _, at most 63',
    })
  }
  const projectPath = findProjectFile(options.workingDirectory)
  const [project, profile] = await Promise.all([
    projectPath ? readSettingsFile(projectPath) : undefined,
    readSettingsFile(profileFile(options.profile, options.machine)),
  ])
  // A name that was mistyped must not lead to other data than was meant.
  if (profile === undefined && options.profile !== defaultProfile) throw new UnknownProfileError(options.profile)
  return new Settings(options.declarations, {
    ...(options.flags ? {flags: options.flags} : {}),
    env: options.machine.env,
    project,
    profile,
    ...(options.absent ? {absent: options.absent} : {}),
  })
}

import {mkdir, readdir, readFile, rm} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {defaultProfile, readCurrentProfile, writeCurrentProfile} from '../config/current-profile.ts'
import {UnknownProfileError} from '../config/load.ts'
import {readSettingsFile, replaceFile, type SettingsFile, writeSettings} from '../config/yaml-file.ts'
import type {Context} from '../operation/context.ts'
import {ConflictError} from '../operation/errors.ts'

/** There is a profile of this name already. */
export class ProfileExistsError extends ConflictError {
  override readonly code = 'profile_exists'
}

export interface ProfileEntry {
  readonly name: string
  readonly current: boolean
  readonly url: string | null
  readonly tenant: string | null
  readonly key: 'file' | 'none'
}

export interface NewProfile {
  readonly name: string
  /** Dotted names and values for its settings file. */
  readonly settings: Readonly<Record<string, unknown>>
  readonly key?: string | undefined
  readonly replace: boolean
}

/**
 * The profiles of a user: one settings file each, a key beside it where one was stored, and a note of which is the
 * current one. The profile `default` is always there, with or without a file.
 */
export class Profiles {
  readonly #config: string
  readonly #directory: string

  constructor({directories, profile}: Pick<Context, 'directories' | 'profile'>) {
    this.#config = directories.config
    this.#directory = dirname(profile.settingsFile)
  }

  /** In the order of their names. */
  async list(): Promise<ProfileEntry[]> {
    const files = await readdir(this.#directory).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return []
      throw error
    })
    const stored = files.filter(file => file.endsWith('.yaml')).map(file => file.slice(0, -'.yaml'.length))
    const names = [...new Set([defaultProfile, ...stored])].toSorted()
    return Promise.all(names.map(async name => this.#entry(name, await readSettingsFile(this.settingsFile(name)))))
  }

  /** The profile and what its file sets. Throws UnknownProfileError, SettingsFileError. */
  async show(name: string): Promise<ProfileEntry & {settings: Record<string, unknown>}> {
    const file = await this.#require(name)
    const settings = Object.fromEntries([...(file?.values ?? [])].map(([key, {value}]) => [key, value]))
    return {...(await this.#entry(name, file)), settings}
  }

  /** Writes a profile; its key first, so that no profile stands without the key it was given. Throws ProfileExistsError. */
  async add({name, settings, key, replace}: NewProfile): Promise<ProfileEntry> {
    const path = this.settingsFile(name)
    if (!replace && (await readSettingsFile(path)) !== undefined) {
      throw new ProfileExistsError(`There is a profile ${name} already`, {
        hint: 'choose another name, or --replace it',
      })
    }
    await mkdir(this.#directory, {recursive: true, mode: 0o700})
    if (key !== undefined) await replaceFile(this.keyFile(name), `${key}\n`)
    await writeSettings(path, key === undefined ? settings : {...settings, 'remote.key_file': `${name}.key`})
    if (key === undefined) await rm(this.keyFile(name), {force: true})
    return this.#entry(name, await readSettingsFile(path))
  }

  /** Throws UnknownProfileError. */
  async use(name: string): Promise<ProfileEntry> {
    const file = await this.#require(name)
    await writeCurrentProfile(this.#config, name)
    return {...(await this.#entry(name, file)), current: true}
  }

  /** The files that make the profile. Throws UnknownProfileError. */
  async files(name: string): Promise<string[]> {
    await this.#require(name)
    const files = [this.settingsFile(name), this.keyFile(name)]
    const present = await Promise.all(
      files.map(file =>
        readFile(file).then(
          () => true,
          () => false,
        ),
      ),
    )
    return files.filter((_, index) => present[index])
  }

  async remove(name: string): Promise<void> {
    for (const file of await this.files(name)) await rm(file, {force: true})
    if ((await readCurrentProfile(this.#config)) === name) await writeCurrentProfile(this.#config, defaultProfile)
  }

  settingsFile(name: string): string {
    return join(this.#directory, `${name}.yaml`)
  }

  keyFile(name: string): string {
    return join(this.#directory, `${name}.key`)
  }

  async #entry(name: string, file: SettingsFile | undefined): Promise<ProfileEntry> {
    const text = (setting: string) => {
      const value = file?.values.get(setting)?.value
      return value === undefined || value === null ? null : String(value)
    }
    const current = (await readCurrentProfile(this.#config)) ?? defaultProfile
    return {
      name,
      current: name === current,
      url: text('remote.url'),
      tenant: text('tenant'),
      key: text('remote.key_file') === null ? 'none' : 'file',
    }
  }

  async #require(name: string): Promise<SettingsFile | undefined> {
    const file = await readSettingsFile(this.settingsFile(name))
    if (file === undefined && name !== defaultProfile) {
      throw new UnknownProfileError(name)
    }
    return file
  }
}

import {mkdir, realpath, rename, rm} from 'node:fs/promises'
import {basename, join, relative, resolve} from 'node:path'
import type {Context} from '../operation/context.ts'
import {ConflictError, NotFoundError} from '../operation/errors.ts'
import {changePluginIndex, PluginIndexError} from './change-plugin-index.ts'
import {checkPlugin, type PluginCheckReport} from './check-plugin.ts'
import {type InstalledPlugin, type PluginIndex, readPluginIndex, rootOf, stagingPrefix} from './installed-plugins.ts'
import {npmInstall, npmSpecifier} from './npm-install.ts'
import {assertOtherScope, type PluginPackage, readPluginPackage} from './plugin-package.ts'

/** No plugin of this name is installed. */
export class UnknownPluginError extends NotFoundError {
  override readonly code = 'unknown_plugin'
}

/** Another package brings a plugin of the same name. */
export class PluginNameTakenError extends ConflictError {
  override readonly code = 'plugin_name_taken'
}

/** What came of installing or linking. */
export interface Shelved {
  readonly plugin: InstalledPlugin
  readonly report: PluginCheckReport
  /** The version that was there before. */
  readonly replaced: string | null
}

/**
 * The plugins of a user. A package is brought by npm into a directory of its own, looked at there, and takes its place
 * when the index names it: until then the one before works, and what fails leaves nothing behind.
 */
export class PluginShelf {
  readonly #directory: string
  readonly #context: Pick<Context, 'random' | 'signal' | 'workingDirectory' | 'emit'>

  constructor(context: Pick<Context, 'random' | 'signal' | 'workingDirectory' | 'emit' | 'directories'>) {
    this.#directory = context.directories.plugins
    this.#context = context
  }

  /** @throws PluginIndexError */
  list(): readonly InstalledPlugin[] {
    return this.#read().plugins
  }

  /** Has npm bring a package, and reads it; nothing of it is run, and nothing stays. */
  async look(source: string): Promise<PluginPackage> {
    return this.#staged(this.#specifier(source), async (_, root) => readPluginPackage(root))
  }

  /**
   * @throws PluginRefusedError, PluginCheckError, NpmError, PluginNameTakenError: the plugins are as they were
   */
  async install(given: string): Promise<Shelved> {
    const source = this.#specifier(given)
    return this.#staged(source, async (staging, root) => {
      const found = await readPluginPackage(root)
      this.#say(`Checking ${found.name} ${found.version}`)
      const report = await this.#check(found, root)
      const home = join(this.#directory, `${report.name}-${this.#context.random.id()}`)
      const record = this.#record(found, report, {
        source,
        linked: false,
        root: join(basename(home), relative(staging, root)),
      })
      return this.#shelve(record, report, () => rename(staging, home))
    })
  }

  /**
   * Uses a plugin from the directory that it is written in. Its dependencies are its author's to install.
   * @throws PluginRefusedError, PluginCheckError, PluginNameTakenError
   */
  async link(path: string): Promise<Shelved> {
    const given = resolve(this.#context.workingDirectory, path)
    const root = await realpath(given).catch(() => given)
    const found = await readPluginPackage(root)
    const report = await this.#check(found, root)
    return this.#shelve(this.#record(found, report, {source: root, linked: true, root}), report, async () => {})
  }

  /** By the plugin's name or its package's. @throws UnknownPluginError, PluginIndexError */
  async uninstall(name: string): Promise<InstalledPlugin> {
    const present = this.find(name)
    await changePluginIndex(this.#directory, ({plugins, former}) => ({
      plugins: plugins.filter(plugin => plugin.name !== present.name),
      former: [...new Set([...former, present.name])].toSorted(),
    }))
    return present
  }

  /** @throws UnknownPluginError, PluginIndexError */
  find(name: string): InstalledPlugin {
    const found = this.#read().plugins.find(plugin => plugin.name === name || plugin.package === name)
    if (found) return found
    throw new UnknownPluginError(`No plugin ${name} is installed`, {hint: '`omni plugins list` shows those that are'})
  }

  /** Where a plugin's package is. */
  directoryOf(plugin: InstalledPlugin): string {
    return rootOf(plugin, this.#directory)
  }

  #read(): PluginIndex {
    const index = readPluginIndex(this.#directory)
    if (index.damage === undefined) return index
    throw new PluginIndexError(`What is installed cannot be read: ${index.damage}`, {
      hint: 'remove that file and install the plugins again',
    })
  }

  #specifier(source: string): string {
    assertOtherScope(source)
    return npmSpecifier(source, this.#context.workingDirectory)
  }

  async #staged<T>(source: string, work: (staging: string, root: string) => Promise<T>): Promise<T> {
    const staging = join(this.#directory, `${stagingPrefix}${this.#context.random.id()}`)
    await mkdir(staging, {recursive: true, mode: 0o700})
    try {
      this.#say(`npm brings ${source}`)
      return await work(staging, await npmInstall(source, staging, this.#context.signal))
    } finally {
      await rm(staging, {recursive: true, force: true})
    }
  }

  #check({definition, commands}: PluginPackage, root: string): Promise<PluginCheckReport> {
    return checkPlugin({root, definition, commands, directory: this.#directory}, this.#context.signal)
  }

  #record(
    found: PluginPackage,
    {name, summary, topics, commands, checkedWith}: PluginCheckReport,
    place: Pick<InstalledPlugin, 'source' | 'linked' | 'root'>,
  ): InstalledPlugin {
    const {name: packageName, version, definition} = found
    return {name, package: packageName, version, summary, ...place, definition, topics, commands, checkedWith}
  }

  async #shelve(plugin: InstalledPlugin, report: PluginCheckReport, place: () => Promise<void>): Promise<Shelved> {
    let replaced: string | null = null
    await changePluginIndex(this.#directory, async ({plugins, former}) => {
      const before = plugins.find(({name}) => name === plugin.name)
      if (before !== undefined && before.package !== plugin.package) {
        throw new PluginNameTakenError(`${before.package} brings a plugin ${plugin.name} already`, {
          hint: `omni plugins uninstall ${plugin.name}`,
        })
      }
      await place()
      replaced = before?.version ?? null
      // A package that calls its plugin anew leaves none under the old name.
      const others = plugins.filter(each => each.package !== plugin.package)
      return {
        plugins: [...others, plugin].toSorted((a, b) => (a.name < b.name ? -1 : 1)),
        former: former.filter(name => name !== plugin.name),
      }
    })
    return {plugin, report, replaced}
  }

  #say(message: string): void {
    this.#context.emit({type: 'note', level: 'info', message})
  }
}

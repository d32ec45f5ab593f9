import type {OpenProcessingLimits} from '../privacy/processing-limits.ts'
import type {EventDefinition} from './event.ts'
import type {Operation} from './operation.ts'
import type {ReportedTable} from './reported-table.ts'
import type {OpenLanguageModel, OpenMeter, Plugin, SettingDeclaration} from './plugin.ts'

/** What is known of the plugins that the user installed, beside those of the program. */
export interface InstalledPlugins {
  readonly names: readonly string[]
  /** Of those that are not loaded here, or were uninstalled: their settings may still be in files. */
  readonly absent: readonly string[]
  /** What is wrong with a plugin, by its name. Grows while parts of plugins are loaded. */
  readonly broken: Map<string, string>
}

/** The plugins of one program, checked against each other, and what they bring together. */
export class Registry {
  readonly plugins: readonly Plugin[]
  readonly installed: InstalledPlugins
  #operations: Promise<ReadonlyMap<string, Operation>> | undefined
  #events: Promise<readonly EventDefinition[]> | undefined

  /** Throws a TypeError where two plugins claim the same setting. */
  constructor(
    plugins: readonly Plugin[],
    installed: InstalledPlugins = {names: [], absent: [], broken: new Map<string, string>()},
  ) {
    this.plugins = plugins
    this.installed = installed
    const names = this.settings().map(setting => setting.name)
    const twice = names.find((name, index) => names.indexOf(name) !== index)
    if (twice !== undefined) throw new TypeError(`Two settings are called ${twice}`)
  }

  /** Throws a TypeError where two plugins claim the same operation or route, or one reaches outside its topic. */
  async operations(): Promise<readonly Operation[]> {
    this.#operations ??= loadOperations(this.plugins)
    return [...(await this.#operations).values()]
  }

  async operation(id: string): Promise<Operation | undefined> {
    this.#operations ??= loadOperations(this.plugins)
    return (await this.#operations).get(id)
  }

  settings(): readonly SettingDeclaration[] {
    return this.plugins.flatMap(plugin => plugin.settings ?? [])
  }

  /** What each topic is about: the first word of its operations' ids. */
  topics(): Readonly<Record<string, string>> {
    return Object.fromEntries(
      this.plugins.flatMap(({name, summary, topics}) => Object.entries(topics ?? {[name]: summary})),
    )
  }

  async migrations() {
    return (await Promise.all(this.plugins.map(plugin => plugin.migrations?.() ?? []))).flat()
  }

  async privacy() {
    return (await Promise.all(this.plugins.map(plugin => plugin.privacy?.() ?? []))).flat()
  }

  /** In the order of their names. Throws a TypeError where two are called the same or one is outside its topic. */
  async events(): Promise<readonly EventDefinition[]> {
    this.#events ??= loadEvents(this.plugins)
    return this.#events
  }

  /** What reports may be made of. Throws a TypeError where two tables are called the same. */
  async reportedTables(): Promise<readonly ReportedTable[]> {
    const tables = (await Promise.all(this.plugins.map(plugin => plugin.reportedTables?.() ?? []))).flat()
    const twice = tables.find(({name}, index) => tables.findIndex(each => each.name === name) !== index)
    if (twice !== undefined) throw new TypeError(`Two reported tables are called ${twice.name}`)
    return tables
  }

  async checks() {
    return (await Promise.all(this.plugins.map(plugin => plugin.checks?.() ?? []))).flat()
  }

  /** Undefined where no plugin of the program brings language models. */
  async languageModels(): Promise<OpenLanguageModel | undefined> {
    return this.plugins.find(plugin => plugin.languageModels !== undefined)?.languageModels?.()
  }

  /** Undefined where no plugin of the program brings a meter. */
  async meters(): Promise<OpenMeter | undefined> {
    return this.plugins.find(plugin => plugin.meters !== undefined)?.meters?.()
  }

  /** What makes text of content that is none. */
  async textReaders() {
    return (await Promise.all(this.plugins.map(plugin => plugin.textReaders?.() ?? []))).flat()
  }

  /** Undefined where no plugin of the program keeps limits. */
  async processingLimits(): Promise<OpenProcessingLimits | undefined> {
    return this.plugins.find(plugin => plugin.processingLimits !== undefined)?.processingLimits?.()
  }

  async firstSteps() {
    return (await Promise.all(this.plugins.map(plugin => plugin.firstSteps?.() ?? []))).flat()
  }

  async mounts() {
    return (await Promise.all(this.plugins.map(plugin => plugin.mounts?.() ?? []))).flat()
  }

  async streams() {
    return (await Promise.all(this.plugins.map(plugin => plugin.streams?.() ?? []))).flat()
  }
}

/** A plugin speaks under its name and the topics it declares; the kernel's own part under any. */
function ownsTopicOf({name, topics = {}}: Plugin, id: string): boolean {
  const [topic] = id.split('.') as [string]
  return name === 'core' || topic === name || Object.hasOwn(topics, topic)
}

async function loadEvents(plugins: readonly Plugin[]): Promise<readonly EventDefinition[]> {
  const loaded = await Promise.all(
    plugins.map(async plugin => ((await plugin.events?.()) ?? []).map(event => ({plugin, event}))),
  )
  const events = new Map<string, EventDefinition>()
  for (const {plugin, event} of loaded.flat()) {
    if (!ownsTopicOf(plugin, event.name)) {
      throw new TypeError(`Plugin ${plugin.name} defines the event ${event.name}, which is outside its topic`)
    }
    if (events.has(event.name)) throw new TypeError(`Two events are called ${event.name}`)
    events.set(event.name, event)
  }
  return [...events.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

async function loadOperations(plugins: readonly Plugin[]): Promise<ReadonlyMap<string, Operation>> {
  const loaded = await Promise.all(
    plugins.map(async plugin => (await plugin.operations()).map(operation => ({plugin, operation}))),
  )
  const operations = new Map<string, Operation>()
  const routes = new Map<string, string>()
  for (const {plugin, operation} of loaded.flat()) {
    if (!ownsTopicOf(plugin, operation.id)) {
      throw new TypeError(`Plugin ${plugin.name} defines ${operation.id}, which is outside its topic`)
    }
    if (operations.has(operation.id)) throw new TypeError(`Two operations are called ${operation.id}`)
    operations.set(operation.id, operation)
    if (!operation.http) continue
    const route = `${operation.http.method} ${operation.http.path}`
    const other = routes.get(route)
    if (other !== undefined) throw new TypeError(`${operation.id} and ${other} both answer ${route}`)
    routes.set(route, operation.id)
  }
  return operations
}

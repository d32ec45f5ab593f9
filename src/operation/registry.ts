import type {Operation} from './operation.ts'
import type {OpenLanguageModel, Plugin, SettingDeclaration} from './plugin.ts'

/** The plugins of one program, checked against each other, and what they bring together. */
export class Registry {
  readonly plugins: readonly Plugin[]
  #operations: Promise<ReadonlyMap<string, Operation>> | undefined

  /** Throws a TypeError where two plugins claim the same setting. */
  constructor(plugins: readonly Plugin[]) {
    this.plugins = plugins
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

  async checks() {
    return (await Promise.all(this.plugins.map(plugin => plugin.checks?.() ?? []))).flat()
  }

  /** Undefined where no plugin of the program brings language models. */
  async languageModels(): Promise<OpenLanguageModel | undefined> {
    return this.plugins.find(plugin => plugin.languageModels !== undefined)?.languageModels?.()
  }

  async firstSteps() {
    return (await Promise.all(this.plugins.map(plugin => plugin.firstSteps?.() ?? []))).flat()
  }

  async mounts() {
    return (await Promise.all(this.plugins.map(plugin => plugin.mounts?.() ?? []))).flat()
  }
}

async function loadOperations(plugins: readonly Plugin[]): Promise<ReadonlyMap<string, Operation>> {
  const loaded = await Promise.all(
    plugins.map(async plugin => (await plugin.operations()).map(operation => ({plugin, operation}))),
  )
  const operations = new Map<string, Operation>()
  const routes = new Map<string, string>()
  for (const {plugin, operation} of loaded.flat()) {
    if (plugin.name !== 'core' && operation.id.split('.')[0] !== plugin.name) {
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

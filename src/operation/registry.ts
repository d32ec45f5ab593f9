import type {Operation} from './operation.ts'
import type {Plugin, SettingDeclaration} from './plugin.ts'

/** The plugins of one program, checked against each other, and what they bring together. */
export class Registry {
  readonly plugins: readonly Plugin[]
  readonly #operations = new Map<string, Operation>()

  /** Throws a TypeError where two plugins claim the same operation, route or setting. */
  constructor(plugins: readonly Plugin[]) {
    this.plugins = plugins
    const routes = new Map<string, string>()
    for (const operation of plugins.flatMap(plugin => plugin.operations)) {
      if (this.#operations.has(operation.id)) throw new TypeError(`Two operations are called ${operation.id}`)
      this.#operations.set(operation.id, operation)
      if (!operation.http) continue
      const route = `${operation.http.method} ${operation.http.path}`
      const other = routes.get(route)
      if (other !== undefined) throw new TypeError(`${operation.id} and ${other} both answer ${route}`)
      routes.set(route, operation.id)
    }
    const names = this.settings().map(setting => setting.name)
    const twice = names.find((name, index) => names.indexOf(name) !== index)
    if (twice !== undefined) throw new TypeError(`Two settings are called ${twice}`)
  }

  operations(): readonly Operation[] {
    return [...this.#operations.values()]
  }

  operation(id: string): Operation | undefined {
    return this.#operations.get(id)
  }

  settings(): readonly SettingDeclaration[] {
    return this.plugins.flatMap(plugin => plugin.settings ?? [])
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
}

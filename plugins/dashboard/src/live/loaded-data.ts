import type {DashboardDefinition} from '../build/dashboard-definition.ts'
import type {DataSupply, Supply} from '../build/data-supply.ts'
import {templateNamed} from '../templates/index.ts'

/** Data as they were at one moment. */
export class LoadedData {
  /** 1, 2, 3 … */
  readonly version: number
  readonly readAt: Date
  readonly #data: DataSupply
  /** Each type once, as finding its columns asks all rows. */
  readonly #supplies = new Map<string, Promise<Supply>>()

  constructor(data: DataSupply, version: number, readAt: Date) {
    this.#data = data
    this.version = version
    this.readAt = readAt
  }

  /** The data as a dashboard sees them. @throws InvalidInputError where nothing says what its columns mean */
  supplyOf({type, catalogue}: DashboardDefinition): Promise<Supply> {
    const template = type === null ? undefined : templateNamed(type)
    if (catalogue !== null) return Promise.resolve(this.#data.withCatalogue(catalogue, template))
    const key = template?.name ?? ''
    const supply =
      this.#supplies.get(key) ?? (template === undefined ? this.#data.forSpec() : this.#data.forTemplate(template))
    this.#supplies.set(key, supply)
    return supply
  }

  async close(): Promise<void> {
    for (const supply of this.#supplies.values()) {
      const found = await supply.catch(() => undefined)
      if (found?.own) await found.session.close()
    }
    await this.#data[Symbol.asyncDispose]()
  }
}

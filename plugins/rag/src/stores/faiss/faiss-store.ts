import {rm} from 'node:fs/promises'
import {join} from 'node:path'
import type {LanceDbSnapshot, LanceDbSnapshotOptions} from '../lancedb/lancedb-snapshot.ts'
import {LanceDbStore, type LanceDbStoreOptions} from '../lancedb/lancedb-store.ts'
import {loadFaiss} from './faiss-module.ts'
import {FaissSnapshot} from './faiss-snapshot.ts'
import {buildGeneration, type Generation, readGeneration, storeGeneration} from './generation.ts'

/**
 * A collection whose vectors FAISS searches. Rows, words and the vectors themselves are in a LanceDB table; the index
 * of FAISS is made of one version of it and used for no other, so that a crash between the two leaves nothing that
 * does not fit: what is missing is made again. `optimize` keeps it in a file.
 */
export class FaissStore extends LanceDbStore {
  readonly #directory: string
  #generation: {readonly version: number; readonly generation: Promise<Generation>} | undefined

  constructor(options: LanceDbStoreOptions) {
    super({...options, indexVectors: false})
    this.#directory = join(options.directory, `${options.collection}.faiss`)
  }

  protected override snapshotOf(options: LanceDbSnapshotOptions): LanceDbSnapshot {
    return new FaissSnapshot(options, snapshot => this.#generationOf(snapshot))
  }

  override async optimize(now: Date): Promise<void> {
    await super.optimize(now)
    await this.#store()
  }

  override async erase(now: Date): Promise<void> {
    await super.erase(now)
    await rm(this.#directory, {recursive: true, force: true})
    this.#generation = undefined
    await this.#store()
  }

  override async drop(): Promise<boolean> {
    const existed = await super.drop()
    await rm(this.#directory, {recursive: true, force: true})
    this.#generation = undefined
    return existed
  }

  async #store(): Promise<void> {
    if (!(await this.exists()) || (await this.limits()).dimension === undefined) return
    await storeGeneration(this.#directory, await this.#generationOf(await this.snapshot()))
  }

  async #generationOf(snapshot: LanceDbSnapshot): Promise<Generation> {
    const version = await snapshot.version()
    if (this.#generation?.version !== version) this.#generation = {version, generation: this.#load(snapshot, version)}
    try {
      return await this.#generation.generation
    } catch (error) {
      this.#generation = undefined
      throw error
    }
  }

  async #load(snapshot: LanceDbSnapshot, version: number): Promise<Generation> {
    const faiss = await loadFaiss()
    const {dimension} = await this.limits()
    return (
      (await readGeneration(faiss, this.#directory, version)) ?? (await buildGeneration(faiss, snapshot, dimension!))
    )
  }
}

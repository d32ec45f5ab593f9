import {once} from 'node:events'
import {cpSync, rmSync} from 'node:fs'
import {setTimeout as delay} from 'node:timers/promises'
import {PersonalDataMap, type Residue, type StoreReceipt} from '@omni-ops/core/privacy'
import {seededRandom} from '../../plugins/rag/src/seeded-random.ts'
import {
  collected,
  filesWith,
  given,
  plantDocuments,
  plantFiles,
  plantRows,
  plantTemporary,
  startErasing,
  surroundings,
  traces,
} from './planted-person.ts'
import {Workspace, type WorkspaceOptions} from './workspace.ts'

export interface KilledErasure {
  /** How often it was killed before it came to its end. */
  readonly kills: number
  /** Files in which something is left, and what stands there, by a scan of the test's own. */
  readonly left: readonly string[]
  /** What the product says is left. */
  readonly residues: readonly Residue[]
  readonly receipts: readonly StoreReceipt[]
}

/** A workspace with a person in it, of which each erasure takes a copy. */
export class PlantedWorkspace {
  readonly #workspace: Workspace
  readonly #options: WorkspaceOptions
  /** How long an erasure takes here that nobody kills, in milliseconds. */
  duration = 0

  private constructor(workspace: Workspace, options: WorkspaceOptions) {
    this.#workspace = workspace
    this.#options = options
  }

  static async plant(options: WorkspaceOptions): Promise<PlantedWorkspace> {
    const workspace = new Workspace(options)
    await plantDocuments(workspace, ['letters', 'archive'])
    await workspace.within(async context => {
      await plantRows(context)
      await plantFiles(context)
    })
    const planted = new PlantedWorkspace(workspace, options)
    planted.duration = await planted.#inCopy(async copy => {
      const began = performance.now()
      await ended(copy)
      return performance.now() - began
    })
    return planted
  }

  /** Erases in a copy, killed some times at random moments and then let alone. */
  async erase(seed: number): Promise<KilledErasure> {
    const random = seededRandom(seed)
    return this.#inCopy(async (copy, temporary) => {
      let kills = 0
      for (let round = 0; round <= seed % 3; round++) {
        const child = startErasing(copy)
        const exited = once(child, 'exit')
        child.stdout.resume()
        // Not to wait for anything: so that the blow falls at any point.
        await Promise.race([delay(random() * this.duration), exited])
        if (child.exitCode === null) kills += 1
        child.kill('SIGKILL')
        await exited
      }
      const receipts = await ended(copy)
      const residues = await copy.within(async context => {
        const map = await PersonalDataMap.open(context)
        return collected(map.verifyErased(await map.resolve(given)))
      })
      const left = filesWith([copy.home, temporary], traces).map(path => `${path} ${surroundings(path, traces)}`)
      return {kills, receipts, residues, left}
    })
  }

  async #inCopy<T>(work: (copy: Workspace, temporary: string) => Promise<T>): Promise<T> {
    const cleanUps: (() => void)[] = []
    const copy = new Workspace({...this.#options, atEnd: cleanUp => void cleanUps.push(cleanUp)})
    // An erasure takes such files of every process of its user: each has its own.
    const temporary = plantTemporary()
    try {
      cpSync(this.#workspace.home, copy.home, {recursive: true})
      return await work(copy, temporary)
    } finally {
      rmSync(temporary, {recursive: true, force: true})
      for (const cleanUp of cleanUps) cleanUp()
    }
  }
}

async function ended(copy: Workspace): Promise<StoreReceipt[]> {
  const child = startErasing(copy)
  let printed = ''
  child.stdout.setEncoding('utf8').on('data', (piece: string) => (printed += piece))
  const [code] = (await once(child, 'exit')) as [number | null]
  const last = printed.trim().split('\n').at(-1) ?? ''
  if (code !== 0 || !last.startsWith('[')) throw new Error(`The erasure ended with ${code}: ${printed}`)
  return JSON.parse(last) as StoreReceipt[]
}

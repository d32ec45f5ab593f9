import type {Configuration} from '../configuration/configuration.ts'
import type {Deployment} from './deployment.ts'
import {resolveTarget, type Target} from './targets.ts'

/** Who may answer one call: its target, what stands behind it, and which of their deployments may be asked still. */
export class FallbackStages {
  readonly #configuration: Configuration
  readonly #stages: Target[]
  /** Requests to each deployment, by its id. */
  readonly #tries = new Map<string, number>()
  readonly #refused = new Set<string>()

  /** @throws UnknownTargetError */
  constructor(configuration: Configuration, target: string) {
    const main = resolveTarget(configuration, target)
    this.#configuration = configuration
    this.#stages = [main]
    const known = new Set(main.deployments.map(({id}) => id))
    for (const name of main.group?.fallbacks ?? []) {
      const fallback = resolveTarget(configuration, name)
      const deployments = fallback.deployments.filter(({id}) => !known.has(id))
      for (const {id} of deployments) known.add(id)
      this.#stages.push({...fallback, deployments})
    }
  }

  /** In the order in which they are asked. */
  get all(): readonly Target[] {
    return this.#stages
  }

  /** What the call names. */
  get main(): Target {
    return this.#stages[0]!
  }

  get deployments(): readonly Deployment[] {
    return this.#stages.flatMap(stage => stage.deployments)
  }

  triesOf(id: string): number {
    return this.#tries.get(id) ?? 0
  }

  tried(id: string): void {
    this.#tries.set(id, this.triesOf(id) + 1)
  }

  isRefused(id: string): boolean {
    return this.#refused.has(id)
  }

  /** It is not asked any more. */
  refuse(id: string): void {
    this.#refused.add(id)
  }

  /**
   * What is wrong is the request: only those that were named for it are asked from now on, and nobody else.
   * @returns false where none of them is left
   */
  turnTo(fallbacks: 'context_fallbacks' | 'content_fallbacks'): boolean {
    const others = (this.main.group?.[fallbacks] ?? []).map(name => resolveTarget(this.#configuration, name))
    const fresh = others.filter(({deployments}) => deployments.some(({id}) => !this.isRefused(id)))
    if (fresh.length === 0) return false
    for (const {id} of this.deployments) this.refuse(id)
    for (const {deployments} of fresh)
      for (const {id} of deployments) if (!this.#tries.has(id)) this.#refused.delete(id)
    this.#stages.push(...fresh)
    return true
  }
}

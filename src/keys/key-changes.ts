import type {Context} from '../operation/context.ts'

/** Tells whoever remembers keys in this process that one was changed here. */
export class KeyChanges {
  readonly #listeners = new Set<(prefix: string) => void>()

  listen(listener: (prefix: string) => void): void {
    this.#listeners.add(listener)
  }

  changed(prefix: string): void {
    for (const listener of this.#listeners) listener(prefix)
  }
}

/** The ones of this process. */
export function keyChanges({shared}: Pick<Context, 'shared'>): Promise<KeyChanges> {
  return shared('keys/changes', async () => new KeyChanges())
}

import type {HandledPlace} from './handled-place.ts'
import type {PersonalRecord, Purged, Residue, StoreReceipt} from './personal-store.ts'

/** What becomes of one place during an erasure. */
export class PlaceOutcome {
  readonly handled: HandledPlace
  state: StoreReceipt['state'] = 'done'
  erased = 0
  #kept: StoreReceipt['kept'] = []
  #keptFound = 0
  #verified = true
  readonly #messages = new Set<string>()

  constructor(handled: HandledPlace) {
    this.handled = handled
  }

  add({erased, kept, found, verified, state, message}: StoreReceipt): void {
    this.state = state
    this.erased += erased
    // Each pass meets what is kept again.
    this.#kept = kept
    this.#keptFound = found - erased
    this.#verified = verified
    // What an earlier pass could not do, this one could.
    this.#messages.clear()
    if (message !== undefined) this.#messages.add(message)
  }

  fail(state: 'unreachable' | 'failed', message: string): void {
    this.state = state
    this.#verified = false
    this.#messages.add(message)
  }

  purged({verified, message}: Purged): void {
    this.#verified &&= verified
    if (message !== undefined) this.#messages.add(message)
  }

  residue({place, found, kind, message}: Residue): void {
    this.#verified = false
    this.#messages.add(kind === 'unverifiable' ? `${place}: ${message}` : `${place}: ${found} ${kind} left, ${message}`)
  }

  keeps({key}: PersonalRecord): boolean {
    return this.#kept.some(kept => kept.key === key || kept.key === '*')
  }

  receipt(): StoreReceipt {
    const {store, table} = this.handled.declaration
    const message = [...this.#messages].join('; ')
    return {
      store,
      table,
      found: this.erased + this.#keptFound,
      erased: this.erased,
      kept: this.#kept,
      verified: this.#verified,
      state: this.state,
      ...(message === '' ? {} : {message}),
    }
  }
}

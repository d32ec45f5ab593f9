import {setTimeout as delay} from 'node:timers/promises'
import {CancelledError} from '@omni-ops/core/operation'

/** How the router waits; a test moves its clock instead. */
export interface Timing {
  /** @throws CancelledError when the signal aborts first */
  wait(milliseconds: number, signal: AbortSignal): Promise<void>
  /** Calls back after a time, unless the function that it gives is called before. */
  after(milliseconds: number, callback: () => void): () => void
}

export const systemTiming: Timing = {
  async wait(milliseconds, signal) {
    try {
      await delay(milliseconds, undefined, {signal})
    } catch {
      throw new CancelledError()
    }
  },
  after(milliseconds, callback) {
    const timer = setTimeout(callback, milliseconds)
    return () => clearTimeout(timer)
  },
}

/** Up to so many streams at once, nothing waits. */
const fewStreams = 16
/** By so many streams the pause grows by a millisecond. */
const streamsPerMillisecond = 16
/** Milliseconds; less than a reader notices between two words. */
const longestPause = 20

/**
 * How often streams are written to. A piece costs a system call and a pass through the router, whether it is a word or
 * ten: the more streams there are, the longer the pieces of each wait for those that follow. All of them are written to
 * together, by one timer. The first piece of an answer never waits.
 */
export class StreamPace {
  #open = 0
  #beat: Promise<void> | undefined

  /** A stream begins; what it gives is called when it has ended. */
  begin(): () => void {
    this.#open += 1
    let ended = false
    return () => {
      if (!ended) this.#open -= 1
      ended = true
    }
  }

  /** Resolves when the next piece may be written; undefined where that is at once. */
  pause(): Promise<void> | undefined {
    if (this.#open <= fewStreams) return undefined
    return (this.#beat ??= new Promise(resolve => {
      const milliseconds = Math.min(longestPause, this.#open / streamsPerMillisecond)
      setTimeout(() => {
        this.#beat = undefined
        resolve()
      }, milliseconds)
    }))
  }
}

import {afterEach, beforeEach, describe, expect, it, vi} from 'vitest'
import type {CompletionEvent} from '../../src/model/completion-event.ts'
import type {AdapterCall} from '../../src/model/provider-adapter.ts'
import {ProviderFailure} from '../../src/model/provider-failure.ts'
import type {Exchange} from '../../src/providers/exchange.ts'
import {guardedCompletion} from '../../src/providers/guarded-completion.ts'
import {NOW} from './provider-servers.ts'

const source = {provider: 'a-provider', secrets: [], now: () => NOW}
const timeouts = {connect: 1000, firstToken: 5000, idle: 2000}
const START: CompletionEvent = {type: 'start', model: 'm', warnings: []}
const TEXT: CompletionEvent = {type: 'text-delta', id: 't', text: 'x'}
const FINISH: CompletionEvent = {
  type: 'finish',
  reason: {unified: 'stop', raw: 'stop'},
  usage: {
    input: {total: 1, noCache: 1, cacheRead: null, cacheWrite: null},
    output: {total: 1, text: 1, reasoning: null},
    raw: null,
  },
}

/** A provider whose events the test hands out one by one. */
class HeldProvider {
  exchange!: Exchange
  isClosed = false
  readonly #waiting: PromiseWithResolvers<CompletionEvent | undefined>[] = []
  readonly #events: CompletionEvent[] = []

  readonly open = (exchange: Exchange): AsyncIterable<CompletionEvent> => {
    this.exchange = exchange
    return this.#run()
  }

  async *#run(): AsyncGenerator<CompletionEvent> {
    this.exchange.sent()
    try {
      for (;;) {
        let event = this.#events.shift()
        if (!event) {
          const waiting = Promise.withResolvers<CompletionEvent | undefined>()
          this.#waiting.push(waiting)
          event = await waiting.promise
        }
        if (!event) return
        yield event
      }
    } finally {
      this.isClosed = true
    }
  }

  say(event: CompletionEvent): void {
    const waiting = this.#waiting.shift()
    if (waiting) waiting.resolve(event)
    else this.#events.push(event)
  }

  hangUp(error?: Error): void {
    const waiting = this.#waiting.shift()
    if (error) waiting?.reject(error)
    else waiting?.resolve(undefined)
  }
}

function begin(call: Partial<AdapterCall> = {}) {
  const provider = new HeldProvider()
  const cancel = new AbortController()
  const events = guardedCompletion(source, {signal: cancel.signal, timeouts, stream: true, ...call}, provider.open)
  return {provider, cancel, next: () => settled(events.next()), stop: () => events.return()}
}

/** A promise that shows whether it has ended; a rejection is of interest only where the test looks. */
function settled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined)
  return promise
}

async function failureOf(promise: Promise<unknown>): Promise<ProviderFailure> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(ProviderFailure)
  return error as ProviderFailure
}

beforeEach(() => {
  vi.useFakeTimers({toFake: ['setTimeout', 'clearTimeout']})
})
afterEach(() => {
  vi.useRealTimers()
})

describe('time limits', () => {
  it('gives up a provider that does not accept the request', async () => {
    const {next, provider} = begin()
    const first = next()
    await vi.advanceTimersByTimeAsync(999)
    provider.exchange.alive()
    await vi.advanceTimersByTimeAsync(1)
    const failure = await failureOf(first)
    expect(failure.facts).toMatchObject({class: 'transient', mayHaveRun: false})
    expect(failure.message).toContain('accept')
    expect(provider.exchange.signal.aborted).toBe(true)
  })

  it('says that it may have run where there was a connection', async () => {
    const {next, provider} = begin()
    const first = next()
    provider.exchange.connected()
    await vi.advanceTimersByTimeAsync(1000)
    expect((await failureOf(first)).facts.mayHaveRun).toBe(true)
  })

  it('waits longer for the first content than for being accepted, through events without any', async () => {
    const {next, provider} = begin()
    const first = next()
    provider.exchange.accepted()
    provider.say(START)
    await first
    const second = next()
    await vi.advanceTimersByTimeAsync(4999)
    provider.exchange.alive()
    provider.say({type: 'text-start', id: 't'})
    await second
    const third = next()
    await vi.advanceTimersByTimeAsync(1)
    expect((await failureOf(third)).message).toContain('generated')
  })

  it('gives up one that falls silent after it began, counting from the last sign of life', async () => {
    const {next, provider} = begin()
    const first = next()
    provider.exchange.accepted()
    provider.say(TEXT)
    await first
    const second = next()
    await vi.advanceTimersByTimeAsync(1999)
    provider.exchange.alive()
    await vi.advanceTimersByTimeAsync(1999)
    provider.say(TEXT)
    await second
    const third = next()
    await vi.advanceTimersByTimeAsync(2000)
    expect((await failureOf(third)).message).toContain('silent')
  })

  it('goes on for as long as it keeps talking: there is no limit of the whole', async () => {
    const {next, provider} = begin()
    for (let count = 0; count < 20; count++) {
      const event = next()
      provider.exchange.accepted()
      await vi.advanceTimersByTimeAsync(count === 0 ? 0 : 1900)
      provider.say(TEXT)
      expect((await event).value).toEqual([TEXT])
    }
  })

  it('does not take a slow reader for a silent provider', async () => {
    const {next, provider} = begin()
    const first = next()
    provider.exchange.accepted()
    provider.say(TEXT)
    await first
    await vi.advanceTimersByTimeAsync(60_000)
    provider.say(TEXT)
    expect((await next()).value).toEqual([TEXT])
    const last = next()
    await vi.advanceTimersByTimeAsync(2000)
    expect((await failureOf(last)).message).toContain('silent')
  })

  it('waits for a connection alone where the answer comes whole', async () => {
    const {next} = begin({stream: false})
    const first = next()
    await vi.advanceTimersByTimeAsync(1000)
    expect((await failureOf(first)).facts.mayHaveRun).toBe(false)
  })

  it('leaves an answer that comes whole to the caller’s own deadline', async () => {
    const {next, provider, cancel} = begin({stream: false})
    const first = next()
    provider.exchange.connected()
    await vi.advanceTimersByTimeAsync(600_000)
    expect(provider.exchange.signal.aborted).toBe(false)
    cancel.abort()
    expect((await failureOf(first)).facts.class).toBe('cancelled')
  })

  it('leaves no timer behind', async () => {
    const {next, provider} = begin()
    const first = next()
    provider.say(TEXT)
    await first
    const second = next()
    provider.say(FINISH)
    await second
    const end = next()
    provider.hangUp()
    expect((await end).done).toBe(true)
    await vi.advanceTimersByTimeAsync(0)
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('the end of an answer', () => {
  it('is an error where nothing said why', async () => {
    const {next, provider} = begin()
    const first = next()
    provider.say(TEXT)
    await first
    const second = next()
    provider.hangUp()
    const {facts} = await failureOf(second)
    expect(facts).toMatchObject({class: 'transient', mayHaveRun: true})
    expect(facts.message).toContain('without saying why')
  })

  it('is read to the end of the body, so that the connection can be used again', async () => {
    const {next, provider} = begin()
    const first = next()
    provider.say(FINISH)
    await first
    expect((await next()).done).toBe(true)
    expect(provider.exchange.signal.aborted).toBe(false)
    provider.hangUp()
    await vi.advanceTimersByTimeAsync(0)
    expect(provider.isClosed).toBe(true)
  })

  it('closes a connection whose server does not', async () => {
    const {next, provider} = begin()
    const first = next()
    provider.say(FINISH)
    await first
    expect((await next()).done).toBe(true)
    await vi.advanceTimersByTimeAsync(1000)
    expect(provider.exchange.signal.aborted).toBe(true)
  })

  it('aborts the request when the reader stops', async () => {
    const {next, stop, provider} = begin()
    const first = next()
    provider.say(TEXT)
    await first
    await stop()
    expect(provider.exchange.signal.aborted).toBe(true)
    expect(provider.isClosed).toBe(true)
  })
})

describe('what went wrong', () => {
  it('is what happened first, not what followed from it', async () => {
    const {next, provider, cancel} = begin()
    const first = next()
    cancel.abort()
    provider.hangUp(new TypeError('terminated'))
    expect((await failureOf(first)).facts.class).toBe('cancelled')
  })

  it('says of a cancelled request that it may have run', async () => {
    const {next, cancel} = begin()
    const first = next()
    cancel.abort()
    expect((await failureOf(first)).facts.mayHaveRun).toBe(true)
  })

  it('leaves mistakes of the program as they are', async () => {
    const {next, provider} = begin()
    const first = next()
    const mistake = new TypeError('x is not a function')
    provider.hangUp(mistake)
    await expect(first).rejects.toBe(mistake)
  })

  it('gives up an answer without end', async () => {
    const {next, provider} = begin()
    const piece: CompletionEvent = {type: 'text-delta', id: 't', text: 'x'.repeat(4_000_000)}
    for (let count = 0; count < 4; count++) {
      const event = next()
      provider.say(piece)
      await event
    }
    const fifth = next()
    provider.say(piece)
    await fifth
    expect((await failureOf(next())).message).toContain('longer than')
  })
})

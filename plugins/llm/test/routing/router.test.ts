import {CancelledError, ExitCode} from '@omni-ops/core/operation'
import {TestClock} from '@omni-ops/core/testing'
import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {budgetSchema} from '../../src/configuration/schema.ts'
import type {CompletionEvent} from '../../src/model/completion-event.ts'
import type {FailureClass} from '../../src/model/provider-failure.ts'
import {
  AllUnavailableError,
  BudgetExceededError,
  DeadlineError,
  InterruptedError,
  NoCandidateError,
  ProviderError,
  UnknownTargetError,
} from '../../src/routing/errors.ts'
import {eventsOf, question, routing, textOf} from '../support/routing.ts'
import {answer, failureOf, type Script, usageOf} from '../support/scripted-adapter.ts'

const start: CompletionEvent = {type: 'start', model: null, warnings: []}
const piece = (text: string): CompletionEvent => ({type: 'text-delta', id: '1', text})

describe('fallback', () => {
  test('the second deployment answers where the first one fails', async () => {
    const {call, adapters} = await routing({
      deployments: {a: {scripts: [[failureOf('overload', {status: 529})]]}, b: {scripts: [answer('thirty days')]}},
    })
    const routed = call()
    expect(await textOf(routed)).toBe('thirty days')
    const {attempts, deployment} = await routed.outcome
    expect(deployment).toBe('b')
    expect(attempts.map(({deployment: id, outcome, status}) => [id, outcome, status])).toEqual([
      ['a', 'overload', 529],
      ['b', 'answered', null],
    ])
    expect(adapters.a!.requests).toHaveLength(1)
  })

  test.each([400, 404, 422])('none on %i: the request is wrong, whoever gets it', async status => {
    const {call, adapters} = await routing({
      deployments: {a: {scripts: [[failureOf('client', {status})]]}, b: {scripts: [answer('no')]}},
      groups: {main: {deployments: ['a'], fallbacks: ['b']}},
    })
    const routed = call()
    await expect(eventsOf(routed)).rejects.toMatchObject({code: 'llm_rejected', httpStatus: status})
    expect(adapters.b!.requests).toHaveLength(0)
    expect((await routed.outcome).attempts).toHaveLength(1)
  })

  test('a group falls back to other groups in their order', async () => {
    const {call} = await routing({
      deployments: {
        a: {scripts: [[failureOf('transient', {status: 500})]]},
        b: {scripts: [[failureOf('transient', {status: 500})]]},
        c: {scripts: [answer('from c')]},
      },
      groups: {main: {deployments: ['a'], fallbacks: ['second', 'c']}, second: {deployments: ['b']}},
    })
    expect(await textOf(call())).toBe('from c')
  })

  test('a prompt that is too long goes to the context fallbacks alone, and cools nobody', async () => {
    const {call, adapters, engine} = await routing({
      deployments: {
        a: {scripts: [[failureOf('context', {status: 400})]]},
        b: {scripts: [answer('no')]},
        long: {scripts: [answer('fits')]},
      },
      groups: {main: {deployments: ['a', 'b'], context_fallbacks: ['long']}},
    })
    expect(await textOf(call())).toBe('fits')
    expect(adapters.b!.requests).toHaveLength(0)
    expect(engine.cooldowns.state('a').kind).toBe('healthy')
  })

  test('without context fallbacks a prompt that is too long is the caller’s to shorten', async () => {
    const {call, adapters} = await routing({
      deployments: {a: {scripts: [[failureOf('context', {status: 400})]]}, b: {scripts: [answer('no')]}},
    })
    await expect(eventsOf(call())).rejects.toMatchObject({code: 'llm_context_exceeded', httpStatus: 400})
    expect(adapters.b!.requests).toHaveLength(0)
  })

  test.each([
    ['an error', [failureOf('content', {status: 400})]],
    [
      'a finish without content',
      [start, {type: 'finish', reason: {unified: 'content-filter', raw: 'SAFETY'}, usage: usageOf(7, 0)}],
    ],
  ] as const)('what a filter refuses by %s goes to the content fallbacks', async (_, script) => {
    const {call, engine} = await routing({
      deployments: {a: {scripts: [script as Script]}, b: {scripts: [answer('no')]}, free: {scripts: [answer('said')]}},
      groups: {main: {deployments: ['a', 'b'], content_fallbacks: ['free']}},
    })
    expect(await textOf(call())).toBe('said')
    expect(engine.cooldowns.state('a').kind).toBe('healthy')
  })

  test('a key that is not accepted is ours to correct: 502, and the deployment is left alone', async () => {
    const {call, engine, adapters} = await routing({
      deployments: {a: {scripts: [[failureOf('auth', {status: 401})]]}},
    })
    await expect(eventsOf(call())).rejects.toMatchObject({code: 'llm_denied', httpStatus: 502})
    expect(engine.cooldowns.state('a')).toMatchObject({kind: 'cooling', reason: 'auth'})
    expect(adapters.a!.requests).toHaveLength(1)
  })

  test('a key that was not accepted is told to the next calls at once: no wait mends it', async () => {
    const {call, adapters, waits, clock} = await routing({
      deployments: {a: {scripts: [[failureOf('auth', {status: 401})]]}},
      cooldown: {longest: 60},
    })
    await expect(eventsOf(call())).rejects.toMatchObject({code: 'llm_denied'})
    clock.advance(1_000)
    const next = call()
    await expect(eventsOf(next)).rejects.toMatchObject({
      code: 'llm_denied',
      httpStatus: 502,
      exitCode: ExitCode.denied,
      hint: expect.stringContaining('omni llm providers test'),
    })
    expect((await next.outcome).attempts).toEqual([])
    expect(waits).toEqual([])
    expect(adapters.a!.requests).toHaveLength(1)
  })

  test('beside a key that was not accepted, a deployment that cools for a passing reason is waited for', async () => {
    const {call, waits} = await routing({
      deployments: {
        a: {scripts: [[failureOf('auth', {status: 401})]], order: 1},
        b: {scripts: [[failureOf('rate', {status: 429, retryAfter: 8_000})], answer('later')], order: 2},
      },
      groups: {main: {strategy: 'order'}},
      retry: {per_deployment: 1},
      cooldown: {longest: 5},
    })
    await expect(eventsOf(call())).rejects.toMatchObject({code: 'llm_rate_limited'})
    expect(await textOf(call())).toBe('later')
    expect(waits).toEqual([8_000])
  })

  test('no money is never retried, and the deployment is out for the next call', async () => {
    const {call, adapters} = await routing({
      deployments: {a: {scripts: [[failureOf('billing', {status: 429})]]}, b: {scripts: [answer('b')]}},
    })
    expect(await textOf(call())).toBe('b')
    expect(await textOf(call())).toBe('b')
    expect(adapters.a!.requests).toHaveLength(1)
  })

  test('no money is not waited for either, though its day may end before the call does', async () => {
    const {call, adapters, waits} = await routing({
      deployments: {a: {scripts: [[failureOf('billing', {status: 429, retryAfter: 1})], answer('paid for')]}},
      clock: new TestClock('2026-11-23T23:59:59.000Z'),
    })
    await expect(eventsOf(call())).rejects.toMatchObject({code: 'llm_billing', httpStatus: 502})
    expect(adapters.a!.requests).toHaveLength(1)
    expect(waits).toEqual([])
  })

  test('an overloaded provider is no limit of the caller', async () => {
    const {call} = await routing({deployments: {a: {scripts: [[failureOf('overload', {status: 529})]]}}})
    await expect(eventsOf(call())).rejects.toMatchObject({code: 'llm_overloaded', httpStatus: 503})
  })

  test('a deployment that says not to come back is not asked again in this call', async () => {
    const {call, adapters} = await routing({
      deployments: {a: {scripts: [[failureOf('transient', {status: 500, shouldRetry: false})]]}},
    })
    await expect(eventsOf(call())).rejects.toBeInstanceOf(ProviderError)
    expect(adapters.a!.requests).toHaveLength(1)
  })
})

describe('retries', () => {
  test('the last deployment gets another request after a pause', async () => {
    const {call, adapters, waits} = await routing({
      deployments: {a: {scripts: [[failureOf('transient', {status: 500})], answer('now')]}},
      retry: {first_wait: 2},
    })
    expect(await textOf(call())).toBe('now')
    expect(adapters.a!.requests).toHaveLength(2)
    expect(waits).toHaveLength(1)
    expect(waits[0]).toBeGreaterThanOrEqual(1_000)
    expect(waits[0]).toBeLessThanOrEqual(2_000)
  })

  test('what may have run is not sent to the same deployment again', async () => {
    const {call, adapters} = await routing({
      deployments: {a: {scripts: [[failureOf('transient', {mayHaveRun: true})], answer('twice')]}},
    })
    await expect(eventsOf(call())).rejects.toBeInstanceOf(ProviderError)
    expect(adapters.a!.requests).toHaveLength(1)
  })

  test('and to nobody where doing it twice would matter', async () => {
    const {call, adapters} = await routing({
      deployments: {a: {scripts: [[failureOf('transient', {mayHaveRun: true})]]}, b: {scripts: [answer('twice')]}},
    })
    await expect(eventsOf(call({repeatable: false}))).rejects.toBeInstanceOf(ProviderError)
    expect(adapters.b!.requests).toHaveLength(0)
    expect(await textOf(call())).toBe('twice')
  })

  test('what may have run is counted and marked as our count', async () => {
    const {call} = await routing({
      deployments: {a: {scripts: [[failureOf('transient', {mayHaveRun: true})]]}},
    })
    const routed = call()
    await expect(eventsOf(routed)).rejects.toThrow()
    const {usage, costNanoUsd} = await routed.outcome
    expect(usage).toMatchObject({estimated: true, output: {total: 0}})
    expect(usage.input.total).toBeGreaterThan(0)
    expect(costNanoUsd).toBe(BigInt(usage.input.total!))
  })

  test('one cap holds over the whole chain', async () => {
    const deployments = Object.fromEntries(
      Array.from({length: 10}, (_, at) => [`d${at}`, {scripts: [[failureOf('transient', {status: 500})]]}]),
    )
    const {call} = await routing({deployments, retry: {attempts: 4}})
    const routed = call()
    await expect(eventsOf(routed)).rejects.toBeInstanceOf(ProviderError)
    expect((await routed.outcome).attempts).toHaveLength(4)
  })
})

describe('cooling deployments', () => {
  const limited = (retryAfter: number) => [failureOf('rate', {status: 429, retryAfter})]

  test('the call waits for the earliest where its deadline allows it', async () => {
    const {call, waits, context} = await routing({
      deployments: {a: {scripts: [limited(30_000)]}, b: {scripts: [limited(8_000), answer('later')]}},
      timeouts: {total: 60},
    })
    expect(await textOf(call())).toBe('later')
    expect(waits).toEqual([8_000])
    // Whoever waits for it is told.
    expect((context as unknown as {events: unknown[]}).events).toMatchObject([
      {type: 'note', message: expect.stringContaining('waiting 8 s')},
    ])
  })

  test('a wait that is longer than the time left ends the call now, with when to come back', async () => {
    const {call, waits} = await routing({
      deployments: {a: {scripts: [limited(90_000)]}},
      timeouts: {total: 60},
    })
    await expect(eventsOf(call())).rejects.toMatchObject({code: 'llm_rate_limited', httpStatus: 429, retryAfter: 90})
    expect(waits).toEqual([])
    await expect(eventsOf(call())).rejects.toMatchObject({
      constructor: AllUnavailableError,
      httpStatus: 503,
      retryAfter: 90,
    })
  })

  test.each([
    ['whose price nobody knows', undefined, 'unpriced'],
    ['that it does not cover', '1000', 'exceeded'],
  ])('a budget does not wait for one %s', async (_, input, reason) => {
    const price = input === undefined ? undefined : {input, output: input}
    const {call, waits, engine, context, adapters} = await routing({
      deployments: {a: {scripts: [limited(8_000), answer('late')], model: 'nobodys', price}},
      timeouts: {total: 60},
      retry: {attempts: 1},
    })
    await expect(eventsOf(call())).rejects.toMatchObject({code: 'llm_rate_limited'})
    await engine.budgets.set(context, budgetSchema().parse({usd: '0.000001'}))
    await expect(eventsOf(call())).rejects.toMatchObject({code: 'llm_budget_exceeded', details: {reason}})
    expect(waits).toEqual([])
    expect(adapters.a!.requests).toHaveLength(1)
  })

  test('a long wait at one deployment means the next one now', async () => {
    const {call, waits} = await routing({
      deployments: {a: {scripts: [limited(3_600_000)]}, b: {scripts: [answer('b')]}},
    })
    expect(await textOf(call())).toBe('b')
    expect(waits).toEqual([])
  })

  test('one call probes, and the others are kept away until it is known', async () => {
    const release = Promise.withResolvers<void>()
    const probe: Script = [start, release.promise, ...answer('back')]
    const {call, adapters, clock} = await routing({
      deployments: {a: {scripts: [limited(5_000), probe, answer('a')]}, b: {scripts: [answer('b')]}},
    })
    expect(await textOf(call())).toBe('b')
    clock.advance(5_000)
    const probing = textOf(call())
    const others = await Promise.all([textOf(call()), textOf(call())])
    expect(others).toEqual(['b', 'b'])
    release.resolve()
    expect(await probing).toBe('back')
    expect(adapters.a!.requests).toHaveLength(2)
    expect(await textOf(call())).toBe('a')
  })
})

describe('the commit', () => {
  test('nothing is emitted before the first content, and nothing of a deployment that failed before it', async () => {
    const {call} = await routing({
      deployments: {
        a: {scripts: [[start, {type: 'text-start', id: 'lost'}, failureOf('transient', {status: 500})]]},
        b: {scripts: [answer('b')]},
      },
    })
    const routed = call()
    expect(await eventsOf(routed)).toEqual(answer('b'))
    expect(await routed.committed).toMatchObject({deployment: 'b', attempts: 2, cache: 'off'})
  })

  test.each(['text-delta', 'reasoning-delta', 'tool-input-delta'] as const)(
    'after a %s nobody else is asked: the stream ends as an error, and never as a stop',
    async type => {
      const {call, adapters} = await routing({
        deployments: {
          a: {scripts: [[start, {type, id: '1', text: 'thirty'}, failureOf('transient', {mayHaveRun: true})]]},
          b: {scripts: [answer('b')]},
        },
      })
      const routed = call()
      const seen: CompletionEvent[] = []
      await expect(async () => {
        for await (const event of routed.events) seen.push(event)
      }).rejects.toBeInstanceOf(InterruptedError)
      expect(seen.map(event => event.type)).toEqual(['start', type])
      expect(adapters.b!.requests).toHaveLength(0)
      expect((await routed.outcome).usage).toMatchObject({estimated: true, output: {total: 2}})
    },
  )

  test('a stream that ends without saying why is an error', async () => {
    const {call} = await routing({deployments: {a: {scripts: [[start, piece('thirty')]]}}})
    await expect(eventsOf(call())).rejects.toBeInstanceOf(InterruptedError)
  })

  test('an empty delta commits nothing', async () => {
    const {call} = await routing({
      deployments: {
        a: {scripts: [[start, piece(''), failureOf('transient', {status: 500})]]},
        b: {scripts: [answer('b')]},
      },
    })
    expect(await textOf(call())).toBe('b')
  })

  test('the caller’s deltas come as they are generated', async () => {
    const later = Promise.withResolvers<void>()
    const {call} = await routing({
      deployments: {a: {scripts: [[start, piece('first'), later.promise, ...answer(' second').slice(1)]]}},
    })
    const events = call().events[Symbol.asyncIterator]()
    expect((await events.next()).value).toEqual(start)
    expect((await events.next()).value).toEqual(piece('first'))
    later.resolve()
    await events.return?.()
  })
})

describe('the end of the caller', () => {
  test('leaving aborts the provider’s request, and what was generated is billed and marked', async () => {
    const never = (signal: AbortSignal) =>
      new Promise((_, fail) => {
        signal.addEventListener('abort', () => fail(failureOf('cancelled')), {once: true})
      })
    const {call, adapters, engine} = await routing({
      deployments: {a: {scripts: [[start, piece('thirty days'), ({signal}) => never(signal)]]}},
    })
    const routed = call()
    for await (const event of routed.events) if (event.type === 'text-delta') break
    expect(adapters.a!.calls[0]!.signal.aborted).toBe(true)
    const {usage, costNanoUsd, attempts} = await routed.outcome
    expect(attempts).toMatchObject([{outcome: 'cancelled'}])
    expect(usage).toMatchObject({estimated: true, output: {total: 3}})
    expect(costNanoUsd).toBe(BigInt(usage.input.total!) + 6n)
    expect(engine.cooldowns.state('a').kind).toBe('healthy')
  })

  test('a caller who cancels while nothing has come gets a cancellation', async () => {
    const controller = new AbortController()
    const {call} = await routing({
      deployments: {
        a: {
          scripts: [
            [
              ({signal}) =>
                new Promise((_, fail) => {
                  signal.addEventListener('abort', () => fail(failureOf('cancelled')), {once: true})
                  controller.abort()
                }),
            ],
          ],
        },
        b: {scripts: [answer('b')]},
      },
    })
    await expect(eventsOf(call({signal: controller.signal}))).rejects.toBeInstanceOf(CancelledError)
  })

  test('a reader who is slow is waited for: nothing is asked of the provider meanwhile', async () => {
    let produced = 0
    const counted = (text: string): Script => [async () => void (produced += 1), piece(text)]
    const {call} = await routing({
      deployments: {a: {scripts: [[start, ...counted('1'), ...counted('2'), ...counted('3'), ...answer('').slice(1)]]}},
    })
    const events = call().events[Symbol.asyncIterator]()
    await events.next()
    await events.next()
    await Promise.resolve()
    expect(produced).toBe(1)
    await events.return?.()
  })
})

describe('the deadline', () => {
  const hanging: Script = [
    ({signal}) => new Promise((_, fail) => signal.addEventListener('abort', () => fail(failureOf('cancelled')))),
  ]

  test('one for the whole chain: what passes it is told as such', async () => {
    const {call, expire, adapters} = await routing({
      deployments: {a: {scripts: [hanging]}, b: {scripts: [answer('b')]}},
      timeouts: {total: 30},
    })
    const reading = eventsOf(call())
    await expect.poll(() => adapters.a!.running).toBe(1)
    expire()
    await expect(reading).rejects.toBeInstanceOf(DeadlineError)
    expect(adapters.b!.requests).toHaveLength(0)
  })

  test('after the first content it breaks the answer off', async () => {
    const {call, expire, adapters} = await routing({
      deployments: {a: {scripts: [[start, piece('thirty'), ...hanging]]}},
    })
    const reading = eventsOf(call())
    await expect.poll(() => adapters.a!.running).toBe(1)
    expire()
    await expect(reading).rejects.toBeInstanceOf(InterruptedError)
  })
})

describe('filters', () => {
  const image = {type: 'image', mediaType: 'image/png', bytes: new Uint8Array([1])} as const
  const answering = {scripts: [answer('yes')]}

  test.each([
    ['pictures', {request: {messages: [{role: 'user', content: [image]}]}}, {}, {capabilities: ['text', 'vision']}],
    [
      'tools',
      {request: {...question, tools: [{name: 't', inputSchema: {}}]}},
      {capabilities: ['text']},
      {capabilities: ['text', 'tools']},
    ],
    ['context length', {}, {context_tokens: 50}, {context_tokens: 500}],
    ['region', {requirements: {residency: 'eu'}}, {region: 'us'}, {region: 'eu'}],
    ['the tenants it is for', {}, {tenants: ['other']}, {tenants: ['acme', 'other']}],
    ['cost', {requirements: {maxCostNanoUsd: 1_000n}}, {price: {input: '9', output: '9'}}, {}],
    ['a price nobody knows', {requirements: {maxCostNanoUsd: 1_000n}}, {price: undefined, model: 'nobodys'}, {}],
  ])('a deployment is chosen by %s', async (_, call, unfit, fit) => {
    const {call: ask, adapters} = await routing({
      deployments: {unfit: {...answering, ...unfit}, fit: {...answering, ...fit}},
    })
    expect(await textOf(ask(call as object))).toBe('yes')
    expect(adapters.unfit!.requests).toHaveLength(0)
  })

  test('where none fits it is told, and nothing is sent', async () => {
    const {call, adapters} = await routing({deployments: {a: {...answering, region: 'us'}}})
    await expect(eventsOf(call({requirements: {residency: 'eu'}}))).rejects.toBeInstanceOf(NoCandidateError)
    await expect(eventsOf(call({requirements: {maxCostNanoUsd: 1n}}))).rejects.toBeInstanceOf(BudgetExceededError)
    await expect(eventsOf(call({target: 'nobody'}))).rejects.toBeInstanceOf(UnknownTargetError)
    expect(adapters.a!.requests).toHaveLength(0)
  })

  test('requests of a minute are spread over deployments, and then wait', async () => {
    const {call, adapters, waits, clock} = await routing({
      deployments: {a: {...answering, rpm: 2}, b: {...answering, rpm: 1}},
    })
    for (let asked = 0; asked < 3; asked++) await textOf(call())
    expect([adapters.a!.requests.length, adapters.b!.requests.length]).toEqual([2, 1])
    clock.advance(20_000)
    await textOf(call())
    expect(waits).toEqual([40_000])
  })

  test('no more requests run at once than a deployment takes', async () => {
    const release = Promise.withResolvers<void>()
    const {call, adapters} = await routing({
      deployments: {
        a: {scripts: [[release.promise, ...answer('a')]], max_parallel: 2},
        b: {scripts: [answer('b')]},
      },
    })
    const asked = Array.from({length: 5}, () => textOf(call()))
    await expect.poll(() => adapters.b!.requests.length).toBe(3)
    release.resolve()
    expect((await Promise.all(asked)).toSorted()).toEqual(['a', 'a', 'b', 'b', 'b'])
    expect(adapters.a!.mostRunning).toBe(2)
  })

  test('what another provider signed does not go to this one', async () => {
    const {call, adapters} = await routing({
      deployments: {
        a: {scripts: [[failureOf('transient', {status: 500})]], provider: 'anthropic'},
        b: answering,
      },
    })
    const signed = {provider: 'anthropic', data: 'opaque'}
    const request = {
      messages: [
        question.messages[0]!,
        {
          role: 'assistant',
          content: [
            {type: 'reasoning', text: 'hm', signed},
            {type: 'text', text: 'so'},
            {type: 'tool-call', id: 'call_1', name: 't', input: '{}', signed},
          ],
        },
      ],
    } as const
    await textOf(call({request}))
    expect(adapters.a!.requests[0]!.messages[1]).toEqual(request.messages[1])
    expect(adapters.b!.requests[0]!.messages[1]!.content).toEqual([
      {type: 'text', text: 'so'},
      {type: 'tool-call', id: 'call_1', name: 't', input: '{}'},
    ])
  })
})

describe('strategies', () => {
  const answering = {scripts: [answer('yes')]}

  const picked = async (strategy: string, deployments: Record<string, object>, before?: string) => {
    const {call, router, clock, engine} = await routing({
      deployments: Object.fromEntries(Object.entries(deployments).map(([id, each]) => [id, {...answering, ...each}])),
      groups: {main: {strategy}},
    })
    if (before) {
      for (const [id, milliseconds] of [
        ['a', 900],
        ['b', 100],
      ] as const) {
        const ticket = engine.load.begin(engine.configuration.deployments.get(id)!, 1)
        clock.advance(milliseconds)
        ticket.answered(milliseconds)
        if (before === 'ended' || id === 'b') ticket.end()
      }
    }
    const {order} = await router.explain({target: 'main', request: question})
    const routed = call()
    await textOf(routed)
    return [(await routed.outcome).deployment, order]
  }

  test.each([
    ['order', {a: {order: 2}, b: {order: 1}}, ['b', 'a'], undefined],
    [
      'cost',
      {a: {price: {input: '3', output: '9'}}, b: {}, c: {price: undefined, model: 'x'}},
      ['b', 'a', 'c'],
      undefined,
    ],
    ['speed', {a: {}, b: {}}, ['b', 'a'], 'ended'],
    ['quality', {a: {}, b: {quality: 40}, c: {quality: 90}}, ['c', 'b', 'a'], undefined],
    ['least_busy', {a: {}, b: {}}, ['b', 'a'], 'running'],
    [
      'balanced',
      {
        a: {price: {input: '9', output: '9'}, quality: 90},
        b: {quality: 90},
        c: {price: {input: '8', output: '9'}, quality: 1},
      },
      ['b', 'a', 'c'],
      undefined,
    ],
  ] as const)('%s', async (strategy, deployments, order, before) => {
    expect(await picked(strategy, deployments, before)).toEqual([order[0], order])
  })

  test('weighted keeps the shares, and a weight of 0 comes last', async () => {
    const {router} = await routing({
      deployments: {a: {weight: 3}, b: {weight: 1}, c: {weight: 0}},
      groups: {main: {strategy: 'weighted'}},
    })
    const firsts = {a: 0, b: 0, c: 0} as Record<string, number>
    for (let asked = 0; asked < 2_000; asked++) {
      const {order} = await router.explain({target: 'main', request: question})
      firsts[order[0]!]! += 1
      expect(order.at(-1)).toBe('c')
    }
    // Three quarters, give or take five standard deviations.
    expect(Math.abs(firsts.a! - 1_500)).toBeLessThan(100)
  })
})

const classes: readonly FailureClass[] = [
  'rate',
  'overload',
  'transient',
  'auth',
  'billing',
  'client',
  'context',
  'content',
]

test('whatever fails: the caps hold, and the answer is whole and of one deployment, or an error', async () => {
  const script = fc.oneof(
    fc.constant('answer' as const),
    fc.record({
      kind: fc.constantFrom(...classes),
      retryAfter: fc.option(fc.integer({min: 0, max: 100_000}), {nil: null}),
      mayHaveRun: fc.boolean(),
      after: fc.constantFrom(0, 1, 2),
    }),
  )
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(script, {minLength: 1, maxLength: 4}), {minLength: 1, maxLength: 4}),
      fc.integer({min: 1, max: 6}),
      fc.integer({min: 1, max: 3}),
      async (plans, attempts, perDeployment) => {
        const scripts = (id: string, plan: (typeof plans)[number]): Script[] =>
          plan.map(each =>
            each === 'answer'
              ? answer(`whole ${id}`)
              : [...answer(`whole ${id}`).slice(0, each.after === 2 ? 4 : each.after), failureOf(each.kind, each)],
          )
        const {call, adapters, engine, clock} = await routing({
          deployments: Object.fromEntries(plans.map((plan, at) => [`d${at}`, {scripts: scripts(`d${at}`, plan)}])),
          retry: {attempts, per_deployment: perDeployment},
        })
        const began = clock.elapsed()
        const routed = call()
        const seen: CompletionEvent[] = []
        const error = await (async () => {
          for await (const event of routed.events) seen.push(event)
        })().catch((thrown: unknown) => thrown)
        const outcome = await routed.outcome
        expect(outcome.attempts.length).toBeLessThanOrEqual(attempts)
        for (const adapter of Object.values(adapters)) {
          expect(adapter.requests.length).toBeLessThanOrEqual(perDeployment)
        }
        expect(clock.elapsed() - began).toBeLessThanOrEqual(600_000)
        for (const id of Object.keys(adapters)) expect(engine.load.inFlight(id)).toBe(0)
        const text = seen.map(event => (event.type === 'text-delta' ? event.text : '')).join('')
        if (error === undefined) expect(text).toBe(`whole ${outcome.deployment}`)
        else if (seen.length > 0) expect(error).toBeInstanceOf(InterruptedError)
        expect(seen.some(({type}) => type === 'finish')).toBe(error === undefined)
      },
    ),
    {numRuns: 60},
  )
})

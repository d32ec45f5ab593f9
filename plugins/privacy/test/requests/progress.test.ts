import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {
  advance,
  type Progress,
  type ProgressEvent,
  received,
  RequestStateError,
  UnverifiedError,
} from '../../src/requests/progress.ts'

const count = fc.integer({min: 0, max: 3})

const events: fc.Arbitrary<ProgressEvent> = fc.oneof(
  fc.constantFrom<ProgressEvent>(
    {type: 'ask_identity'},
    {type: 'verify'},
    {type: 'proceed_unverified'},
    {type: 'collect'},
    {type: 'approve'},
    {type: 'notified'},
  ),
  // Rarer, since they end the walk.
  fc.constantFrom<ProgressEvent>({type: 'refuse'}, {type: 'withdraw'}),
  fc.record({
    type: fc.constant('collected' as const),
    found: count,
    kept: count,
    unreachable: count,
    toReview: count,
    known: fc.boolean(),
  }),
  fc.record({type: fc.constant('executed' as const), unreachable: count, kept: count}),
)

/** All the places a request went through, those events left out that were refused. */
function walk(start: Progress, happening: readonly ProgressEvent[]): {path: Progress[]; happened: ProgressEvent[]} {
  const path = [start]
  const happened: ProgressEvent[] = []
  for (const event of happening) {
    const before = path.at(-1) as Progress
    try {
      path.push(advance(before, event))
      happened.push(event)
    } catch (error) {
      expect(error instanceof RequestStateError || error instanceof UnverifiedError).toBe(true)
    }
  }
  return {path, happened}
}

const starts = fc.boolean().map(verificationNeeded => ({...received, verificationNeeded}))
const walks = fc.tuple(starts, fc.array(events, {maxLength: 60}))
const order = ['received', 'identity_pending', 'verified', 'collecting', 'review', 'executing', 'notifying', 'closed']

function check(property: (path: Progress[], happened: ProgressEvent[]) => void): void {
  fc.assert(
    fc.property(walks, ([start, happening]) => {
      const {path, happened} = walk(start, happening)
      property(path, happened)
    }),
    {numRuns: 2000},
  )
}

describe('a request, whatever happens to it in whatever order', () => {
  test('has an outcome when it is closed, and never before', () => {
    check(path => {
      for (const {state, outcome} of path) expect(outcome !== null).toBe(state === 'closed')
    })
  })

  test('stays closed', () => {
    check(path => {
      const closed = path.findIndex(({state}) => state === 'closed')
      expect(closed < 0 || closed === path.length - 1).toBe(true)
    })
  })

  test('is not executed for somebody unverified whose right needs that, nor without a review', () => {
    check(path => {
      for (const [index, {state, verified, verificationNeeded}] of path.entries()) {
        if (state !== 'executing' || path[index - 1]?.state === 'executing') continue
        expect(path[index - 1]?.state).toBe('review')
        expect(verified || !verificationNeeded).toBe(true)
      }
    })
  })

  test('goes back to collecting alone, and only before anything was carried out', () => {
    check(path => {
      for (const [index, {state}] of path.entries()) {
        const before = path[index - 1]?.state
        if (before === undefined || order.indexOf(state) >= order.indexOf(before)) continue
        expect([before, state]).toEqual(['review', 'collecting'])
      }
    })
  })

  test('is fulfilled only where the person is known and every place was read and changed', () => {
    check((path, happened) => {
      if (path.at(-1)?.outcome !== 'fulfilled' && path.at(-1)?.outcome !== 'partly_refused') return
      const looks = happened.filter(event => event.type === 'collected')
      const runs = happened.filter(event => event.type === 'executed')
      expect(looks.at(-1)).toMatchObject({known: true, unreachable: 0})
      expect(runs.at(-1)).toMatchObject({unreachable: 0})
    })
  })

  test('is not refused or taken back once something was carried out', () => {
    check((path, happened) => {
      const executed = happened.findIndex(({type}) => type === 'approve')
      if (executed < 0) return
      const after = happened.slice(executed + 1).map(({type}) => type)
      expect(after).not.toContain('refuse')
      expect(after).not.toContain('withdraw')
    })
  })

  test('says in what it was refused what would be possible', () => {
    expect(() => advance(received, {type: 'approve'})).toThrow(
      expect.objectContaining({
        code: 'gdpr_request_state',
        details: expect.objectContaining({possible_in: ['review']}),
      }),
    )
  })
})

import fc from 'fast-check'
import {beforeAll, describe, expect, it} from 'vitest'
import {createDetector} from '../src/detect/create-detector.ts'
import type {Detector} from '../src/detect/detector.ts'

let detector: Detector

beforeAll(async () => {
  detector = await createDetector()
})

/** The processor time of a run, in microseconds. */
function cost(text: string): number {
  const begun = process.cpuUsage()
  detector.detect(text)
  const {user, system} = process.cpuUsage(begun)
  return user + system
}

/** How often a text is looked at: other work of the machine only ever adds, so that the least time counts. */
const runs = 3

const short = 20_000
const factor = 8
/** Linear work grows by the factor, quadratic by its square. */
const most = factor * 3.5
/** Below this the clock tells nothing. */
const measurable = 2_000

function expectLinear(pattern: string): void {
  const text = pattern.repeat(Math.ceil(short / pattern.length)).slice(0, short)
  const long = text.repeat(factor)
  // The long text is first, for what the short one takes is to be measured with everything compiled.
  let whole = cost(long)
  const part = Math.max(measurable, Math.min(...Array.from({length: runs}, () => cost(text))))
  // One run below the limit shows as much as the least of several.
  for (let run = 1; run < runs && whole >= part * most; run++) whole = Math.min(whole, cost(long))
  expect(whole / part, JSON.stringify(pattern)).toBeLessThan(most)
}

const adversarial = [
  'a',
  'A',
  '1',
  ' ',
  '.',
  '@',
  '-',
  '(',
  '[at]',
  'a@',
  'a.',
  'a-',
  '1-',
  '1 ',
  '1.',
  '1,',
  '0:',
  '::',
  'A1',
  'Ab ',
  'Ab-',
  'A. ',
  'Ana ',
  'Ana Kranjc ',
  'http://',
  'www.',
  '%%',
  "'",
  '"',
  '\\',
  '\n',
  '\t',
  'č',
  'c\u030C',
  '\u200B',
  'а',
  'aа',
  '４',
  '👍',
  'a [at] b ',
  'a[at]',
  'SI56 ',
  'SI56 2633 ',
  '4111 ',
  '4111111111111111 ',
  '12 Main Street, ',
  'P.O. Box 1, ',
  'corner of ',
  'Street 1 ',
  'Dr. ',
  'passport number is ',
  'passport: ',
  '1 January ',
  'January 1, ',
  'born in ',
  'in Xyz ',
  'Xyz, ',
  'Xyz and Abc & ',
  'Inc. ',
  'd.o.o. ',
  'name: ',
  'My name is ',
  '031 ',
  '+386 ',
  '00:1B:',
  'fe80::',
  '255.',
  'a.com.',
  '.com',
  'x'.repeat(70),
  'de ',
  'van der ',
  'Ana Kos\nana@x.si\n',
  'Ana Kos\n\nSales Manager:\n',
  '#1 ',
  '\uD835',
  '\u030C',
]

describe('the detector', () => {
  it.each(adversarial)(
    'grows no faster than a text of %j',
    pattern => {
      expectLinear(pattern)
    },
    60_000,
  )

  it('grows no faster than texts of pieces put together at random', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...adversarial), {minLength: 2, maxLength: 4}), parts => {
        expectLinear(parts.join(''))
      }),
      {numRuns: 12, seed: 20_261_122, endOnFailure: true},
    )
  }, 120_000)

  it('gives spans in order, inside the text, without overlaps, whatever the text', () => {
    const piece = fc.oneof(fc.constantFrom(...adversarial), fc.string({unit: 'binary', maxLength: 6}))
    fc.assert(
      fc.property(fc.array(piece, {maxLength: 25}), parts => {
        const text = parts.join('')
        let last = 0
        for (const span of detector.detect(text)) {
          expect(span.start).toBeGreaterThanOrEqual(last)
          expect(span.end).toBeGreaterThan(span.start)
          expect(span.end).toBeLessThanOrEqual(text.length)
          expect(span.score).toBeGreaterThanOrEqual(0.5)
          expect(span.score).toBeLessThanOrEqual(1)
          last = span.end
        }
      }),
      {numRuns: 1500},
    )
  }, 60_000)

  it('answers the same for the same text', () => {
    const text = 'Ana Kranjc, ana@example.com, 031 123 456, 4111 1111 1111 1111'
    expect(detector.detect(text)).toEqual(detector.detect(text))
  })
})

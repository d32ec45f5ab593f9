import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {cutAtSilence, type SoundPiece} from '../../src/audio/cut-at-silence.ts'
import {pcmOf, sound} from '../support/sound.ts'

const rate = 1_000

async function pieces(samples: Int16Array, longest: number): Promise<readonly SoundPiece[]> {
  const cut: SoundPiece[] = []
  for await (const piece of cutAtSilence(pcmOf(samples, rate, 333), {longest})) cut.push(piece)
  return cut
}

describe('cutAtSilence', () => {
  it('cuts in the middle of the pause nearest to the end, where no word is', async () => {
    const samples = sound(
      [
        {seconds: 8, loud: true},
        {seconds: 0.6, loud: false},
        {seconds: 8, loud: true},
      ],
      rate,
    )
    const cut = await pieces(samples, 10)
    expect(cut).toHaveLength(2)
    expect(cut[1]!.start).toBeGreaterThanOrEqual(8.1)
    expect(cut[1]!.start).toBeLessThanOrEqual(8.5)
  })

  it('takes the latest of several pauses, so that pieces are as few as can be', async () => {
    const pause = {seconds: 0.5, loud: false}
    const samples = sound(
      [{seconds: 8, loud: true}, pause, {seconds: 0.8, loud: true}, pause, {seconds: 5, loud: true}],
      rate,
    )
    const [, second] = await pieces(samples, 10)
    expect(second!.start).toBeGreaterThan(9.3)
    expect(second!.start).toBeLessThanOrEqual(9.8)
  })

  it('leaves what is short enough in one piece', async () => {
    const samples = sound([{seconds: 3, loud: true}], rate)
    const [only, ...more] = await pieces(samples, 10)
    expect(more).toEqual([])
    expect(only).toMatchObject({start: 0})
    expect([...only!.samples]).toEqual([...samples])
  })

  it('loses no sample, has none twice, and makes no piece that is too long', async () => {
    const stretch = fc.record({seconds: fc.integer({min: 1, max: 40}).map(tenths => tenths / 10), loud: fc.boolean()})
    await fc.assert(
      fc.asyncProperty(fc.array(stretch, {maxLength: 12}), fc.integer({min: 1, max: 8}), async (stretches, longest) => {
        const samples = sound(stretches, rate)
        const cut = await pieces(samples, longest)
        expect(cut.flatMap(piece => [...piece.samples])).toEqual([...samples])
        let begun = 0
        for (const piece of cut) {
          expect(piece.samples.length).toBeLessThanOrEqual(longest * rate)
          expect(piece.start).toBeCloseTo(begun / rate, 9)
          begun += piece.samples.length
        }
      }),
      {numRuns: 40},
    )
  })
})

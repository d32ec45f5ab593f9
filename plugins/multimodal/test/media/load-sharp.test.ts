import sharp from 'sharp'
import {expect, test, vi} from 'vitest'
import {loadSharp} from '../../src/media/load-sharp.ts'

test('decoders are turned off once, and not while others decode', async () => {
  const block = vi.spyOn(sharp, 'block')
  await Promise.all([loadSharp(), loadSharp()])
  await loadSharp()
  expect(block).toHaveBeenCalledTimes(1)
})

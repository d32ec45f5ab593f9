import {expect, test} from 'vitest'
import {type TextReader, textReaderFor} from './text-reader.ts'

test('a reader takes media types by name or by kind, and the first that does is asked', () => {
  const reader = (...mediaTypes: string[]): TextReader => ({mediaTypes, sendsContent: false, read: async () => []})
  const pictures = reader('image/png', 'application/pdf')
  const recordings = reader('audio/*')
  const more = reader('audio/mpeg', 'image/*')
  const readers = [pictures, recordings, more]
  expect(textReaderFor(readers, 'image/png')).toBe(pictures)
  expect(textReaderFor(readers, 'image/webp')).toBe(more)
  expect(textReaderFor(readers, 'audio/mpeg')).toBe(recordings)
  expect(textReaderFor(readers, 'video/mp4')).toBeUndefined()
})

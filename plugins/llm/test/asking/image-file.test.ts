import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {describe, expect, onTestFinished, test} from 'vitest'
import {largestImage, readImageFile} from '../../src/asking/image-file.ts'

const gif = Buffer.from('GIF89a and so on')

function directory(): string {
  const path = mkdtempSync(join(tmpdir(), 'omni-llm-'))
  onTestFinished(() => rmSync(path, {recursive: true, force: true}))
  return path
}

function file(content: Uint8Array): string {
  const path = join(directory(), 'picture.png')
  writeFileSync(path, content)
  return path
}

describe('a picture in a file', () => {
  test('is what its bytes say, whatever its name says', async () => {
    const whole = Buffer.concat([gif, Buffer.alloc(largestImage - gif.length, 7)])
    const read = await readImageFile(file(whole))
    expect(read.mediaType).toBe('image/gif')
    expect(whole.equals(read.bytes)).toBe(true)
  })

  test('is refused where it is too large, or none', async () => {
    const tooLarge = readImageFile(file(Buffer.concat([gif, Buffer.alloc(largestImage)])))
    await expect(tooLarge).rejects.toMatchObject({code: 'llm_unusable_image', hint: 'make it smaller'})
    await expect(readImageFile(file(Buffer.from('%PDF')))).rejects.toMatchObject({code: 'llm_unusable_image'})
    await expect(readImageFile(directory())).rejects.toMatchObject({code: 'EISDIR'})
  })
})

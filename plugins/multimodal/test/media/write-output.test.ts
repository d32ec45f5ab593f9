import {mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync, mkdirSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {seededRandomness, TestClock} from '@omni-ops/core/testing'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {assertWritable, type OutputOptions, writeOutput} from '../../src/media/write-output.ts'

let workingDirectory: string
let options: OutputOptions
beforeEach(() => {
  workingDirectory = mkdtempSync(join(tmpdir(), 'omni-output-'))
  const random = seededRandomness(1, new TestClock())
  options = {workingDirectory, force: false, signal: new AbortController().signal, random}
})
afterEach(() => rmSync(workingDirectory, {recursive: true}))

const bytes = Buffer.from('new')
const files = () => readdirSync(workingDirectory).toSorted()
const content = (name: string) => readFileSync(join(workingDirectory, name), 'utf8')

describe('writeOutput', () => {
  it('writes a file that is there whole, and nothing beside it', async () => {
    await writeOutput('a.mp3', bytes, options)
    expect(files()).toEqual(['a.mp3'])
    expect(content('a.mp3')).toBe('new')
  })

  it('does not overwrite what is there, also where it came after the first look', async () => {
    await assertWritable('a.mp3', options)
    writeFileSync(join(workingDirectory, 'a.mp3'), 'old')
    await expect(writeOutput('a.mp3', bytes, options)).rejects.toMatchObject({code: 'output_exists', exitCode: 6})
    await expect(assertWritable('a.mp3', options)).rejects.toMatchObject({hint: expect.stringContaining('--force')})
    expect(files()).toEqual(['a.mp3'])
    expect(content('a.mp3')).toBe('old')
  })

  it('lets one of two writers win, and the file be that of one of them', async () => {
    const both = [writeOutput('a.mp3', Buffer.from('one'), options), writeOutput('a.mp3', Buffer.from('two'), options)]
    const settled = await Promise.allSettled(both)
    expect(settled.map(({status}) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    expect(['one', 'two']).toContain(content('a.mp3'))
    expect(files()).toEqual(['a.mp3'])
  })

  it('overwrites where that is asked for', async () => {
    writeFileSync(join(workingDirectory, 'a.mp3'), 'old')
    const force = {...options, force: true}
    await assertWritable('a.mp3', force)
    await writeOutput('a.mp3', bytes, force)
    expect(content('a.mp3')).toBe('new')
  })

  it('leaves nothing when its caller cancels', async () => {
    const cancel = new AbortController()
    const writing = writeOutput('a.mp3', new Uint8Array(50_000_000), {...options, signal: cancel.signal})
    cancel.abort()
    await expect(writing).rejects.toMatchObject({code: 'cancelled', exitCode: 130})
    expect(files()).toEqual([])
  })

  it('says where it cannot write, before anything is paid for', async () => {
    await expect(assertWritable('no/such/a.mp3', options)).rejects.toMatchObject({code: 'output_unwritable'})
    mkdirSync(join(workingDirectory, 'dir'))
    await expect(assertWritable('dir', {...options, force: true})).rejects.toMatchObject({code: 'output_unwritable'})
    await expect(writeOutput('no/such/a.mp3', bytes, options)).rejects.toMatchObject({code: 'output_unwritable'})
  })
})

import {spawnSync} from 'node:child_process'
import {mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {unzipSync} from 'fflate'
import {afterAll, expect, test} from 'vitest'
import type {Context} from '@omni-ops/core/operation'
import {openArchiveTarget} from '../src/archive/archive-target.ts'
import {archiveWriter} from '../src/presentation/archive-writer.ts'
import {fileSink, writePieces} from '../src/files/write-pieces.ts'
import {rewriteSqlite} from '../src/files/rewrite-sqlite.ts'
import {unitContext} from '../../../src/testing/context.ts'
import {pieces} from './pieces.ts'

const directory = mkdtempSync(join(tmpdir(), 'omni-files-'))
afterAll(() => rmSync(directory, {recursive: true}))
mkdirSync(join(directory, 'taken'))
writeFileSync(join(directory, 'file'), 'a file')

const request = '0198c7d2-6a2e-7c11-9b8a-3d0c8f1e2a55'

const ways = {
  pieces: (path: string) => writePieces(pieces('ab', [1]), fileSink(path)),
} as const

test.each(Object.entries(ways))('%s are written into a directory that is made for them', async (name, write) => {
  const path = join(directory, name, 'deep', 'out.txt')
  await write(path)
  expect(readFileSync(path, 'utf8')).toBe('ab')
})

test.each(Object.entries(ways))('%s say why a file cannot be written, and leave nothing', async (_, write) => {
  const before = readdirSync(directory)
  await expect(write(join(directory, 'taken'))).rejects.toMatchObject({code: 'EISDIR', path: join(directory, 'taken')})
  await expect(write(join(directory, 'file', 'out.txt'))).rejects.toMatchObject({syscall: 'mkdir'})
  expect(readdirSync(directory)).toEqual(before)
})

test('neither a database nor an archive is written where it cannot be', async () => {
  const rewriter = {} as Parameters<typeof rewriteSqlite>[0]['rewriter']
  const options = {path: join(directory, 'file'), name: 'file', label: 'Masking', rewriter}
  await expect(
    rewriteSqlite({...options, out: join(directory, 'taken')}, unitContext() as unknown as Context),
  ).rejects.toMatchObject({
    code: 'EISDIR',
  })
  await expect(openArchiveTarget(join(directory, 'file', 'a.zip'), request, archiveWriter)).rejects.toMatchObject({
    code: 'ENOTDIR',
  })
  await expect(openArchiveTarget(join(directory, 'file'), request, archiveWriter)).rejects.toMatchObject({
    code: 'gdpr_archive_exists',
  })
})

test.each(['a.zip', 'archive'])('one process at a time writes %s, and what a killed one left goes', async name => {
  const path = join(directory, name)
  const {pid} = spawnSync(process.execPath, ['-e', ''])
  writeFileSync(`${path}.${pid}.partial`, 'of a person')
  const first = await openArchiveTarget(path, request, archiveWriter)
  const partials = () => readdirSync(directory).filter(each => each.endsWith('.partial'))
  expect(partials().every(each => each.endsWith(`.${process.pid}.partial`))).toBe(true)
  await first.discard()
  // The parent of the tests is there as long as they are.
  writeFileSync(`${path}.${process.ppid}.partial`, 'of a person')
  await expect(openArchiveTarget(path, request, archiveWriter)).rejects.toMatchObject({
    code: 'gdpr_archive_busy',
    exitCode: 6,
  })
  expect(partials()).toEqual([`${name}.${process.ppid}.partial`])
  rmSync(`${path}.${process.ppid}.partial`)
})

test.each(['published.zip', 'published'])(
  '%s is whole before it has its receipt, and is replaced for its request alone',
  async name => {
    const path = join(directory, name)
    const files = () =>
      (name.endsWith('.zip') ? Object.keys(unzipSync(readFileSync(path))) : readdirSync(path)).toSorted()
    const manifest = {path: 'manifest.json', bytes: Buffer.from(JSON.stringify({request}))}
    const publish = async (more: string) => {
      const target = await openArchiveTarget(path, request, archiveWriter)
      await target.add({path: more, bytes: Buffer.from('of a person')})
      await target.add(manifest)
      await target.publish()
      return target
    }
    await (await publish('a.json')).discard()
    expect(files()).toEqual(['a.json', 'manifest.json'])
    await expect(openArchiveTarget(path, 'another', archiveWriter)).rejects.toMatchObject({code: 'gdpr_archive_exists'})
    const again = await publish('b.json')
    await again.finish({path: 'receipt.json', bytes: Buffer.from('{}')})
    expect(files()).toEqual(['b.json', 'manifest.json', 'receipt.json'])
    await expect(openArchiveTarget(path, request, archiveWriter)).rejects.toMatchObject({code: 'gdpr_archive_exists'})
    expect(readdirSync(directory).filter(each => each.endsWith('.partial'))).toEqual([])
  },
)

import {gzipSync} from 'node:zlib'
import {describe, expect, test} from 'vitest'
import {list} from '../../plugins/rag/src/operations/list.ts'
import {objectStore} from '../support/object-store.ts'
import {Workspace} from '../support/workspace.ts'

async function manuals() {
  const store = await objectStore()
  await store.put('2026/pump.md', '# Pump\n\nOpen the valve before the pump is started.\n')
  await store.put('2026/deep/filter.md', '# Filter\n\nThe filter is changed every spring.\n')
  await store.put('2026-drafts/note.md', '# Draft\n\nNot ready.\n')
  await store.put('2026/', '')
  return {store, workspace: new Workspace({env: store.env})}
}

const sourcesOf = async (workspace: Workspace): Promise<string[]> =>
  (await workspace.call(list, {})).items.map(({source}) => source)

describe('a prefix of a bucket', () => {
  test('is read like a directory; what has not changed is not read again, what is gone is pruned', async () => {
    const {store, workspace} = await manuals()
    expect(await workspace.json(['rag', 'ingest', 's3://manuals/2026'])).toMatchObject({found: 2, added: 2})
    const all = ['s3://manuals/2026/deep/filter.md', 's3://manuals/2026/pump.md']
    expect(await sourcesOf(workspace)).toEqual(all)
    const asked = await workspace.json<{citations: object[]}>(['rag', 'query', 'when is the filter changed?'])
    expect(asked.citations[0]).toMatchObject({source: all[0], line_start: 3, commit: null})

    store.read.length = 0
    expect(await workspace.ingest(['s3://manuals/2026/'])).toMatchObject({unchanged: 2, chunks: 0})
    expect(store.read).toEqual([])
    await store.put('2026/pump.md', '# Pump\n\nClose the valve before the pump is stopped.\n')
    await store.remove('2026/deep/filter.md')
    expect(await workspace.ingest(['s3://manuals/2026'], {prune: true})).toMatchObject({changed: 1, removed: 1})
    expect(store.read).toEqual(['2026/pump.md'])
    expect(await workspace.ingest(['s3://manuals/2026/pump.md'], {prune: true})).toMatchObject({found: 1, unchanged: 1})
    expect(await workspace.ingest(['s3://manuals'], {exclude: ['2026/']})).toMatchObject({found: 1, added: 1})
  })

  test('of more objects than a page has is read to its end', async () => {
    const store = await objectStore()
    const workspace = new Workspace({env: store.env})
    for (let number = 0; number < 1040; number += 40) {
      await Promise.all(
        Array.from({length: 40}, (_, at) => store.put(`n/${number + at}.txt`, `Number ${number + at}.`)),
      )
    }
    expect(await workspace.ingest(['s3://manuals/n'])).toMatchObject({found: 1040, added: 1040})
  })

  test('that is empty, or cannot be listed, keeps what was ingested', async () => {
    const {store, workspace} = await manuals()
    await workspace.ingest(['s3://manuals/2026'])
    await store.remove('2026/pump.md')
    await store.remove('2026/deep/filter.md')
    await store.remove('2026/')
    const summary = await workspace.ingest(['s3://manuals/2026'], {prune: true})
    expect(summary).toMatchObject({removed: 0, failed: [{source: 's3://manuals/2026', reason: 'not_found'}]})
    expect(await workspace.ingest(['s3://nothing-there/x'], {prune: true})).toMatchObject({
      failed: [{reason: 'not_found'}],
    })
    const stranger = new Workspace({env: {...store.env, AWS_ACCESS_KEY_ID: 'STRANGER'}})
    expect(await stranger.ingest(['s3://manuals/2026'])).toMatchObject({failed: [{reason: 'unreadable'}]})
    expect(await sourcesOf(workspace)).toHaveLength(2)
  })
})

describe('an object', () => {
  test('above the limit is not read, packed ones are unpacked within it, and odd keys lead nowhere', async () => {
    const store = await objectStore()
    const workspace = new Workspace({env: {...store.env, OMNI_RAG_MAX_FILE_MB: '0.01'}})
    await store.put('a/large.txt', 'large '.repeat(3000))
    await store.put('a/packed.txt', gzipSync('Packed words.'), {ContentEncoding: 'gzip'})
    await store.put('a/bomb.txt', gzipSync('bomb '.repeat(100_000)), {ContentEncoding: 'gzip'})
    await store.put('a/.hidden.txt', 'Hidden.')
    await store.put('a/node_modules/x.txt', 'Installed.')
    const summary = await workspace.ingest(['s3://manuals/a'])
    expect(summary).toMatchObject({found: 3, added: 1})
    expect(summary.failed.map(({source, reason}) => [source, reason])).toEqual([
      ['s3://manuals/a/bomb.txt', 'too_large'],
      ['s3://manuals/a/large.txt', 'too_large'],
    ])
    expect(store.read).not.toContain('a/large.txt')
  })
})

test.for(['s3://', 's3:///x', 's3://UPPER/x', 's3://-x/y', 's3://a..b/c', 's3://a b/c'])(
  '%s is no bucket',
  async input => {
    expect(await new Workspace().json(['rag', 'ingest', input], 2)).toMatchObject({
      error: {code: 'rag_invalid_s3_address'},
    })
  },
)

test('without a key it says what to set', async () => {
  const {AWS_ENDPOINT_URL_S3} = (await objectStore()).env
  const env = {AWS_ENDPOINT_URL_S3: AWS_ENDPOINT_URL_S3!, AWS_EC2_METADATA_DISABLED: 'true'}
  const told = await new Workspace({env}).json(['rag', 'ingest', 's3://manuals/x'], 9)
  expect(told).toMatchObject({
    error: {code: 'rag_s3_credentials_missing', hint: expect.stringContaining('AWS_PROFILE')},
  })
})

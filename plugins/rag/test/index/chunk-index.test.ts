import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import fc from 'fast-check'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {Analyser} from '../../src/analysis/analyser.ts'
import type {MetadataValue} from '../../src/documents/document.ts'
import type {IndexedDocument} from '../../src/index/chunk-index.ts'
import {ChunkIndex} from '../../src/index/chunk-index.ts'
import {LanceDbDatabase} from '../../src/stores/lancedb/lancedb-database.ts'
import {CollectionNotFoundError} from '../../src/stores/passage-store.ts'
import {acquireWriterLock, CollectionBusyError} from '../../src/stores/writer-lock.ts'

const analyser = new Analyser()
const child = fileURLToPath(new URL('./writer.child.ts', import.meta.url))
let root: string
let collections = 0

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'omni-index-'))
})
afterAll(() => rm(root, {recursive: true, force: true}))

function open({
  directory = root,
  collection = `c${collections++}`,
  lockTimeout = 60_000,
}: {directory?: string; collection?: string; lockTimeout?: number} = {}): ChunkIndex {
  return new ChunkIndex({store: new LanceDbDatabase({directory, lockTimeout}).open(collection), analyser})
}

function document(
  documentId: string,
  texts: readonly string[],
  metadata: Record<string, MetadataValue> = {},
  headings: readonly string[] = [],
): IndexedDocument {
  const chunks = texts.map((text, ordinal) => ({
    ordinal,
    text,
    headings,
    start: ordinal * 1_000,
    end: ordinal * 1_000 + text.length,
    lineStart: ordinal * 10 + 1,
    lineEnd: ordinal * 10 + 5,
  }))
  return {documentId, source: `${documentId}.md`, language: 'en', metadata, chunks}
}

async function found(index: ChunkIndex, query: string, options = {}): Promise<string[]> {
  return (await index.search(query, options)).hits.map(({id}) => id)
}

const lease = document('lease', [
  'The tenant pays rent monthly.',
  'Notice period is three months.',
  'Deposits are returned.',
])
const manual = document('manual', ['Exit code 9 means not configured.', 'Install it with npm ci.'])

describe('ChunkIndex', () => {
  it('finds a passage at once, with everything that was put in', async () => {
    const index = open()
    await index.replaceDocuments([lease, {...manual, title: 'Handbook', metadata: {year: 2026, tags: ['cli', 'help']}}])
    const [hit] = (await index.search('exit codes: not configured?')).hits
    expect(hit).toMatchObject({
      id: 'manual:0',
      documentId: 'manual',
      source: 'manual.md',
      title: 'Handbook',
      text: 'Exit code 9 means not configured.',
      language: 'en',
      ordinal: 0,
      start: 0,
      end: 33,
      lineStart: 1,
      lineEnd: 5,
      metadata: {year: 2026, tags: ['cli', 'help']},
    })
    expect(hit!.coverage).toBeGreaterThan(0.9)
  })

  it('finds words by their inflections, by parts of identifiers, by headings and by misspelt pieces', async () => {
    const index = open()
    await index.replaceDocuments([
      lease,
      manual,
      document('code', ['function parseTenantId(header) {}'], {}, ['Authentication of requests']),
    ])
    expect((await found(index, 'noticing periods'))[0]).toBe('lease:1')
    expect((await found(index, 'tenant id parsing'))[0]).toBe('code:0')
    expect((await found(index, 'authenticating'))[0]).toBe('code:0')
    expect((await found(index, 'instaling'))[0]).toBe('manual:1')
    expect(await found(index, 'zzzzqqq')).toEqual([])
    expect(await found(index, '…')).toEqual([])
  })

  it('replaces a document as a whole and counts nothing twice', async () => {
    const index = open()
    await index.replaceDocuments([lease, manual])
    await index.replaceDocuments([lease, manual])
    expect(await index.count()).toBe(5)
    await index.replaceDocuments([document('lease', ['Entirely new words.'])])
    expect(await index.count()).toBe(3)
    expect(await found(index, 'deposits')).toEqual([])
    expect(await found(index, 'entirely')).toEqual(['lease:0'])
    await index.replaceDocuments([document('lease', [])])
    expect(await index.count()).toBe(2)
  })

  it('keeps the last of two documents with one id in one call', async () => {
    const index = open()
    await index.replaceDocuments([document('a', ['first version']), document('a', ['second version', 'more'])])
    expect(await index.count()).toBe(2)
    expect(await found(index, 'first')).toEqual([])
  })

  it('removes documents', async () => {
    const index = open()
    await index.replaceDocuments([lease, manual])
    expect(await index.removeDocuments(async () => ['lease', 'unknown'])).toEqual({chunks: 3})
    expect(await found(index, 'notice period')).toEqual([])
    expect(await index.removeDocuments(async () => ['lease'])).toEqual({chunks: 0})
  })

  it('gives neighbours, passages by id and all passages', async () => {
    const index = open()
    await index.replaceDocuments([lease, manual])
    expect((await index.neighbours('lease', 1)).map(({id}) => id)).toEqual(['lease:0', 'lease:1', 'lease:2'])
    expect((await index.neighbours('lease', 0)).map(({id}) => id)).toEqual(['lease:0', 'lease:1'])
    expect((await index.get(['manual:1', 'gone:0', 'lease:2'])).map(({id}) => id)).toEqual(['manual:1', 'lease:2'])
    const all: string[] = []
    for await (const {id} of index.scan()) all.push(id)
    expect(all.toSorted()).toEqual(['lease:0', 'lease:1', 'lease:2', 'manual:0', 'manual:1'])
  })

  it('filters by metadata, documents and sources', async () => {
    const index = open()
    await index.replaceDocuments([
      document('a', ['annual report'], {year: 2025, tags: ['red', 'blue']}),
      document('b', ['annual report'], {year: 2026, draft: true}),
      document('c', ['annual report'], {year: '2026', tags: ['blue']}),
    ])
    const ids = async (filter: object) => (await found(index, 'annual report', {filter})).toSorted()
    expect(await ids({metadata: {year: 2026}})).toEqual(['b:0', 'c:0'])
    expect(await ids({metadata: {tags: ['red', 'green']}})).toEqual(['a:0'])
    expect(await ids({metadata: {year: 2026, draft: true}})).toEqual(['b:0'])
    expect(await ids({metadata: {tags: []}})).toEqual([])
    expect(await ids({documentIds: ['a', 'c']})).toEqual(['a:0', 'c:0'])
    expect(await ids({sources: ['b.md']})).toEqual(['b:0'])
    expect(await ids({excludedDocumentIds: ['b']})).toEqual(['a:0', 'c:0'])
    expect(await index.count({metadata: {year: 2026}})).toBe(2)
  })

  it('lets no metadata key or value out of its quotes', async () => {
    const index = open()
    const hostile = fc.oneof(
      fc.constantFrom("'", "''", "\\'", '"', "' OR true --", "x'); DROP TABLE c;--", '%', '_', '\\', '\n', '/*', '😀'),
      fc.string({unit: 'binary', maxLength: 12}),
    )
    const text = hostile.map(value => value.replaceAll('\0', '·').replaceAll('\u001f', '·').toWellFormed())
    await fc.assert(
      fc.asyncProperty(text, text, text, async (key, value, other) => {
        fc.pre(value !== other)
        await index.replaceDocuments([
          document('has', ['the same words'], {[key]: value}),
          document('other', ['the same words'], {[key]: other}),
        ])
        expect(await found(index, 'same words', {filter: {metadata: {[key]: value}}})).toEqual(['has:0'])
        expect(await found(index, 'same words', {filter: {metadata: {[key]: [value]}}})).toEqual(['has:0'])
        expect(await index.count({metadata: {[key]: `${value}${other}·`}})).toBe(0)
      }),
      {numRuns: 60},
    )
  })

  it('refuses control characters that would blur key and value, before anything is written', async () => {
    const index = open()
    await expect(index.replaceDocuments([document('a', ['x'], {'k\u001f': 'v'})])).rejects.toMatchObject({
      code: 'rag_invalid_metadata',
    })
    expect(await index.exists()).toBe(false)
  })

  it('ranks the same after many small writes, removals and an optimisation as when built at once', async () => {
    const words = ['invoice', 'payment', 'reminder', 'account', 'balance', 'transfer', 'refund', 'ledger']
    const texts = Array.from({length: 60}, (_, index) =>
      Array.from(
        {length: 12 + (index % 7)},
        (_, place) => words[(index * 3 + place * place * (1 + (index % 5))) % 8],
      ).join(' '),
    )
    const documents = texts.map((text, index) => document(`d${index}`, [text]))
    const built = open()
    await built.replaceDocuments(documents)
    await built.optimize(new Date())
    const grown = open()
    for (const each of documents) await grown.replaceDocuments([{...each, chunks: each.chunks.toReversed()}])
    await grown.replaceDocuments(
      Array.from({length: 30}, (_, index) => document(`gone${index}`, ['refund ledger ledger'])),
    )
    await grown.optimize(new Date())
    await grown.removeDocuments(async () => Array.from({length: 30}, (_, index) => `gone${index}`))
    await grown.optimize(new Date())
    for (const query of ['refund of a payment', 'ledger balance', 'transfer reminder']) {
      const one = (await built.search(query, {limit: 20})).hits.map(({score}) => score)
      const other = (await grown.search(query, {limit: 20})).hits.map(({score}) => score)
      expect(other.length).toBe(one.length)
      for (const [place, score] of other.entries()) expect(score).toBeCloseTo(one[place]!, 4)
    }
  })

  it('tells idf by how rare a term is', async () => {
    const index = open()
    await index.replaceDocuments(
      Array.from({length: 20}, (_, at) => document(`d${at}`, [`common ${at < 5 ? 'rarer' : 'word'} text ${at}`])),
    )
    const idf = await index.idf(['common', 'rarer', 'absent'])
    expect(idf.get('common')).toBeCloseTo(Math.log(1 + 0.5 / 20.5), 3)
    expect(idf.get('rarer')).toBeCloseTo(Math.log(1 + 15.5 / 5.5), 3)
    expect(idf.get('absent')).toBeCloseTo(Math.log(1 + 20.5 / 0.5), 3)
  })

  it('tells the same idf from a search as when asked for it, and searches the same with damaged statistics', async () => {
    const collection = 'statistics'
    const words = ['alpha', 'beta', 'gamma', 'delta', 'epsilon']
    const documents = Array.from({length: 80}, (_, at) =>
      document(`d${at}`, [words.filter((_, place) => (at * 7 + place * 3) % (place + 2) === 0).join(' ') || 'none']),
    )
    const index = open({collection})
    await index.replaceDocuments(documents)
    await index.optimize(new Date())
    const {hits, idf} = await index.search('alpha gamma epsilon')
    const asked = await open({collection}).idf([...idf.keys()])
    expect(idf.size).toBe(3)
    for (const [term, value] of idf) expect(value).toBeCloseTo(asked.get(term)!, 2)
    for (const damage of ['', '{"format":1}', 'null', '{"format":2}']) {
      await writeFile(join(root, `${collection}.lance`, 'statistics.json'), damage)
      expect(await found(open({collection}), 'alpha gamma epsilon')).toEqual(hits.map(({id}) => id))
    }
  })

  it('keeps old versions from piling up', async () => {
    const collection = 'versions'
    const index = open({collection})
    for (let round = 0; round < 12; round++) await index.replaceDocuments([document('a', [`round ${round}`])])
    await index.optimize(new Date(Date.now() + 3_600_000))
    const {connect} = await import('@lancedb/lancedb')
    const table = await (await connect(root)).openTable(collection)
    expect((await table.listVersions()).length).toBeLessThanOrEqual(2)
    expect(await found(index, 'round')).toEqual(['a:0'])
  })

  it('answers searches while another handle writes and optimises', async () => {
    const collection = 'busy'
    const writer = open({collection})
    const reader = open({collection})
    await writer.replaceDocuments([lease])
    const writing = (async () => {
      for (let round = 0; round < 10; round++) {
        await writer.replaceDocuments([document(`more${round}`, ['Notice of a different kind.'])])
        await writer.optimize(new Date())
      }
    })()
    for (let round = 0; round < 30; round++) {
      const {hits} = await reader.search('notice period')
      expect(hits[0]!.id).toBe('lease:1')
      for (const {text} of hits) expect(text).toBeTypeOf('string')
    }
    await writing
    expect(await reader.count()).toBe(13)
  })

  it('shows nothing of another tenant or collection', async () => {
    const one = open({directory: join(root, 'tenant-one'), collection: 'shared'})
    const other = open({directory: join(root, 'tenant-other'), collection: 'shared'})
    await one.replaceDocuments([lease])
    await other.replaceDocuments([manual])
    expect(await found(one, 'exit code configured npm')).toEqual([])
    expect(await found(other, 'notice period')).toEqual([])
    expect(await new LanceDbDatabase({directory: join(root, 'tenant-one')}).collections()).toEqual(['shared'])
  })

  it('says when there is no such collection, and refuses names that are paths', async () => {
    await expect(open().search('anything')).rejects.toBeInstanceOf(CollectionNotFoundError)
    expect(await open().count()).toBe(0)
    for (const name of ['', '../x', 'a/b', 'A', 'ä', '.', 'x'.repeat(64)]) {
      expect(() => open({collection: name})).toThrow(/cannot be the name/)
    }
  })

  it('drops a collection', async () => {
    const index = open({collection: 'doomed'})
    await index.replaceDocuments([lease])
    expect(await index.store.drop()).toBe(true)
    expect(await index.store.drop()).toBe(false)
    await index.replaceDocuments([manual])
    expect(await index.count()).toBe(2)
    expect((await found(index, 'exit code'))[0]).toBe('manual:0')
  })

  it('waits for another writer and says so when it takes too long', async () => {
    const index = open({collection: 'locked', lockTimeout: 100})
    const release = await acquireWriterLock({directory: root, collection: 'locked', timeout: 0})
    await expect(index.replaceDocuments([lease])).rejects.toBeInstanceOf(CollectionBusyError)
    release()
    await index.replaceDocuments([lease])
    expect(await index.count()).toBe(3)
  })

  it('lets two processes write at once without losing or doubling anything', async () => {
    const writers = ['one', 'other'].map(name =>
      spawn(process.execPath, [child, root, 'together', name, '8'], {stdio: 'inherit'}),
    )
    const codes = await Promise.all(writers.map(async writer => (await once(writer, 'exit'))[0] as number))
    expect(codes).toEqual([0, 0])
    const index = open({collection: 'together'})
    expect(await index.count()).toBe(8 * 2 * 3 + 3)
    expect(await index.count({documentIds: ['contested']})).toBe(3)
  })

  it('has whole documents or none after kill -9, takes the lock over and goes on', async () => {
    const index = open({collection: 'killed', lockTimeout: 5_000})
    for (let round = 0; round < 5; round++) {
      const writer = spawn(process.execPath, [child, root, 'killed', `round${round}`, '1000'], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      for (let line = 0; line <= round; line++) await Promise.race([once(writer.stdout!, 'data'), once(writer, 'exit')])
      writer.kill('SIGKILL')
      await once(writer, 'exit')
      const chunksOf = new Map<string, number>()
      for await (const {documentId} of index.scan()) chunksOf.set(documentId, (chunksOf.get(documentId) ?? 0) + 1)
      expect(chunksOf.size).toBeGreaterThan(0)
      expect([...chunksOf.values()].every(chunks => chunks === 3)).toBe(true)
      await index.replaceDocuments([document('after', [`after round ${round}`, 'b', 'c'])])
      expect((await found(index, `after round ${round}`))[0]).toBe('after:0')
    }
  })
})

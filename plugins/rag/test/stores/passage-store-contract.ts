import {readdir, readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {setTimeout as delay} from 'node:timers/promises'
import fc from 'fast-check'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {Analyser} from '../../src/analysis/analyser.ts'
import {ChunkIndex} from '../../src/index/chunk-index.ts'
import {InvalidMetadataError, type PassageFilter} from '../../src/index/metadata-filter.ts'
import {bm25Factor} from '../../src/ranking/idf-from-scores.ts'
import {
  CollectionNotFoundError,
  type PassageDatabase,
  type PassageKey,
  type PassageSnapshot,
  type PassageStore,
  VectorDimensionError,
} from '../../src/stores/passage-store.ts'
import {expectToSurviveKills} from './killed-writer.ts'
import {along, DIMENSION, documentOf, gramsOf, rowOf} from './stored-rows.ts'

/** A vector database to be tried. */
export interface DatabaseUnderTest {
  /** The part of a tenant; asked again with the same name, another handle on the same part. */
  database(tenant: string): PassageDatabase | Promise<PassageDatabase>
  /**
   * For a database that a crash of this program could hurt: how a child process opens a tenant's part. The module
   * exports `openDatabase(argument): Promise<PassageDatabase>`.
   */
  readonly crash?: {readonly module: string; argument(tenant: string): string}
  /** The directory that a tenant's part is in, where it is on this machine and nothing in it is compressed. */
  files?(tenant: string): string
  /** How many hostile documents are tried; fewer where each takes long. */
  readonly runs?: number
  close(): Promise<void>
}

/** How long what an eventually consistent store was told may take to be seen, in milliseconds. */
const EVENTUALLY = 30_000
const tenants = ['tenant-one', 'tenant-two'] as const

/** What must hold of every store that passages are kept in; docs/rag-stores.md says it in words. */
export function describePassageStore(name: string, make: () => Promise<DatabaseUnderTest>): void {
  describe(`PassageStore on ${name}`, () => {
    let made: DatabaseUnderTest
    let database: PassageDatabase
    let opened = 0

    beforeAll(async () => {
      made = await make()
      database = await made.database(tenants[0])
    })
    afterAll(async () => {
      await made?.close()
    })

    function open(options: {dimension?: number; collection?: string} = {}): PassageStore {
      const {dimension = DIMENSION, collection = `c${opened++}`} = options
      return database.open(collection, {dimension})
    }

    it('gives back all that was put in', async () => {
      const store = open()
      const plain = rowOf('report', 0, 'plain passage')
      const full = rowOf('report', 1, 'full passage', {
        metadata: {year: 2026, draft: true, tags: ['red', "o'neill", 'größe']},
        source: 'reports/Bericht 1.pdf',
        language: 'de',
        vector: along(2, 3, 0.5),
      })
      const passage = {...full.passage, title: 'Bericht “1”', tableHeader: 'a | b', page: 3, pageBreaks: [10, 20]}
      const rows = [plain, {...full, passage, terms: {...full.terms, contextTermCount: 1}}]
      await store.replaceDocuments([{documentId: 'report', rows}])
      await seen(store, async snapshot => {
        expect(byId(await snapshot.get(['report:0', 'report:1', 'gone:0']))).toEqual(rows.map(row => row.passage))
        expect(byId(await snapshot.ofDocuments(['report', 'gone']))).toEqual(rows.map(row => row.passage))
        expect(byId(await collect(snapshot.scan()))).toEqual(rows.map(row => row.passage))
        const listed = (await snapshot.list({limit: 10})).rows
        expect(listed.map(row => row.passage.id).toSorted()).toEqual(['report:0', 'report:1'])
        for (const row of listed) {
          const {vector, ...expected} = rows[row.passage.ordinal]!
          expect(row).toMatchObject(expected)
          expect(row.vector === undefined).toBe(vector === undefined)
          for (const [at, value] of (vector ?? []).entries()) expect(row.vector![at]).toBeCloseTo(value, 5)
        }
      })
    })

    it('replaces documents as a whole, leaves others alone, and does the same twice', async () => {
      const store = open()
      const other = documentOf('other', ['untouched words'])
      await store.replaceDocuments([documentOf('one', ['old words', 'more words', 'last words']), other])
      for (let time = 0; time < 2; time++) {
        await store.replaceDocuments([documentOf('one', ['entirely new'])])
        await seen(store, async snapshot => {
          expect(await idsOf(snapshot)).toEqual(['one:0', 'other:0'])
          expect(await found(snapshot, 'old')).toEqual([])
          expect(await found(snapshot, 'new')).toEqual(['one:0'])
        })
      }
      await store.replaceDocuments([documentOf('one', [])])
      await seen(store, async snapshot => expect(await idsOf(snapshot)).toEqual(['other:0']))
    })

    it('takes many documents, and a document of many passages, at once', async () => {
      const store = open()
      const long = documentOf(
        'long',
        Array.from({length: 1_201}, (_, at) => `word number${at}`),
        {vector: along(1)},
      )
      const many = Array.from({length: 130}, (_, at) => documentOf(`many${at}`, [`short${at}`]))
      await store.replaceDocuments([long, ...many])
      await seen(store, async snapshot => {
        expect(await snapshot.count()).toBe(1_331)
        expect(await found(snapshot, 'number1200')).toEqual(['long:1200'])
        expect(await snapshot.count({documentIds: many.map(({documentId}) => documentId)})).toBe(130)
      })
      await store.replaceDocuments([documentOf('long', ['short again'])])
      await seen(store, async snapshot => expect(await snapshot.count()).toBe(131))
      expect(await store.removeDocuments(async () => many.map(({documentId}) => documentId))).toBe(130)
      await seen(store, async snapshot => expect(await idsOf(snapshot)).toEqual(['long:0']))
    })

    it('removes documents, those that are not there without a word', async () => {
      const store = open()
      expect(await store.removeDocuments(async () => ['early'])).toBe(0)
      await store.replaceDocuments([documentOf('one', ['a', 'b']), documentOf('two', ['c'])])
      await seen(store, async snapshot => expect(await snapshot.count()).toBe(3))
      expect(await store.removeDocuments(async () => ['one', 'gone'])).toBe(2)
      await seen(store, async snapshot => expect(await idsOf(snapshot)).toEqual(['two:0']))
      expect(await store.removeDocuments(async () => ['one'])).toBe(0)
    })

    it('writes nothing where what is to come before fails', async () => {
      const store = open()
      await store.replaceDocuments([documentOf('one', ['kept'])])
      let times = 0
      const failing = async () => {
        times++
        throw new InvalidMetadataError('not now')
      }
      await expect(store.replaceDocuments([documentOf('one', ['lost', 'lost'])], failing)).rejects.toThrow('not now')
      await expect(store.removeDocuments(async () => failing().then(() => []))).rejects.toThrow('not now')
      expect(times).toBe(2)
      await seen(store, async snapshot => expect(await found(snapshot, 'kept')).toEqual(['one:0']))
      expect(await (await store.snapshot()).count()).toBe(1)
    })

    it('leaves no byte of what it erased', async context => {
      const store = open()
      const vector = along(0)
      const secret = (word: string) =>
        documentOf('secret', [`${word} told`, `${word} twice`], {
          metadata: {who: `${word}meta`},
          source: `${word}.md`,
          vector,
        })
      const kept = documentOf(
        'kept',
        Array.from({length: 40}, (_, at) => `kept passage${at}`),
        {vector},
      )
      await store.replaceDocuments([kept, secret('zyxwvutsecret')])
      await store.optimize(new Date())
      await store.replaceDocuments([secret('qponmlksecret'), documentOf('beside', ['beside it'], {vector})])
      await store.removeDocuments(async () => ['secret'])
      const left = made.files === undefined ? [] : await filesWith(made.files(tenants[0]), 'qponmlk')
      await store.erase(new Date())
      await seen(store, async snapshot => {
        expect(await snapshot.count()).toBe(41)
        expect(await found(snapshot, 'passage39')).toEqual(['kept:39'])
        expect(await found(snapshot, 'qponmlksecret')).toEqual([])
        expect(await snapshot.byVector(Float32Array.from(vector), {limit: 100})).toHaveLength(41)
      })
      await store.erase(new Date())
      if (made.files === undefined) {
        context.skip('its files are on another machine')
        return
      }
      expect(left).not.toEqual([])
      for (const word of ['zyxwvut', 'qponmlk']) expect(await filesWith(made.files(tenants[0]), word)).toEqual([])
    })

    it('says when there is no such collection, and drops one', async () => {
      const store = open()
      expect(await store.exists()).toBe(false)
      await expect(store.snapshot()).rejects.toBeInstanceOf(CollectionNotFoundError)
      expect(await store.drop()).toBe(false)
      await store.optimize(new Date())
      await store.replaceDocuments([documentOf('one', ['doomed'], {vector: along(0)})])
      expect(await store.exists()).toBe(true)
      expect(await store.drop()).toBe(true)
      expect(await store.exists()).toBe(false)
      await expect(store.snapshot()).rejects.toBeInstanceOf(CollectionNotFoundError)
      await store.replaceDocuments([documentOf('two', ['born again'])])
      await seen(store, async snapshot => expect(await idsOf(snapshot)).toEqual(['two:0']))
    })

    it('refuses names that could lead elsewhere', () => {
      for (const collection of ['', '../x', 'a/b', 'A', 'ä', '.', "x'; --", 'x'.repeat(64)]) {
        expect(() => database.open(collection)).toThrow(/cannot be the name/u)
      }
    })

    it('filters counts, pages, scans and lists alike', async () => {
      const store = open()
      const text = 'annual report'
      const vector = along(0)
      await store.replaceDocuments([
        documentOf('a', [text], {metadata: {year: 2025, tags: ['red', 'blue']}, vector}),
        documentOf('b', [text], {metadata: {year: 2026, draft: true}, vector, source: 'x/b.md'}),
        documentOf('c', [text], {metadata: {year: '2026', tags: ['blue']}, vector}),
      ])
      const cases: [PassageFilter, string[]][] = [
        [{}, ['a:0', 'b:0', 'c:0']],
        [{metadata: {year: 2026}}, ['b:0', 'c:0']],
        [{metadata: {tags: ['red', 'green']}}, ['a:0']],
        [{metadata: {tags: 'blue'}}, ['a:0', 'c:0']],
        [{metadata: {year: 2026, draft: true}}, ['b:0']],
        [{metadata: {year: 2026, tags: ['blue']}}, ['c:0']],
        [{metadata: {tags: []}}, []],
        [{metadata: {absent: 'x'}}, []],
        [{documentIds: ['a', 'c']}, ['a:0', 'c:0']],
        [{documentIds: []}, []],
        [{sources: ['x/b.md', 'gone.md']}, ['b:0']],
        [{sources: []}, []],
        [{excludedDocumentIds: ['b']}, ['a:0', 'c:0']],
        [{excludedDocumentIds: []}, ['a:0', 'b:0', 'c:0']],
        [{metadata: {year: 2026}, excludedDocumentIds: ['b'], sources: ['c.md']}, ['c:0']],
      ]
      await seen(store, async snapshot => {
        for (const [filter, expected] of cases) {
          const options = {limit: 10, filter}
          expect(await snapshot.count(filter), JSON.stringify(filter)).toBe(expected.length)
          expect((await snapshot.list(options)).rows.map(({passage}) => passage.id).toSorted()).toEqual(expected)
          expect((await collect(snapshot.scan(filter))).map(({id}) => id).toSorted()).toEqual(expected)
          for (const list of [
            await snapshot.byTerms(['annual', 'report'], options),
            await snapshot.byGrams(gramsOf(text), options),
            await snapshot.byVector(Float32Array.from(vector), options),
          ]) {
            expect((await identified(snapshot, list)).toSorted(), JSON.stringify(filter)).toEqual(expected)
          }
        }
      })
    })

    it('lets no id, source, metadata or filter out of its quotes', async () => {
      const store = open()
      const awkward = ["'", "''", "\\'", '"', "' OR true --", "x'); DROP TABLE c;--", '%', '_', '\\', '\n', '/*', '😀']
      const query = ['{"path":["x"]}', '$ne', '}) { id } #', '{{', 'null', 'true', ' ', 'a\tb', '\u2028', 'a:b', 'é']
      const hostile = fc.oneof(fc.constantFrom(...awkward, ...query), fc.string({unit: 'binary', maxLength: 12}))
      const text = hostile.map(value => value.replaceAll('\0', '·').replaceAll('\u001f', '·').toWellFormed())
      const id = text.filter(value => value !== '')
      await fc.assert(
        fc.asyncProperty(id, id, text, text, text, async (documentId, key, value, other, source) => {
          fc.pre(value !== other)
          await store.replaceDocuments([
            documentOf(documentId, ['same words'], {metadata: {[key]: value}, source}),
            documentOf(`${documentId}+`, ['same words'], {metadata: {[key]: other}, source: `${source}+`}),
          ])
          await seen(store, async snapshot => {
            const has = `${documentId}:0`
            const only = (filter: PassageFilter) => found(snapshot, 'words', filter)
            expect(await only({metadata: {[key]: value}, documentIds: [documentId, `${documentId}+`]})).toEqual([has])
            expect(await only({documentIds: [documentId]})).toEqual([has])
            expect(await only({sources: [source], documentIds: [documentId, `${documentId}+`]})).toEqual([has])
            expect(await snapshot.count({metadata: {[key]: `${value}${other}·`}})).toBe(0)
            expect((await snapshot.get([has])).map(passage => passage.metadata)).toEqual([{[key]: value}])
          })
          expect(await store.removeDocuments(async () => [documentId, `${documentId}+`])).toBe(2)
        }),
        {numRuns: made.runs ?? 25},
      )
    })

    it('refuses metadata that it could not look for, before anything is written', async () => {
      const store = open()
      const bad = documentOf('bad', ['x'], {metadata: {'k\u001f': 'v'}})
      await expect(store.replaceDocuments([documentOf('good', ['y']), bad])).rejects.toBeInstanceOf(
        InvalidMetadataError,
      )
      expect(await store.exists()).toBe(false)
      await store.replaceDocuments([documentOf('good', ['y'])])
      await expect((await store.snapshot()).count({metadata: {k: '\0'}})).rejects.toBeInstanceOf(InvalidMetadataError)
    })

    it('lists the nearest passages by their cosine', async () => {
      const store = open()
      const random = pseudoRandom(7)
      const vectors = Array.from({length: 120}, () => Array.from({length: DIMENSION}, () => random() - 0.5))
      await store.replaceDocuments([
        ...vectors.map((vector, at) => documentOf(`d${at}`, ['dense'], {vector})),
        documentOf('without', ['dense']),
      ])
      await store.optimize(new Date())
      for (const at of [0, 17, 64]) {
        const asked = rowOf('query', 0, 'x', {
          vector: vectors[at]!.map((value, axis) => value + (axis === 0 ? 0.1 : 0)),
        })
        const cosine = (vector: readonly number[]) => dot(asked.vector!, rowOf('v', 0, 'x', {vector}).vector!)
        const nearest = vectors
          .map((vector, place) => ({id: `d${place}:0`, score: cosine(vector)}))
          .toSorted((one, other) => other.score - one.score)
          .slice(0, 10)
        await seen(store, async snapshot => {
          const list = await snapshot.byVector(asked.vector!, {limit: 10})
          expect(await identified(snapshot, list)).toEqual(nearest.map(({id}) => id))
          for (const [place, {score}] of list.entries()) expect(score).toBeCloseTo(nearest[place]!.score, 4)
        })
      }
    })

    it('refuses vectors that do not fit, before anything is written', async () => {
      const store = open()
      const fitting = documentOf('fits', ['x'], {vector: along(0)})
      for (const vector of [[1, 2], Array.from({length: DIMENSION + 1}, () => 1)]) {
        const bad = documentOf('bad', ['x'], {vector})
        await expect(store.replaceDocuments([fitting, bad])).rejects.toBeInstanceOf(VectorDimensionError)
      }
      for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
        const vector = Float32Array.from(along(0))
        vector[3] = value
        const bad = {documentId: 'bad', rows: [{...rowOf('bad', 0, 'x'), vector}]}
        await expect(store.replaceDocuments([fitting, bad])).rejects.toBeInstanceOf(VectorDimensionError)
      }
      expect(await store.exists()).toBe(false)
      await store.replaceDocuments([fitting])
      await seen(store, async snapshot => {
        expect(await snapshot.count()).toBe(1)
        const short = snapshot.byVector(Float32Array.of(1, 0), {limit: 3})
        await expect(short).rejects.toBeInstanceOf(VectorDimensionError)
      })
      expect((await store.limits()).dimension).toBe(DIMENSION)
    })

    it('has an empty dense list where there are no vectors, and takes none there', async () => {
      const store = database.open('words-only')
      await store.replaceDocuments([documentOf('one', ['words'])])
      expect((await store.limits()).dimension).toBeUndefined()
      await seen(store, async snapshot => {
        expect(await snapshot.count()).toBe(1)
        expect(await snapshot.byVector(Float32Array.from(along(0)), {limit: 3})).toEqual([])
      })
      const dense = documentOf('two', ['words'], {vector: along(0)})
      await expect(store.replaceDocuments([dense])).rejects.toBeInstanceOf(VectorDimensionError)
      await store.drop()
    })

    it('lists by BM25, and tells an idf that its scores agree with', async () => {
      const store = open()
      const texts = Array.from({length: 40}, (_, at) => {
        const filler = Array.from({length: 3 + (at % 9)}, (_, place) => `filler${(at * 7 + place) % 13}`)
        return [...(at % 2 === 0 ? ['common'] : []), ...(at % 8 === 0 ? ['rare', 'rare'] : []), ...filler].join(' ')
      })
      await store.replaceDocuments(texts.map((text, at) => documentOf(`d${at}`, [text])))
      await store.replaceDocuments([documentOf('gone', ['common rare'])])
      await store.removeDocuments(async () => ['gone'])
      await store.optimize(new Date())
      const words = texts.map(text => text.split(' '))
      const average = words.reduce((sum, each) => sum + each.length, 0) / words.length
      const idfOf = (term: string) => {
        const having = words.filter(each => each.includes(term)).length
        return Math.log(1 + (words.length - having + 0.5) / (having + 0.5))
      }
      const bm25 = (own: readonly string[], terms: readonly string[]) =>
        terms.reduce((sum, term) => {
          const frequency = own.filter(each => each === term).length
          return sum + (frequency === 0 ? 0 : idfOf(term) * bm25Factor(frequency, own.length, average))
        }, 0)
      await seen(store, async snapshot => {
        const statistics = await snapshot.statistics()
        expect(statistics.passages).toBe(40)
        expect(statistics.averageTermCount).toBeCloseTo(average, 5)
        expect(statistics.passagesByLanguage).toEqual(new Map([['en', 40]]))
        const idf = await snapshot.idf(['common', 'rare', 'absent'])
        for (const term of ['common', 'rare', 'absent']) expect(idf.get(term)).toBeCloseTo(idfOf(term), 2)
        for (const terms of [['rare'], ['common', 'rare'], ['filler3', 'common', 'absent']]) {
          const list = await snapshot.byTerms(terms, {limit: 100})
          const ids = await identified(snapshot, list)
          const expected = words.flatMap((own, at) => {
            const score = bm25(own, terms)
            return score > 0 ? [{id: `d${at}:0`, score}] : []
          })
          expect(ids.toSorted()).toEqual(expected.map(({id}) => id).toSorted())
          const scores = new Map(expected.map(({id, score}) => [id, score]))
          for (const [place, {score}] of list.entries()) expect(score).toBeCloseTo(scores.get(ids[place]!)!, 1)
          expect(list.map(({score}) => score)).toEqual(
            list.map(({score}) => score).toSorted((one, other) => other - one),
          )
        }
        expect(await snapshot.byTerms(['rare'], {limit: 2})).toHaveLength(2)
        expect(await snapshot.byTerms([], {limit: 2})).toEqual([])
        expect(await snapshot.byGrams([], {limit: 2})).toEqual([])
        expect(await found(snapshot, 'absent')).toEqual([])
      })
    })

    it('takes terms for nothing but terms', async () => {
      const store = open()
      const terms = [
        "'",
        '"quoted"',
        'and',
        'OR',
        'NOT',
        '-minus',
        '+plus',
        'wild*',
        'a:b',
        '(',
        '\\',
        'café',
        '東京',
        '😀',
      ]
      const tricky = ["o'neill", '$1', '%', 'x_y', '&', '|', '!', '<->', 'İi', 'STOP', 'the', 'x'.repeat(300)]
      const all = [...terms, ...tricky]
      await store.replaceDocuments(all.map((term, at) => documentOf(`d${at}`, [`${term} shared`])))
      await seen(store, async snapshot => {
        expect(await snapshot.count()).toBe(all.length)
        for (const [at, term] of all.entries()) expect(await found(snapshot, term), term).toEqual([`d${at}:0`])
        expect(await found(snapshot, 'Shared')).toEqual([])
        expect(await found(snapshot, 'share')).toEqual([])
      })
    })

    it('is searched by words and vectors together', async () => {
      const store = open()
      const index = new ChunkIndex({store, analyser: new Analyser()})
      const whole = {ordinal: 0, headings: [], start: 0, end: 1, lineStart: 1, lineEnd: 1}
      const texts = ['The rent is due monthly.', 'Quarterly payments are made to the landlord.', 'Cats sleep a lot.']
      await index.replaceDocuments(
        texts.map((text, at) => ({
          documentId: `d${at}`,
          source: `d${at}`,
          language: 'en',
          metadata: {},
          chunks: [{...whole, text}],
          vectors: [Float32Array.from(along(at < 2 ? 0 : 1, 2, at / 10)).map(value => value * 5)],
        })),
      )
      const vector = Float32Array.from(along(0, 2, 0.1))
      await seen(store, async () => {
        const ids = async (options: object) => (await index.search('monthly rent', options)).hits.map(({id}) => id)
        expect(await ids({})).toEqual(['d0:0'])
        const both = await ids({vector})
        expect(both[0]).toBe('d0:0')
        expect(both[1]).toBe('d1:0')
        expect((await ids({vector, weights: {dense: 1}}))[0]).toBe('d1:0')
        expect((await ids({vector, weights: {dense: 0}}))[0]).toBe('d0:0')
        expect(await ids({vector, filter: {documentIds: ['d1']}})).toEqual(['d1:0'])
      })
      await expect(index.search('rent', {vector: Float32Array.of(1, 2)})).rejects.toBeInstanceOf(VectorDimensionError)
    })

    it('reads candidates with the passages beside them', async () => {
      const store = open()
      const letters = ['alpha', 'beta', 'gamma', 'delta']
      await store.replaceDocuments([
        documentOf('one', letters),
        documentOf('two', ['omega', 'psi']),
        documentOf('three', ['chi']),
      ])
      await store.replaceDocuments([documentOf('two', ['omega', 'psi', 'phi'])])
      await seen(store, async snapshot => {
        const [gamma] = await snapshot.byTerms(['gamma'], {limit: 1})
        const [omega] = await snapshot.byTerms(['omega'], {limit: 1})
        const [chi] = await snapshot.byTerms(['chi'], {limit: 1})
        const keys = [gamma!.key, omega!.key, chi!.key]
        const alone = await snapshot.read(keys, new Set())
        expect(alone.map(({id}) => id).toSorted()).toEqual(['one:2', 'three:0', 'two:0'])
        expect(alone.find(({id}) => id === 'one:2')).toMatchObject({
          documentId: 'one',
          ordinal: 2,
          terms: 'gamma',
          contextTermCount: 0,
          key: gamma!.key,
        })
        const beside = await snapshot.read(keys, new Set<PassageKey>([gamma!.key, omega!.key]))
        expect(beside.map(({id}) => id).toSorted()).toEqual(['one:1', 'one:2', 'one:3', 'three:0', 'two:0', 'two:1'])
        expect((await snapshot.take(keys)).map(({text}) => text).toSorted()).toEqual(['chi', 'gamma', 'omega'])
        expect(await snapshot.take([])).toEqual([])
      })
    })

    it('pages through everything once, in an order that stays, while others write', async () => {
      const store = open()
      const documents = Array.from({length: 30}, (_, at) =>
        documentOf(`d${at}`, ['one', 'two'], {metadata: {odd: String(at % 2)}, vector: along(at % DIMENSION)}),
      )
      await store.replaceDocuments(documents)
      await seen(store, async snapshot => expect(await snapshot.count()).toBe(60))
      const whole = await pages(store, 7)
      expect(new Set(whole).size).toBe(60)
      expect(await pages(store, 7)).toEqual(whole)
      expect(await pages(store, 1_000)).toEqual(whole)
      expect(await pages(store, 7, {metadata: {odd: '1'}})).toHaveLength(30)
      let round = 0
      const disturbed = await pages(store, 7, {}, async () => {
        round++
        await store.replaceDocuments([documentOf(`new${round}`, ['new'])])
        if (round <= 3) await store.removeDocuments(async () => [`d${round}`])
      })
      const still = whole.filter(id => !/^d[123]:/u.test(id))
      expect(disturbed.filter(id => still.includes(id)).toSorted()).toEqual(still.toSorted())
      expect(new Set(disturbed).size).toBe(disturbed.length)
    })

    it('keeps tenants and collections apart', async () => {
      const other = await made.database(tenants[1])
      const mine = database.open('shared', {dimension: DIMENSION})
      const theirs = other.open('shared', {dimension: DIMENSION})
      const beside = database.open('shared2', {dimension: DIMENSION})
      const vector = along(0)
      await mine.replaceDocuments([documentOf('same', ['mine alone', 'mine again'], {vector})])
      await theirs.replaceDocuments([documentOf('same', ['theirs alone'], {vector})])
      await beside.replaceDocuments([documentOf('same', ['beside alone'], {vector})])
      const all: [PassageStore, string, string[]][] = [
        [mine, 'mine', ['same:0', 'same:1']],
        [theirs, 'theirs', ['same:0']],
        [beside, 'beside', ['same:0']],
      ]
      for (const [store, word, ids] of all) {
        await seen(store, async snapshot => {
          expect(await idsOf(snapshot)).toEqual(ids)
          expect((await snapshot.statistics()).passages).toBe(ids.length)
          expect((await snapshot.get(['same:0'])).map(({text}) => text)).toEqual([`${word} alone`])
          for (const [, foreign] of all.filter(each => each[1] !== word)) {
            expect(await found(snapshot, foreign)).toEqual([])
          }
          const near = await snapshot.byVector(Float32Array.from(vector), {limit: 10})
          const texts = (await snapshot.take(near.map(({key}) => key))).map(({text}) => text)
          expect(texts.every(text => text.startsWith(word))).toBe(true)
          expect(texts).toHaveLength(ids.length)
        })
      }
      expect(await other.collections()).toEqual(['shared'])
      expect(await theirs.removeDocuments(async () => ['same'])).toBe(1)
      await seen(mine, async snapshot => expect(await snapshot.count()).toBe(2))
      await theirs.replaceDocuments([documentOf('back', ['again'])])
      expect(await other.removeTenant()).toEqual(['shared'])
      expect(await other.collections()).toEqual([])
      expect(await theirs.exists()).toBe(false)
      await seen(mine, async snapshot => expect(await snapshot.count()).toBe(2))
      await seen(beside, async snapshot => expect(await snapshot.count()).toBe(1))
      expect(await other.removeTenant()).toEqual([])
      expect(await database.collections()).toEqual(expect.arrayContaining(['shared', 'shared2']))
    })

    it('waits for a write that has begun, also the one that makes the collection', async () => {
      const collection = 'awaited'
      const other = (await made.database(tenants[0])).open(collection, {dimension: DIMENSION})
      const order: string[] = []
      const hasBegun = Promise.withResolvers<void>()
      const mayGoOn = Promise.withResolvers<void>()
      const writing = open({collection})
        .replaceDocuments([documentOf('first', ['words'])], async () => {
          hasBegun.resolve()
          await mayGoOn.promise
        })
        .then(() => order.push('written'))
      await hasBegun.promise
      const waiting = other.awaitWriters().then(() => order.push('waited'))
      // Whoever does not wait has nothing to do.
      await new Promise(resolve => setImmediate(resolve))
      mayGoOn.resolve()
      await Promise.all([writing, waiting])
      expect(order).toEqual(['written', 'waited'])
      await other.close()
    })

    it('keeps one of two versions that are written at once, whole', async () => {
      const collection = 'contested'
      const again = await made.database(tenants[0])
      const handles = [open({collection}), again.open(collection, {dimension: DIMENSION})]
      await handles[0]!.replaceDocuments([documentOf('first', ['to make the collection'])])
      const versions = Array.from({length: 8}, (_, version) =>
        documentOf(
          'contested',
          Array.from({length: 1 + version}, (_, part) => `v${version} part${part}`),
          {vector: along(version % DIMENSION)},
        ),
      )
      await Promise.all(versions.map((version, at) => handles[at % 2]!.replaceDocuments([version])))
      await seen(handles[1]!, async snapshot => {
        const passages = await snapshot.ofDocuments(['contested'])
        const written = new Set(passages.map(({text}) => text.split(' ')[0]))
        expect(written.size).toBe(1)
        const version = Number([...written][0]!.slice(1))
        expect(passages.map(({ordinal}) => ordinal).toSorted()).toEqual(
          Array.from({length: version + 1}, (_, at) => at),
        )
        expect(await snapshot.count()).toBe(version + 2)
      })
    })

    it('has each document in one version after kill -9, and goes on', {timeout: 180_000}, async context => {
      if (made.crash === undefined) {
        context.skip('killed in a test of its own, or what a crash could hurt is on another machine')
        return
      }
      await expectToSurviveKills({
        module: made.crash.module,
        argument: made.crash.argument(tenants[0]),
        dense: true,
        reopen: async () => ({database: await made.database(tenants[0]), close: async () => {}}),
      })
    })

    /** Looks at a store; where it is slow to show what it was told, again and again until all holds. */
    async function seen(store: PassageStore, look: (snapshot: PassageSnapshot) => Promise<void>): Promise<void> {
      const {consistency} = await store.limits()
      const deadline = performance.now() + (consistency === 'immediate' ? 0 : EVENTUALLY)
      for (;;) {
        try {
          return await look(await store.snapshot())
        } catch (error) {
          if (performance.now() >= deadline) throw error
        }
        await delay(50)
      }
    }
  })
}

async function found(snapshot: PassageSnapshot, term: string, filter: PassageFilter = {}): Promise<string[]> {
  return identified(snapshot, await snapshot.byTerms([term], {limit: 100, filter}))
}

/** The ids of a list's passages, in its order. */
async function identified(snapshot: PassageSnapshot, list: readonly {readonly key: PassageKey}[]): Promise<string[]> {
  const read = await snapshot.read(
    list.map(({key}) => key),
    new Set(),
  )
  const ids = new Map(read.map(({key, id}) => [key, id]))
  return list.map(({key}) => ids.get(key)!)
}

async function idsOf(snapshot: PassageSnapshot): Promise<string[]> {
  return (await collect(snapshot.scan())).map(({id}) => id).toSorted()
}

async function pages(
  store: PassageStore,
  limit: number,
  filter: PassageFilter = {},
  between: () => Promise<void> = async () => {},
): Promise<string[]> {
  const ids: string[] = []
  for (let after: string | undefined; ;) {
    const snapshot = await store.snapshot()
    const {rows, next} = await snapshot.list({limit, filter, ...(after === undefined ? {} : {after})})
    expect(rows.length).toBeLessThanOrEqual(limit)
    ids.push(...rows.map(({passage}) => passage.id))
    if (next === undefined) return ids
    after = next
    await between()
  }
}

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = []
  for await (const item of items) all.push(item)
  return all
}

function byId<Item extends {readonly id: string}>(items: readonly Item[]): Item[] {
  return items.toSorted((one, other) => (one.id < other.id ? -1 : 1))
}

/** The files in a directory that contain a word. */
async function filesWith(directory: string, word: string): Promise<string[]> {
  const entries = await readdir(directory, {recursive: true, withFileTypes: true})
  const files = entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name))
  const contents = await Promise.all(files.map(file => readFile(file)))
  return files.filter((_, at) => contents[at]!.includes(word))
}

function dot(one: Float32Array, other: Float32Array): number {
  return one.reduce((sum, value, at) => sum + value * other[at]!, 0)
}

/** Lehmer's generator (Park and Miller, 1988): the same numbers in every run. */
function pseudoRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
}

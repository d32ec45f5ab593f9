import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {Analyser} from '../../src/analysis/analyser.ts'
import {InvalidSetError, readBeirSet} from '../../src/evaluation/beir-set.ts'
import {evaluateRetrieval} from '../../src/evaluation/evaluate-retrieval.ts'
import {ChunkIndex} from '../../src/index/chunk-index.ts'
import {LanceDbStore} from '../../src/stores/lancedb/lancedb-store.ts'

const clock = {now: () => new Date(), elapsed: () => performance.now()}
let root: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'omni-evaluation-'))
})
afterAll(() => rm(root, {recursive: true, force: true}))

const jsonLines = (rows: readonly object[]) => rows.map(row => `${JSON.stringify(row)}\n`).join('')

async function writeSet(name: string, qrels = 'qrels.tsv'): Promise<string> {
  const directory = join(root, name)
  await mkdir(join(directory, 'qrels'), {recursive: true})
  const corpus = [
    {_id: 'frost', title: 'Orchard', text: 'Late frost damages the blossoms of plum trees in April.'},
    {_id: 'ferry', title: 'Harbour', text: 'The last ferry to the island leaves at eleven in the evening.'},
    {_id: 'bread', title: '', text: 'Rye bread keeps for a week when it is wrapped in linen.'},
  ]
  await writeFile(join(directory, 'corpus.jsonl'), jsonLines(corpus))
  await writeFile(
    join(directory, 'queries.jsonl'),
    jsonLines([
      {_id: 'q1', text: 'When does the last ferry leave?'},
      {_id: 'q2', text: 'How long does rye bread keep?'},
      {_id: 'q3', text: 'plum blossoms'},
      {_id: 'unjudged', text: 'no judgement'},
    ]),
  )
  await writeFile(
    join(directory, qrels),
    'query-id\tcorpus-id\tscore\nq1\tferry\t1\nq2\tbread\t1\nq3\tferry\t1\nq3\tbread\t0\n',
  )
  return directory
}

describe('evaluateRetrieval', () => {
  it('measures judged queries, also against it where nothing right is found', async () => {
    const set = await readBeirSet(await writeSet('small'))
    expect(set.queries.map(({id}) => id)).toEqual(['q1', 'q2', 'q3'])
    const index = new ChunkIndex({
      store: new LanceDbStore({directory: join(root, 'index'), collection: 'small'}),
      analyser: new Analyser(),
    })
    const {outcomes, documentsPerSecond} = await evaluateRetrieval(set, {index, clock})
    expect(outcomes.map(({id, measures}) => [id, measures['hit@5'], measures['ndcg@10'], measures.map])).toEqual([
      ['q1', 1, 1, 1],
      ['q2', 1, 1, 1],
      ['q3', 0, 0, 0],
    ])
    expect(outcomes[2]).toMatchObject({expected: ['ferry'], question: 'plum blossoms'})
    expect(outcomes[2]!.found[0]).toBe('frost')
    expect(documentsPerSecond).toBeGreaterThan(0)
  })

  it('reads judgements from qrels/test.tsv too', async () => {
    expect((await readBeirSet(await writeSet('test-split', 'qrels/test.tsv'))).queries).toHaveLength(3)
  })

  it('takes parts of one page for one file', async () => {
    const directory = await writeSet('pages')
    await writeFile(
      join(directory, 'corpus.jsonl'),
      jsonLines([
        {_id: 'https://example.org/a#one', text: 'first'},
        {_id: 'https://example.org/a#two', text: 'second'},
      ]),
    )
    const {documents} = await readBeirSet(directory)
    expect(new Set(documents.map(({file}) => file))).toEqual(new Set(['https://example.org/a']))
  })

  it('says which line is broken, and what is missing', async () => {
    const directory = await writeSet('broken')
    await writeFile(join(directory, 'corpus.jsonl'), '{"_id": "a", "text": "b"}\n{"_id": \n')
    await expect(readBeirSet(directory)).rejects.toThrow(/corpus\.jsonl:2 is broken/)
    await expect(readBeirSet(join(root, 'nowhere'))).rejects.toBeInstanceOf(InvalidSetError)
  })
})

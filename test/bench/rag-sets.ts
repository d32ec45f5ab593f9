import {existsSync} from 'node:fs'
import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {chunkDocument} from '../../plugins/rag/src/chunking/chunker.ts'
import type {BeirSet} from '../../plugins/rag/src/evaluation/beir-set.ts'
import {readBeirSet} from '../../plugins/rag/src/evaluation/beir-set.ts'
import {indexCorpus} from '../../plugins/rag/src/evaluation/evaluate-retrieval.ts'
import type {Grades} from '../../plugins/rag/src/evaluation/metrics.ts'
import {hitAt, mean, recallAt, reciprocalRankAt} from '../../plugins/rag/src/evaluation/metrics.ts'
import type {ChunkIndex} from '../../plugins/rag/src/index/chunk-index.ts'
import type {Passage} from '../../plugins/rag/src/index/passage.ts'
import {parseMarkdown} from '../../plugins/rag/src/loaders/markdown.ts'

/** A query with what is right for it, told of any passage. */
export interface SetQuery {
  readonly text: string
  /** From 0 to 1. */
  relevance(passage: Passage): number
}

/** A set in an index, ready to be searched. */
export interface FilledSet {
  readonly queries: readonly SetQuery[]
  /** The measures, of the passages found for each query in order, best first. */
  measure(found: readonly (readonly Passage[])[]): Record<string, number>
}

export interface RagSet {
  readonly name: string
  /** Sets of one family are alike: leaving one out of a training leaves out all. */
  readonly family: string
  populate(index: ChunkIndex): Promise<FilledSet>
}

const clock = {now: () => new Date(), elapsed: () => performance.now()}

/** Where the shared sets are, or undefined where they are missing. */
export function sharedSets(): string | undefined {
  const shared = process.env.OMNI_SHARED_DATA ?? join(import.meta.dirname, '../../../shared/data')
  const directory = join(shared, 'rag')
  return existsSync(directory) ? directory : undefined
}

/** The sets of the issue, with the figures it asks for. */
export function ragSets(directory: string): RagSet[] {
  const languages = ['en', 'de', 'ro', 'tr']
  return [
    beirSet('cookbook-code', 'code', () => readBeirSet(join(directory, 'cookbook-code')), {
      'pass@10': (ids, grades) => recallAt(10, ids, grades),
      'pass@20': (ids, grades) => recallAt(20, ids, grades),
    }),
    beirSet('anthropic-docs', 'docs', () => readBeirSet(join(directory, 'anthropic-docs')), {
      'recall@3': (ids, grades) => recallAt(3, ids, grades),
      'mrr@3': (ids, grades) => reciprocalRankAt(3, ids, grades),
    }),
    ...languages.map(language => {
      const name = `xquad-${language}`
      return beirSet(name, 'xquad', () => readBeirSet(join(directory, name)))
    }),
    beirSet('xquad-mixed', 'xquad', () => mixedSet(directory, languages)),
    spanSet(join(directory, 'chroma-chunking')),
  ]
}

type Measure = (ids: readonly string[], grades: Grades) => number

/** The measures of every judged set, by name. */
const commonMeasures: Record<string, Measure> = {
  'hit@5': (ids, grades) => hitAt(5, ids, grades),
  'mrr@10': (ids, grades) => reciprocalRankAt(10, ids, grades),
}

function beirSet(
  name: string,
  family: string,
  read: () => Promise<BeirSet>,
  more: Record<string, Measure> = {},
): RagSet {
  return {
    name,
    family,
    async populate(index) {
      const set = await read()
      const documentOf = await indexCorpus(set.documents, {index, clock})
      const ranked = (passages: readonly Passage[]) => [...new Set(passages.map(({id}) => documentOf.get(id)!))]
      return {
        queries: set.queries.map(({text, grades}) => ({
          text,
          relevance: ({id}) => ((grades.get(documentOf.get(id)!) ?? 0) > 0 ? 1 : 0),
        })),
        measure: found =>
          Object.fromEntries(
            Object.entries({...more, ...commonMeasures}).map(([label, measure]) => [
              label,
              mean(found.map((passages, at) => measure(ranked(passages), set.queries[at]!.grades))),
            ]),
          ),
      }
    },
  }
}

/** All languages in one collection: each question must find its paragraph in its own language. */
async function mixedSet(directory: string, languages: readonly string[]): Promise<BeirSet> {
  const sets = await Promise.all(languages.map(language => readBeirSet(join(directory, `xquad-${language}`))))
  return {
    documents: sets.flatMap((set, at) =>
      set.documents.map(each => ({...each, id: `${languages[at]}-${each.id}`, file: `${languages[at]}-${each.file}`})),
    ),
    queries: sets.flatMap((set, at) =>
      set.queries.map(({id, text, grades}) => ({
        id: `${languages[at]}-${id}`,
        text,
        grades: new Map([...grades].map(([document, grade]) => [`${languages[at]}-${document}`, grade])),
      })),
    ),
  }
}

interface SpanQuestion {
  readonly text: string
  readonly corpus: string
  readonly references: readonly {
    readonly content: string
    readonly start_index: number
    readonly end_index: number
  }[]
}

/** Whether what answers a question about the companies' filings is a row of a table, whose cells are parted by bars. */
function isOfTableRow({corpus, references}: SpanQuestion): boolean {
  return corpus === 'finance' && references.some(({content}) => content.includes(' | '))
}

/** Long texts and questions with the spans that answer them: how much of the spans is in the first five passages. */
function spanSet(directory: string): RagSet {
  return {
    name: 'chroma-chunking',
    family: 'spans',
    async populate(index) {
      for (const name of ['chatlogs', 'finance', 'pubmed', 'state_of_the_union', 'wikitexts']) {
        const text = await readFile(join(directory, 'corpora', `${name}.md`), 'utf8')
        const {blocks, title} = await parseMarkdown(text)
        const loaded = {source: name, mediaType: 'text/markdown', text, blocks, contentHash: '', bytes: 0, metadata: {}}
        await index.replaceDocuments([
          {
            documentId: name,
            source: name,
            metadata: {},
            chunks: chunkDocument(loaded),
            ...(title === undefined ? {} : {title}),
          },
        ])
      }
      await index.optimize(clock.now())
      const questions = (await readFile(join(directory, 'questions.jsonl'), 'utf8'))
        .trim()
        .split('\n')
        .map(line => JSON.parse(line) as SpanQuestion)
      return {
        queries: questions.map(question => ({
          text: question.text,
          relevance: passage => spanShare(question, [passage]),
        })),
        measure: found => {
          const shares = found.map((passages, at) => ({
            question: questions[at]!,
            share: spanShare(questions[at]!, passages.slice(0, 5)),
          }))
          const among = (kind: (question: SpanQuestion) => boolean) =>
            mean(shares.filter(({question}) => kind(question)).map(({share}) => share))
          return {
            'span recall@5': among(() => true),
            'in filings': among(({corpus}) => corpus === 'finance'),
            'in table rows': among(isOfTableRow),
          }
        },
      }
    },
  }
}

function spanShare({corpus, references}: SpanQuestion, passages: readonly Passage[]): number {
  let covered = 0
  let length = 0
  for (const {start_index, end_index} of references) {
    length += end_index - start_index
    for (const {documentId, start, end} of passages) {
      if (documentId === corpus) covered += Math.max(0, Math.min(end, end_index) - Math.max(start, start_index))
    }
  }
  return covered / length
}

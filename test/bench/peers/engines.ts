import {mkdir, writeFile} from 'node:fs/promises'
import {basename, join} from 'node:path'
import {create, insertMultiple, search as searchOrama} from '@orama/orama'
import {createStore} from '@tobilu/qmd'
import Database from 'better-sqlite3'
import MiniSearch from 'minisearch'
import type {Passage} from '../../../plugins/rag/src/index/passage.ts'

/** An index of some passages. */
export interface OpenEngine {
  /** The ids of the best passages, best first. */
  search(question: string, limit: number): Promise<readonly string[]>
  close(): Promise<void>
}

/** A search engine as it comes. */
export interface Engine {
  readonly name: string
  /** @param directory one that does not exist yet, for engines that keep files. */
  open(passages: readonly Passage[], directory: string): Promise<OpenEngine>
}

/** What omni searches beside the text. */
function titleOf({title, headings}: Passage): string {
  return [...new Set([title ?? '', ...headings])].filter(line => line !== '').join('\n')
}

/** https://lucaong.github.io/minisearch/: BM25+, any of the words. */
export const miniSearch: Engine = {
  name: 'MiniSearch',
  async open(passages) {
    const index = new MiniSearch({fields: ['title', 'text']})
    index.addAll(passages.map(passage => ({id: passage.id, title: titleOf(passage), text: passage.text})))
    return {
      search: async (question, limit) => {
        return index
          .search(question)
          .slice(0, limit)
          .map(({id}) => id as string)
      },
      close: async () => {},
    }
  },
}

/** https://docs.orama.com: BM25, any of the words. */
export const orama: Engine = {
  name: 'Orama',
  async open(passages) {
    const index = create({schema: {title: 'string', text: 'string'} as const})
    const documents = passages.map(passage => ({id: passage.id, title: titleOf(passage), text: passage.text}))
    await insertMultiple(index, documents)
    return {
      search: async (term, limit) => (await searchOrama(index, {term, limit})).hits.map(({id}) => id),
      close: async () => {},
    }
  },
}

/** https://sqlite.org/fts5.html: BM25 over Porter's stems, any of the words. */
export const sqlite: Engine = {
  name: 'SQLite FTS5',
  async open(passages) {
    const database = new Database(':memory:')
    database.exec(`CREATE VIRTUAL TABLE passages USING fts5(id UNINDEXED, title, text, tokenize = 'porter unicode61')`)
    const insert = database.prepare('INSERT INTO passages VALUES (?, ?, ?)')
    database.transaction(() => {
      for (const passage of passages) insert.run(passage.id, titleOf(passage), passage.text)
    })()
    const select = database.prepare<[string, number], {id: string}>(
      'SELECT id FROM passages WHERE passages MATCH ? ORDER BY rank LIMIT ?',
    )
    return {
      search: async (question, limit) => {
        const words = question.match(/[\p{L}\p{N}\p{M}]+/gu) ?? []
        return select.all(words.map(word => `"${word}"`).join(' OR '), limit).map(({id}) => id)
      },
      close: async () => {
        database.close()
      },
    }
  },
}

/** The ids of the passages that are found, with their scores, best first. */
type KeywordSearch = (query: string, limit: number) => Promise<readonly {readonly id: string; readonly score: number}[]>

/** https://github.com/tobi/qmd: its keyword search, which wants all words; its hybrid needs models of gigabytes. */
async function openQmd(
  passages: readonly Passage[],
  directory: string,
): Promise<{search: KeywordSearch; close(): Promise<void>}> {
  const files = join(directory, 'files')
  await mkdir(files, {recursive: true})
  const ids = new Map<string, string>()
  for (const [at, passage] of passages.entries()) {
    const file = `passage-${at}.md`
    ids.set(file, passage.id)
    const title = titleOf(passage).replaceAll('\n', ' – ')
    await writeFile(join(files, file), title === '' ? passage.text : `# ${title}\n\n${passage.text}`)
  }
  const store = await createStore({
    dbPath: join(directory, 'index.sqlite'),
    config: {collections: {passages: {path: files, pattern: '**/*.md'}}},
  })
  await store.update()
  return {
    search: async (query, limit) => {
      const found = await store.searchLex(query, {limit})
      return found.map(({filepath, score}) => ({id: ids.get(basename(filepath))!, score}))
    },
    close: () => store.close(),
  }
}

export const qmd: Engine = {
  name: 'qmd',
  async open(passages, directory) {
    const {search, close} = await openQmd(passages, directory)
    return {search: async (question, limit) => (await search(question, limit)).map(({id}) => id), close}
  },
}

/** A search for each word of a question, and their scores added up: what a program around qmd would do. */
export const qmdByWords: Engine = {
  name: 'qmd by words',
  async open(passages, directory) {
    const {search, close} = await openQmd(passages, directory)
    return {
      search: async (question, limit) => {
        const sums = new Map<string, number>()
        for (const word of question.match(/[\p{L}\p{N}\p{M}]+/gu) ?? []) {
          for (const {id, score} of await search(word, limit)) sums.set(id, (sums.get(id) ?? 0) + score)
        }
        const ranked = [...sums].toSorted(([, one], [, other]) => other - one)
        return ranked.slice(0, limit).map(([id]) => id)
      },
      close,
    }
  },
}

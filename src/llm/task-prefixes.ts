import type {EmbeddingKind} from './embedding-model.ts'

/**
 * What open models were trained to see before a text, by the name of the model, as their cards on huggingface.co say:
 * intfloat/multilingual-e5-large, nomic-ai/nomic-embed-text-v1.5, BAAI/bge-large-en-v1.5,
 * mixedbread-ai/mxbai-embed-large-v1, Snowflake/snowflake-arctic-embed-m, google/embeddinggemma-300m. The first whose
 * name fits counts; models that are not here take the text as it is.
 */
const PREFIXES: readonly {readonly name: RegExp; readonly document: string; readonly query: string}[] = [
  {name: /(^|[/_-])(multilingual-)?e5-(small|base|large)(?!.*instruct)/i, document: 'passage: ', query: 'query: '},
  {name: /nomic-embed-text/i, document: 'search_document: ', query: 'search_query: '},
  {
    name: /bge-(small|base|large)-en|mxbai-embed-large|snowflake-arctic-embed(?!.*-v2)(?!2)/i,
    document: '',
    query: 'Represent this sentence for searching relevant passages: ',
  },
  {name: /embeddinggemma/i, document: 'title: none | text: ', query: 'task: search result | query: '},
]

/** A text as the model was trained to see one of its kind. */
export function withTaskPrefix(model: string, kind: EmbeddingKind, text: string): string {
  const prefix = PREFIXES.find(({name}) => name.test(model))
  return prefix ? prefix[kind] + text : text
}

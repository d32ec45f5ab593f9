import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {createRequire} from 'node:module'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {writeOnnx} from '../testing/write-onnx.ts'
import {EmbeddingNotConfiguredError, openEmbeddingModel} from './index.ts'

/** A directory where `ONNXRUNTIME_NODE_INSTALL=skip npm install @huggingface/transformers` was run. */
const installed = process.env.OMNI_TEST_TRANSFORMERS ?? process.cwd()

function isInstalled(): boolean {
  try {
    createRequire(join(installed, 'x.js')).resolve('@huggingface/transformers')
    return true
  } catch {
    return false
  }
}

const width = 6
const words = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', 'notice', 'period', 'rok', 'is', 'three', 'months', 'query:']

/** Numbers that look drawn and are always the same. */
function numbers(count: number, seed: number): Float32Array {
  return Float32Array.from({length: count}, (_, at) => Math.sin(seed + at * 1.7) * 0.8)
}

const embedding = numbers(words.length * width, 1)
const [queries, keys, values] = [2, 3, 4].map(seed => numbers(width * width, seed)) as [
  Float32Array,
  Float32Array,
  Float32Array,
]

/** A transformer of one layer with one head of attention: x + softmax(q kᵀ / √d + mask) v. */
function transformer(): Buffer {
  const square = [width, width]
  return writeOnnx({
    inputs: ['input_ids', 'attention_mask', 'token_type_ids'].map(name => ({name, rank: 2})),
    output: {name: 'last_hidden_state', rank: 3},
    weights: [
      {name: 'embedding', dims: [words.length, width], values: embedding},
      {name: 'queries', dims: square, values: queries},
      {name: 'keys', dims: square, values: keys},
      {name: 'values', dims: square, values},
      {name: 'scale', dims: [], values: Float32Array.of(Math.sqrt(width))},
      {name: 'one', dims: [], values: Float32Array.of(1)},
      {name: 'far', dims: [], values: Float32Array.of(-1e9)},
      {name: 'axis', dims: [1], values: BigInt64Array.of(1n)},
      {name: 'nothing', dims: [], values: Float32Array.of(0)},
    ],
    nodes: [
      {operator: 'Gather', inputs: ['embedding', 'input_ids'], output: 'tokens'},
      // Every input has to be used: types count for nothing.
      {operator: 'Cast', inputs: ['token_type_ids'], output: 'types', attributes: {to: 1}},
      {operator: 'Mul', inputs: ['types', 'nothing'], output: 'no types'},
      {operator: 'Cast', inputs: ['attention_mask'], output: 'mask', attributes: {to: 1}},
      {operator: 'Sub', inputs: ['one', 'mask'], output: 'masked'},
      {operator: 'Add', inputs: ['masked', 'no types'], output: 'absent'},
      {operator: 'Mul', inputs: ['absent', 'far'], output: 'penalty'},
      {operator: 'Unsqueeze', inputs: ['penalty', 'axis'], output: 'penalties'},
      {operator: 'MatMul', inputs: ['tokens', 'queries'], output: 'q'},
      {operator: 'MatMul', inputs: ['tokens', 'keys'], output: 'k'},
      {operator: 'MatMul', inputs: ['tokens', 'values'], output: 'v'},
      {operator: 'Transpose', inputs: ['k'], output: 'kT', attributes: {perm: [0, 2, 1]}},
      {operator: 'MatMul', inputs: ['q', 'kT'], output: 'products'},
      {operator: 'Div', inputs: ['products', 'scale'], output: 'scaled'},
      {operator: 'Add', inputs: ['scaled', 'penalties'], output: 'scores'},
      {operator: 'Softmax', inputs: ['scores'], output: 'attention', attributes: {axis: 2}},
      {operator: 'MatMul', inputs: ['attention', 'v'], output: 'attended'},
      {operator: 'Add', inputs: ['tokens', 'attended'], output: 'last_hidden_state'},
    ],
  })
}

/** The same, worked out by hand for one text without padding; pooled by the mean or the first token. */
function expected(text: string, pooling: 'mean' | 'cls', most = 16): number[] {
  const inner = text
    .toLowerCase()
    .split(/\s+/u)
    .map(word => (words.includes(word) ? words.indexOf(word) : 1))
  // What is too long loses its end, the closing token included.
  const tokens = [2, ...inner, 3].slice(0, most).map(id => row(embedding, id))
  const times = (vector: readonly number[], matrix: Float32Array) =>
    Array.from({length: width}, (_, to) => vector.reduce((sum, value, at) => sum + value * matrix[at * width + to]!, 0))
  const states = tokens.map(token => {
    const query = times(token, queries)
    const scores = tokens.map(
      other => times(other, keys).reduce((sum, value, at) => sum + value * query[at]!, 0) / Math.sqrt(width),
    )
    const powers = scores.map(score => Math.exp(score - Math.max(...scores)))
    const total = powers.reduce((sum, power) => sum + power, 0)
    return token.map(
      (value, at) =>
        value + tokens.reduce((sum, other, each) => sum + (powers[each]! / total) * times(other, values)[at]!, 0),
    )
  })
  const pooled =
    pooling === 'cls'
      ? states[0]!
      : Array.from({length: width}, (_, at) => states.reduce((sum, state) => sum + state[at]!, 0) / states.length)
  const length = Math.hypot(...pooled)
  return pooled.map(value => value / length)
}

function row(matrix: Float32Array, at: number): number[] {
  return [...matrix.subarray(at * width, (at + 1) * width)]
}

const special = (content: string, id: number) => ({
  id,
  content,
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false,
  special: true,
})

function writeModel(directory: string, pooling?: 'cls'): string {
  mkdirSync(join(directory, 'onnx'), {recursive: true})
  const write = (name: string, content: unknown) => writeFileSync(join(directory, name), JSON.stringify(content))
  writeFileSync(join(directory, 'onnx', 'model.onnx'), transformer())
  write('config.json', {model_type: 'bert', architectures: ['BertModel'], hidden_size: width, vocab_size: words.length})
  write('tokenizer_config.json', {tokenizer_class: 'BertTokenizer', model_max_length: 16, pad_token: '[PAD]'})
  write('tokenizer.json', {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: words.slice(0, 4).map(special),
    normalizer: {type: 'Lowercase'},
    pre_tokenizer: {type: 'WhitespaceSplit'},
    post_processor: {
      type: 'TemplateProcessing',
      single: [
        {SpecialToken: {id: '[CLS]', type_id: 0}},
        {Sequence: {id: 'A', type_id: 0}},
        {SpecialToken: {id: '[SEP]', type_id: 0}},
      ],
      pair: [],
      special_tokens: {
        '[CLS]': {id: '[CLS]', ids: [2], tokens: ['[CLS]']},
        '[SEP]': {id: '[SEP]', ids: [3], tokens: ['[SEP]']},
      },
    },
    decoder: null,
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(words.map((word, id) => [word, id])),
    },
  })
  if (pooling) {
    mkdirSync(join(directory, '1_Pooling'))
    write('1_Pooling/config.json', {word_embedding_dimension: width, pooling_mode_cls_token: true})
  }
  return directory
}

let root: string

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'omni-transformer-'))
})
afterAll(() => rmSync(root, {recursive: true, force: true}))

function open(model: string) {
  return openEmbeddingModel({
    provider: 'sentence-transformers',
    model,
    directories: [installed],
    cache: join(root, 'cache'),
  })
}

if (!isInstalled()) {
  process.stderr.write(
    'Skipped: a real transformer, for @huggingface/transformers is not installed. Run ' +
      '`ONNXRUNTIME_NODE_INSTALL=skip npm install @huggingface/transformers` in a directory of its own and set ' +
      'OMNI_TEST_TRANSFORMERS to it.\n',
  )
}

describe.skipIf(!isInstalled())('a transformer of one layer, saved as ONNX', () => {
  test('gives the vectors that its arithmetic gives, short texts beside long ones', async () => {
    const texts = ['notice period', 'rok is three months notice period', 'unheard of', 'months']
    const {vectors} = await open(writeModel(join(root, 'mean'))).embed(texts, {kind: 'document'})
    for (const [at, text] of texts.entries()) {
      for (const [place, value] of expected(text, 'mean').entries()) expect(vectors[at]![place]).toBeCloseTo(value, 5)
    }
  })

  test('pools as its configuration says', async () => {
    const {vectors} = await open(writeModel(join(root, 'first'), 'cls')).embed(['notice period'], {kind: 'query'})
    for (const [place, value] of expected('notice period', 'cls').entries()) {
      expect(vectors[0]![place]).toBeCloseTo(value, 5)
    }
  })

  test('puts the words before a query that models of its name were trained with', async () => {
    const model = open(writeModel(join(root, 'multilingual-e5-small')))
    const {vectors} = await model.embed(['notice'], {kind: 'query'})
    for (const [place, value] of expected('query: notice', 'mean').entries()) {
      expect(vectors[0]![place]).toBeCloseTo(value, 5)
    }
  })

  test('cuts what is longer than the model reads', async () => {
    const long = Array.from({length: 40}, () => 'months').join(' ')
    const {vectors} = await open(writeModel(join(root, 'long'))).embed([long], {kind: 'document'})
    for (const [place, value] of expected(long, 'mean').entries()) expect(vectors[0]![place]).toBeCloseTo(value, 5)
  })

  test('says what a directory without a model lacks', async () => {
    const embedding = open(join(root, 'nothing')).embed(['a'], {kind: 'document'})
    await expect(embedding).rejects.toBeInstanceOf(EmbeddingNotConfiguredError)
    await expect(embedding).rejects.toMatchObject({hint: expect.stringContaining('onnx/model.onnx')})
  })
})

import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {createRequire} from 'node:module'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {createDetector} from '../../plugins/privacy/src/detect/create-detector.ts'
import {ModelDetector} from '../../plugins/privacy/src/detect/model-detector.ts'
import {NameModel, NoNameModelError} from '../../plugins/privacy/src/detect/name-model.ts'
import {segmentReader} from '../../plugins/privacy/src/formats/format.ts'
import {maskSegments} from '../../plugins/privacy/src/mask/mask-segments.ts'
import {Placeholders} from '../../plugins/privacy/src/mask/placeholders.ts'
import {writeOnnx} from '../../src/testing/write-onnx.ts'
import {joined, pieces} from '../../plugins/privacy/test/pieces.ts'

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

const labels = ['O', 'B-PER', 'I-PER', 'B-LOC']
/** Each piece of a word with the label that the model gives it; the first four are the tokenizer's own. */
const vocabulary = [
  ['[PAD]', 0],
  ['[UNK]', 0],
  ['[CLS]', 0],
  ['[SEP]', 0],
  ['old', 0],
  ['qwor', 1],
  ['##tan', 1],
  ['vexi', 2],
  ['##l', 2],
  ['zemb', 3],
  ['.', 0],
  ['a', 0],
] as const

/** A model of one layer that looks each piece up: ten for its label, nothing for the others. */
function lookup(): Buffer {
  const values = Float32Array.from(vocabulary.flatMap(([, label]) => labels.map((_, at) => (at === label ? 10 : 0))))
  return writeOnnx({
    inputs: ['input_ids', 'attention_mask', 'token_type_ids'].map(name => ({name, rank: 2})),
    output: {name: 'logits', rank: 3},
    weights: [
      {name: 'labels', dims: [vocabulary.length, labels.length], values},
      {name: 'nothing', dims: [], values: Float32Array.of(0)},
      {name: 'axis', dims: [1], values: BigInt64Array.of(2n)},
    ],
    nodes: [
      {operator: 'Gather', inputs: ['labels', 'input_ids'], output: 'scores'},
      // Every input has to be used: masks and types count for nothing.
      {operator: 'Add', inputs: ['attention_mask', 'token_type_ids'], output: 'sum'},
      {operator: 'Cast', inputs: ['sum'], output: 'numbers', attributes: {to: 1}},
      {operator: 'Mul', inputs: ['numbers', 'nothing'], output: 'zeros'},
      {operator: 'Unsqueeze', inputs: ['zeros', 'axis'], output: 'columns'},
      {operator: 'Add', inputs: ['scores', 'columns'], output: 'logits'},
    ],
  })
}

function writeModel(directory: string): string {
  mkdirSync(join(directory, 'onnx'), {recursive: true})
  const write = (name: string, content: unknown) => writeFileSync(join(directory, name), JSON.stringify(content))
  const special = (content: string, id: number) => ({
    id,
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  })
  const words = vocabulary.map(([word]) => word)
  writeFileSync(join(directory, 'onnx', 'model.onnx'), lookup())
  write('config.json', {
    model_type: 'bert',
    architectures: ['BertForTokenClassification'],
    id2label: Object.fromEntries(labels.map((label, id) => [id, label])),
    label2id: Object.fromEntries(labels.map((label, id) => [label, id])),
    hidden_size: labels.length,
    vocab_size: words.length,
  })
  write('tokenizer_config.json', {tokenizer_class: 'BertTokenizer', model_max_length: 512, pad_token: '[PAD]'})
  write('tokenizer.json', {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: words.slice(0, 4).map(special),
    normalizer: {type: 'Lowercase'},
    pre_tokenizer: {type: 'BertPreTokenizer'},
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
    decoder: {type: 'WordPiece', prefix: '##', cleanup: true},
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(words.map((word, id) => [word, id])),
    },
  })
  return directory
}

let root: string
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'omni-names-'))
})
afterAll(() => rmSync(root, {recursive: true, force: true}))

const open = (model: string) => NameModel.open({model, directories: [installed], cache: join(root, 'cache')})

if (!isInstalled()) {
  process.stderr.write(
    'Skipped: a real model for names, for @huggingface/transformers is not installed. Run ' +
      '`ONNXRUNTIME_NODE_INSTALL=skip npm install @huggingface/transformers` in a directory of its own and set ' +
      'OMNI_TEST_TRANSFORMERS to it.\n',
  )
}

describe.skipIf(!isInstalled())('a model that labels names, saved as ONNX', () => {
  test('finds them where they stand, pieces put together, however long the text', async () => {
    const model = await open(writeModel(join(root, 'one')))
    const text = `Old žaba Qwortan  Vexil. a zemb. ${'old unheard of words. '.repeat(120)}And qwortan-vexil, Qwortan`
    const found = (await model.find(text)).map(span => `${span.type} ${text.slice(span.start, span.end)}`)
    expect(found).toEqual(['PERSON Qwortan  Vexil', 'LOCATION zemb', 'PERSON qwortan-vexil', 'PERSON Qwortan'])
  })

  test('stands beside the rules: in a table every cell that has words is asked about', async () => {
    const rules = await createDetector()
    const detector = new ModelDetector({
      detector: rules,
      model: await open(writeModel(join(root, 'two'))),
      threshold: 0.5,
    })
    const table = 'note,n\n"old qwortan vexil, ana@example.com",5\nold zemb,6\nold zemb,7\n'
    const options = {style: 'label' as const, placeholders: new Placeholders()}
    const masked = await joined(maskSegments(segmentReader('csv')(pieces(table)), {...options, detector}))
    expect(masked).toBe('note,n\n"old [PERSON], [EMAIL_ADDRESS]",5\nold [LOCATION],6\nold [LOCATION],7\n')
    const without = await joined(maskSegments(segmentReader('csv')(pieces(table)), {...options, detector: rules}))
    expect(without).toContain('qwortan vexil')
  })

  test('says what a directory without a model lacks', async () => {
    await expect(open(join(root, 'nothing'))).rejects.toBeInstanceOf(NoNameModelError)
  })
})

describe.skipIf(isInstalled())('without the library', () => {
  test('a model that is asked for is refused with the command that installs it', async () => {
    await expect(open(join(root, 'any'))).rejects.toMatchObject({
      code: 'no_name_model',
      hint: expect.stringContaining('npm install'),
    })
  })
})

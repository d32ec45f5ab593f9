import {
  INSTALL_TRANSFORMERS,
  loadTransformers,
  localModelDirectory,
  openPipeline,
  TRANSFORMERS,
} from '@omni-ops/core/llm'
import {NotConfiguredError} from '@omni-ops/core/operation'
import type {EntityType, Span} from './entity.ts'
import {tokenAtOrAfter, tokenize} from './tokens.ts'

/** A model for names was asked for and cannot be had. */
export class NoNameModelError extends NotConfiguredError {
  override readonly code = 'no_name_model'
}

export interface NameModelOptions {
  /** A directory with `config.json`, `tokenizer.json` and `onnx/model.onnx`, or a repository on huggingface.co. */
  readonly model: string
  /** Where the library is looked for, besides where omni is installed. Relative paths begin in the first. */
  readonly directories: readonly string[]
  /** Where models from the hub are kept. */
  readonly cache: string
}

/** What the library's token classification gives for a piece of a word; `word` as its tokenizer writes it. */
interface LabelledPiece {
  readonly entity: string
  readonly score: number
  readonly word: string
}

type Classifier = (
  texts: readonly string[],
  options: {readonly ignore_labels: readonly string[]},
) => Promise<readonly (readonly LabelledPiece[])[]>

/** Labels of CoNLL-2003, OntoNotes and WikiNEuRal, without their position in a name. */
const types: Readonly<Record<string, EntityType>> = {
  PER: 'PERSON',
  PERSON: 'PERSON',
  LOC: 'LOCATION',
  GPE: 'LOCATION',
  LOCATION: 'LOCATION',
  ORG: 'ORGANIZATION',
  ORGANIZATION: 'ORGANIZATION',
}

/** In UTF-16 code units: models read 512 pieces of words, and what is longer is cut off unread. */
const longestWindow = 800
const windowsAtOnce = 8
const surest = 0.95

/**
 * A model that labels the words of a text: names of persons, places and organisations, through `@huggingface/transformers`, which the user installs.
 * It runs in this process; nothing leaves the machine but for the download of a model from the hub at its first use.
 */
export class NameModel {
  readonly #classify: Classifier

  private constructor(classify: Classifier) {
    this.#classify = classify
  }

  /** Throws NoNameModelError. */
  static async open({model, directories, cache}: NameModelOptions): Promise<NameModel> {
    const library = await loadTransformers(directories)
    if (library === undefined) {
      throw new NoNameModelError(`A model for names needs ${TRANSFORMERS}, which is not installed`, {
        hint: `${INSTALL_TRANSFORMERS}, in ${directories.join(' or ')}; or unset PRIVACY_NAME_MODEL`,
      })
    }
    const directory = localModelDirectory(model, directories)
    try {
      return new NameModel(await openPipeline<Classifier>(library, 'token-classification', {model, directory, cache}))
    } catch (cause) {
      throw new NoNameModelError(`The model ${model} cannot be loaded: ${(cause as Error).message}`, {
        hint: 'PRIVACY_NAME_MODEL names a directory with config.json, tokenizer.json and onnx/model.onnx, or a repository of the hub',
        cause,
      })
    }
  }

  /** The names in a text, in order; offsets are UTF-16 and into the text as given. */
  async find(text: string): Promise<Span[]> {
    const windows = windowsOf(text)
    const spans: Span[] = []
    for (let at = 0; at < windows.length; at += windowsAtOnce) {
      const batch = windows.slice(at, at + windowsAtOnce)
      const labelled = await this.#classify(
        batch.map(window => window.text),
        {ignore_labels: []},
      )
      for (const [index, window] of batch.entries()) {
        for (const span of namesIn(window.text, labelled[index] ?? [])) {
          spans.push({...span, start: window.start + span.start, end: window.start + span.end})
        }
      }
    }
    return spans
  }
}

interface Window {
  readonly start: number
  readonly text: string
}

/** Cut at line ends or, failing that, spaces, where a name is least likely to be cut in two. */
function windowsOf(text: string): Window[] {
  const windows: Window[] = []
  for (let start = 0; start < text.length;) {
    const rest = text.slice(start, start + longestWindow)
    const whole = start + rest.length === text.length
    const cut = whole ? rest.length : Math.max(rest.lastIndexOf('\n') + 1, rest.lastIndexOf('. ') + 1)
    const length = cut > longestWindow / 2 || whole ? cut : rest.lastIndexOf(' ') + 1 || rest.length
    const window = text.slice(start, start + length)
    if (/\p{L}/u.test(window)) windows.push({start, text: window})
    start += length
  }
  return windows
}

/**
 * The pieces put back to words. The library does not say where a piece stood, so that each is looked for after the one before it; a word
 * has the label of its first labelled piece.
 */
function namesIn(text: string, pieces: readonly LabelledPiece[]): Span[] {
  const tokens = tokenize(text)
  const lower = text.toLowerCase()
  const aligned = lower.length === text.length
  const words = new Map<number, {type: EntityType; score: number; begins: boolean}>()
  let from = 0
  for (const {entity, score, word} of pieces) {
    const written = word.replace(/^##|[▁Ġ\s]/gu, '')
    const found = written === '' || !aligned ? -1 : lower.indexOf(written.toLowerCase(), from)
    // Pieces such as [CLS] and [UNK] stand nowhere.
    if (found < 0 || found - from > longestGap) continue
    from = found + written.length
    const type = types[entity.replace(/^[BIES]-/, '').toUpperCase()]
    const after = tokenAtOrAfter(tokens, found + 1)
    const token = after - 1
    if (type === undefined || token < 0 || words.has(token)) continue
    words.set(token, {type, score, begins: /^[BS]-/.test(entity)})
  }
  const spans: Span[] = []
  let lastToken = -2
  for (const [token, {type, score, begins}] of [...words].toSorted((a, b) => a[0] - b[0])) {
    const [start, end] = [tokens.starts[token] as number, tokens.ends[token] as number]
    const last = spans.at(-1)
    const continues =
      last !== undefined &&
      last.type === type &&
      token === lastToken + 1 &&
      !begins &&
      /^[ .'’&-]{1,2}$/u.test(text.slice(last.end, start))
    lastToken = token
    if (continues) spans[spans.length - 1] = {...last, end, score: Math.min(last.score, score)}
    else spans.push({type, start, end, score: Math.min(surest, score), recognizer: 'name-model', evidence: ['model']})
  }
  return spans
}

/** Between two pieces, in UTF-16 code units: further off, the same letters are another word. */
const longestGap = 40

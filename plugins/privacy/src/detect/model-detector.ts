import type {DetectOptions, TextDetector} from './detector.ts'
import type {EntityType, Span} from './entity.ts'
import type {NameModel} from './name-model.ts'
import {resolveOverlaps} from './resolve.ts'

export interface ModelDetectorOptions {
  readonly detector: TextDetector
  readonly model: NameModel
  readonly types?: readonly EntityType[]
  readonly threshold: number
}

/** The rules and a model for names together: where they overlap, the more certain one counts. A text has to be prepared before it is looked at. */
export class ModelDetector implements TextDetector {
  readonly #options: ModelDetectorOptions
  #prepared: {readonly text: string; readonly spans: readonly Span[]} = {text: '', spans: []}

  constructor(options: ModelDetectorOptions) {
    this.#options = options
  }

  async prepare(text: string): Promise<void> {
    const {model, types, threshold} = this.#options
    const spans = /\p{L}/u.test(text) ? await model.find(text) : []
    const asked = spans.filter(span => span.score >= threshold && (types?.includes(span.type) ?? true))
    this.#prepared = {text, spans: asked}
  }

  detect(text: string, options?: DetectOptions): readonly Span[] {
    if (this.#prepared.text !== text) throw new TypeError('a text is looked at that was not prepared')
    const ruled = this.#options.detector.detect(text, options)
    return this.#prepared.spans.length === 0 ? ruled : resolveOverlaps([...ruled, ...this.#prepared.spans])
  }
}

import {existsSync, readFileSync} from 'node:fs'
import {resolve} from 'node:path'
import type {Detector} from '../../plugins/privacy/src/detect/detector.ts'
import type {EntityType} from '../../plugins/privacy/src/detect/entity.ts'

/** A sentence of presidio-research's synth_dataset_v2. */
export interface AnnotatedSample {
  readonly full_text: string
  readonly template_id: number
  readonly spans: readonly {entity_type: string; start_position: number; end_position: number}[]
}

export interface Place {
  readonly type: string
  readonly start: number
  readonly end: number
}

const file = resolve(
  process.env.OMNI_SHARED_DATA ?? resolve(import.meta.dirname, '../../../shared/data'),
  'privacy/presidio-research/synth_dataset_v2.json',
)

/** The samples whose templates were looked at while rules were written, and those whose were not; undefined where the data is missing. */
export function annotatedSamples(): {tuned: AnnotatedSample[]; unseen: AnnotatedSample[]} | undefined {
  if (!existsSync(file)) return undefined
  const all = JSON.parse(readFileSync(file, 'utf8')) as AnnotatedSample[]
  return {tuned: all.filter(each => each.template_id % 2 === 0), unseen: all.filter(each => each.template_id % 2 === 1)}
}

/** The dataset's types in ours, both sides in the coarser of the two. */
const annotatedTypes: Readonly<Record<string, string>> = {
  STREET_ADDRESS: 'LOCATION',
  GPE: 'LOCATION',
  IBAN_CODE: 'IBAN',
  DOMAIN_NAME: 'URL',
  NRP: 'NATIONALITY',
  ZIP_CODE: 'POSTCODE',
  US_DRIVER_LICENSE: 'DRIVER_LICENSE',
}
const detectedTypes: Partial<Record<EntityType, string>> = {ADDRESS: 'LOCATION', DATE_OF_BIRTH: 'DATE_TIME'}

export interface Counts {
  matched: number
  annotated: number
  predicted: number
}

const empty = (): Counts => ({matched: 0, annotated: 0, predicted: 0})

/** Counts over samples: whatever the type, and type by type. `wrong` is told of every miss and false find. */
export function measureDetection(
  samples: readonly AnnotatedSample[],
  detector: Detector,
  wrong?: (what: 'missed' | 'false', span: Place, sample: AnnotatedSample) => void,
): {overall: Counts; typed: Counts; types: Map<string, Counts>} {
  const overall = empty()
  const typed = empty()
  const types = new Map<string, Counts>()
  const of = (type: string) => types.get(type) ?? types.set(type, empty()).get(type)!
  for (const sample of samples) {
    const text = sample.full_text
    const gold = merged(
      sample.spans.map(span => ({
        type: annotatedTypes[span.entity_type] ?? span.entity_type,
        start: span.start_position,
        end: span.end_position,
      })),
      text,
    )
    const found = merged(
      detector
        .detect(text)
        .map(span => ({type: detectedTypes[span.type] ?? span.type, start: span.start, end: span.end})),
      text,
    )
    const untyped = match(gold, found, false)
    overall.annotated += gold.length
    overall.matched += untyped.matched.size
    overall.predicted += untyped.matched.size + found.filter(span => !untyped.used.has(span)).length
    const strict = match(gold, found, true)
    for (const span of gold) of(span.type).annotated++
    for (const span of found) if (!strict.used.has(span)) of(span.type).predicted++
    for (const span of strict.matched) {
      of(span.type).matched++
      of(span.type).predicted++
    }
    if (wrong) {
      for (const span of gold) if (!strict.matched.has(span)) wrong('missed', span, sample)
      for (const span of found) if (!strict.used.has(span)) wrong('false', span, sample)
    }
  }
  for (const counts of types.values()) {
    typed.matched += counts.matched
    typed.annotated += counts.annotated
    typed.predicted += counts.predicted
  }
  return {overall, typed, types}
}

function merged(spans: readonly Place[], text: string): Place[] {
  const result: Place[] = []
  for (const span of spans.toSorted((a, b) => a.start - b.start)) {
    const last = result.at(-1)
    if (last && last.type === span.type && /^[\s\p{P}]*$/u.test(text.slice(last.end, span.start))) {
      result[result.length - 1] = {type: last.type, start: last.start, end: Math.max(last.end, span.end)}
    } else result.push(span)
  }
  return result
}

/** Annotation by annotation, adds overlapping predictions as long as they better the intersection over union. */
function match(
  gold: readonly Place[],
  found: readonly Place[],
  byType: boolean,
): {matched: Set<Place>; used: Set<Place>} {
  const matched = new Set<Place>()
  const used = new Set<Place>()
  for (const annotation of gold) {
    const overlapping = found.filter(
      span =>
        !used.has(span) &&
        span.start < annotation.end &&
        span.end > annotation.start &&
        (!byType || span.type === annotation.type),
    )
    const chosen: Place[] = []
    let best = 0
    for (const span of overlapping) {
      const extended = intersectionOverUnion(annotation, [...chosen, span])
      if (extended <= best) continue
      best = extended
      chosen.push(span)
    }
    if (best < 0.5) continue
    matched.add(annotation)
    for (const span of chosen) used.add(span)
  }
  return {matched, used}
}

function intersectionOverUnion(annotation: Place, spans: readonly Place[]): number {
  let intersection = 0
  let total = annotation.end - annotation.start
  for (const span of spans) {
    const common = Math.max(0, Math.min(span.end, annotation.end) - Math.max(span.start, annotation.start))
    intersection += common
    total += span.end - span.start - common
  }
  return intersection / total
}

/** Precision, recall and F2 from counts. */
export function scores({matched, annotated, predicted}: Counts) {
  const precision = predicted === 0 ? 0 : matched / predicted
  const recall = annotated === 0 ? 0 : matched / annotated
  const f2 = precision + recall === 0 ? 0 : (5 * precision * recall) / (4 * precision + recall)
  const round = (value: number) => Number(value.toFixed(3))
  return {precision: round(precision), recall: round(recall), f2: round(f2), annotated, predicted, matched}
}

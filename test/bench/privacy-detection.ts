/**
 * Measures the detector of personal data on presidio-research's `synth_dataset_v2`, as its SpanEvaluator does: spans of one type that
 * only punctuation or space separates are one; a prediction matches where its characters and the annotation's have an
 * intersection over union of at least 0.5; the overall figure does not ask for the type, the figures per type do. F2.
 * Half of the templates (odd ids) was never looked at while the rules were written.
 *
 * `node test/bench/privacy-detection.ts [--errors] [--half tuned|unseen]`
 */
import {parseArgs} from 'node:util'
import {createDetector} from '../../plugins/privacy/src/detect/create-detector.ts'
import {
  annotatedSamples,
  type AnnotatedSample,
  measureDetection,
  type Place,
  scores,
} from '../support/span-evaluation.ts'

const {values} = parseArgs({
  options: {
    errors: {type: 'boolean'},
    half: {type: 'string', default: 'both'},
    threshold: {type: 'string', default: '0.5'},
  },
})
const samples = annotatedSamples()
if (!samples) {
  process.stdout.write('skipped: synth_dataset_v2.json is not in the shared data\n')
  process.exit(0)
}
const detector = await createDetector({threshold: Number(values.threshold)})

function print(what: string, span: Place, sample: AnnotatedSample): void {
  const piece = JSON.stringify(sample.full_text.slice(span.start, span.end))
  process.stdout.write(`${what}\t${span.type}\t${piece}\t#${sample.template_id} ${JSON.stringify(sample.full_text)}\n`)
}

const report: Record<string, unknown> = {}
for (const name of ['tuned', 'unseen'] as const) {
  if (values.half !== 'both' && values.half !== name) continue
  const result = measureDetection(samples[name], detector, values.errors ? print : undefined)
  const rows = Object.fromEntries(
    [...result.types]
      .toSorted((a, b) => b[1].annotated - a[1].annotated)
      .map(([type, counts]) => [type, scores(counts)]),
  )
  report[name] = {overall: scores(result.overall), overall_typed: scores(result.typed), types: rows}
  process.stdout.write(`${name} half\n`)
  for (const [type, row] of Object.entries({
    'all, any type': scores(result.overall),
    'all, same type': scores(result.typed),
    ...rows,
  })) {
    process.stdout.write(
      `  ${type.padEnd(16)} F2 ${row.f2.toFixed(3)}  precision ${row.precision.toFixed(3)}  recall ${row.recall.toFixed(3)}  annotated ${row.annotated}\n`,
    )
  }
}
process.stdout.write(`${JSON.stringify(report)}\n`)

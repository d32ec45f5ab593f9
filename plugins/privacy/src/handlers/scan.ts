import type {Handler} from '@omni-ops/core/operation'
import {detectorFor} from '../detect/detector-for.ts'
import type {scan} from '../operations/scan.ts'
import {countTypes} from './count-types.ts'

export const handle: Handler<typeof scan> = async ({text, field, types, threshold}, context) => {
  const detector = await detectorFor({types, threshold}, context)
  await detector.prepare?.(text)
  const spans = detector.detect(text, {field})
  return {spans: spans.map(span => ({...span, evidence: [...span.evidence]})), counts: countTypes(spans)}
}

import type {Handler} from '@omni-ops/core/operation'
import {createDetector} from '../detect/create-detector.ts'
import type {scan} from '../operations/scan.ts'
import {countTypes} from './count-types.ts'

export const handle: Handler<typeof scan> = async ({text, field, types, threshold}) => {
  const detector = await createDetector({threshold, ...(types.length > 0 ? {types} : {})})
  const spans = detector.detect(text, {field})
  return {spans: spans.map(span => ({...span, evidence: [...span.evidence]})), counts: countTypes(spans)}
}

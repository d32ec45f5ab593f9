import type {Handler} from '@omni-ops/core/operation'
import {
  type Erasure,
  PersonalDataMap,
  type PersonalTerms,
  type Place,
  placeName,
  type Retention,
  type SubjectPath,
} from '@omni-ops/core/privacy'
import type {gdprMap} from '../operations/gdpr-map.ts'

export const handle: Handler<typeof gdprMap> = async (_, context) => {
  const {places} = await PersonalDataMap.open(context)
  return {places: places.map(placeOutput), complete: places.every(({can}) => can.includes('locate'))}
}

function placeOutput({declaration, plugin, can}: Place) {
  const {fields, personal} = declaration
  return {
    place: placeName(declaration),
    plugin,
    ...(personal === undefined ? undeclared : termsOutput(personal)),
    fields: Object.entries(fields).flatMap(([name, field]) =>
      field === 'non-personal'
        ? []
        : [{name, category: field.category, identity: field.identity ?? null, special: field.special ?? false}],
    ),
    can: [...can],
  }
}

const unknown = 'unknown'
const undeclared = {
  purpose: unknown,
  basis: unknown,
  origin: unknown,
  recipients: [],
  residency: null,
  found_by: unknown,
  retention: unknown,
  erasure: unknown,
}

function termsOutput({purpose, basis, origin, recipients = [], residency, subject, retention, erasure}: PersonalTerms) {
  return {
    purpose,
    basis,
    origin,
    recipients: [...recipients],
    residency: residency ?? null,
    found_by: pathInWords(subject),
    retention: retentionInWords(retention),
    erasure: erasureInWords(erasure),
  }
}

function pathInWords(subject: SubjectPath): string {
  if ('untraceable' in subject) return `nobody: ${subject.untraceable}`
  if ('freeText' in subject) return `words of ${subject.field}`
  return 'table' in subject ? `${subject.field} of ${subject.table}` : subject.field
}

function retentionInWords(retention: Retention): string {
  if (retention === 'until-removed') return 'until it is removed'
  if ('kept' in retention) return `for good: ${retention.kept}`
  return retention.days === 0 ? `until ${retention.after}` : `${retention.days} days after ${retention.after}`
}

function erasureInWords(erasure: Erasure): string {
  if (erasure === 'delete-row') return 'deleted'
  if (erasure === 'delete-all') return 'all of it deleted'
  if ('clear' in erasure) return `${erasure.clear.join(', ')} emptied`
  return `kept: ${erasure.kept}${erasure.citation === undefined ? '' : ` (${erasure.citation})`}`
}

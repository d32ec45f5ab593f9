import {InvalidInputError} from '@omni-ops/core/operation'
import {DashboardDocument} from './dashboard-document.ts'

/** A file that is said to be a dashboard and is none. */
export class InvalidDocumentError extends InvalidInputError {
  override readonly code = 'invalid_dashboard_document'
}

/** @throws InvalidDocumentError with the first things that are wrong */
export function readDocument(text: string, name: string): DashboardDocument {
  const parsed = DashboardDocument.safeParse(parse(text, name))
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.slice(0, 5).map(({path, message}) => `${path.join('.')}: ${message}`)
  throw new InvalidDocumentError(`${name} is no dashboard as JSON: ${problems.join('; ')}`, {
    hint: '`omni dashboard build --format json` writes one',
    details: {problems},
  })
}

function parse(text: string, name: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new InvalidDocumentError(`${name} is no JSON`, {cause: error})
  }
}

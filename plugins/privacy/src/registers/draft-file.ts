import {stringify} from 'yaml'
import {civilDateAt} from '../clock/civil-date.ts'
import type {DraftActivity} from './draft-ropa.ts'

const preface = `# The record of processing activities (GDPR, Article 30). Drafted from what omni declares of its own tables: name the
# controller, say how the data are secured (30(1)(g)) and where they go, add your other processing, and run omni gdpr ropa.
`

/** A draft as the YAML file of a register. Its controller is empty, so that nobody takes it for a finished one. */
export function draftFile(activities: readonly DraftActivity[], now: Date, timeZone: string): string {
  const register = {
    version: 1,
    updated: civilDateAt(now, timeZone),
    controller: {name: '', email: ''},
    activities,
  }
  return preface + stringify(register, {lineWidth: 110})
}

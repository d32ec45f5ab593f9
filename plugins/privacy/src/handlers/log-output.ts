import type {LegalRule} from '../law/rule.ts'
import type {LogEntry} from '../zvop/processing-log.ts'

export function logEntryOutput({recordedBy, keptUntil, ...entry}: LogEntry) {
  return {...entry, recorded_by: recordedBy, kept_until: keptUntil}
}

export function ruleOutput({read, ...rule}: LegalRule) {
  return {...rule, read_at: read === undefined ? null : `${read.where}, ${read.on}`}
}

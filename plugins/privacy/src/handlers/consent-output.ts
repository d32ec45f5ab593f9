import type {ConsentEntry, ConsentState} from '../consent/consent-ledger.ts'
import type {Wording} from '../consent/wordings.ts'

export function entryOutput({recordedAt, wordingHash, ageCheck, recordedBy, ...entry}: ConsentEntry) {
  return {
    ...entry,
    recorded_at: recordedAt,
    wording_hash: wordingHash,
    age_check: ageCheck,
    recorded_by: recordedBy,
  }
}

export function stateOutput({entry, ...state}: ConsentState) {
  return {...state, given: state.status === 'given', entry: entry && entryOutput(entry)}
}

export function wordingOutput<W extends Wording>({addedAt, ...wording}: W) {
  return {...wording, added_at: addedAt}
}

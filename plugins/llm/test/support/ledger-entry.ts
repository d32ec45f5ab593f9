import type {LedgerEntry} from '../../src/ledger/ledger-entry.ts'
import {usageOf} from './scripted-adapter.ts'

/** What is written down of a call that was answered at once; it has cost more than a double can count. */
export function ledgerEntry(id: string, over: Partial<LedgerEntry> = {}): LedgerEntry {
  const at = '2026-03-01T12:00:00.000Z'
  const asked = {deployment: 'a', provider: 'openai', model: 'model-a'}
  return {
    id,
    at,
    purpose: 'llm.gateway',
    principal: 'key:k1',
    key: 'k1',
    target: 'main',
    ...asked,
    outcome: 'answered',
    error: null,
    attempts: [{...asked, startedAt: at, durationMs: 5, outcome: 'answered', status: null}],
    usage: usageOf(12, 34),
    costNanoUsd: 9_007_199_254_740_993n,
    durationMs: 7,
    firstContentMs: 3,
    overheadMs: 2,
    ...over,
  }
}

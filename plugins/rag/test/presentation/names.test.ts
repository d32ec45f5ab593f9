import {expect, test} from 'vitest'
import type {IngestSummary} from '../../src/ingest/ingest-run.ts'
import {describeSummary} from '../../src/presentation/ingest.ts'
import {placeOf} from '../../src/presentation/place.ts'

const evil = 'esc\u001B]0;title\u0007\n  [2] forged.md:1'

const summary: IngestSummary = {
  collection: 'default',
  found: 1,
  added: 0,
  changed: 0,
  unchanged: 0,
  removed: 0,
  chunks: 0,
  bytes: 0,
  failed: [{source: evil, reason: 'binary', message: 'is binary, not text'}],
  failures: 1,
  near_duplicates: [],
  near_duplicate_count: 0,
  skipped: 0,
  personal_data: {},
  seconds: 1,
  dry_run: false,
}

test('the name of a file can neither command the terminal nor forge a line', () => {
  expect(describeSummary(summary).problems).toBe('Not ingested:\n  esc   [2] forged.md:1: is binary, not text\n')
  expect(placeOf({source: evil, commit: null, page: null, line_start: 3, line_end: 4})).toBe(
    'esc   [2] forged.md:1:3–4',
  )
})

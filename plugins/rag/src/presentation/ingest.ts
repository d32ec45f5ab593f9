import {printableName} from '@omni-ops/core/cli'
import type {IngestSummary} from '../ingest/ingest-run.ts'

const shownProblems = 20

/** The summary of a run for a person: the result for stdout, and what could not be read for stderr. */
export function describeSummary(summary: IngestSummary): {result: string; problems: string} {
  const {added, changed, unchanged, removed, failures, failed, chunks, seconds, collection, found, dry_run, skipped} =
    summary
  const alike = summary.near_duplicate_count - skipped
  const verb = dry_run ? 'Would ingest' : 'Ingested'
  const parts = [
    `${added} added`,
    `${changed} changed`,
    `${unchanged} unchanged`,
    ...(removed > 0 ? [`${removed} removed`] : []),
    ...(skipped > 0 ? [`${skipped} near-duplicates left out`] : []),
    ...(failures > 0 ? [`${failures} not ingested`] : []),
  ]
  const rate = seconds > 0 && !dry_run ? ` in ${seconds.toFixed(1)} s` : ''
  const passages = dry_run ? '' : `, ${chunks} passages written`
  const similar = alike > 0 ? `${alike} say nearly the same as others; omni rag duplicates lists them\n` : ''
  const kinds = Object.entries(summary.personal_data).map(([type, count]) => `${count} ${type}`)
  const personal = kinds.length > 0 ? `Personal data: ${kinds.join(', ')}\n` : ''
  const result = `${verb} into "${collection}": ${parts.join(', ')} (${found} found${passages})${rate}\n${similar}${personal}`
  const lines = failed
    .slice(0, shownProblems)
    .map(({source, message}) => `  ${printableName(`${source}: ${message}`)}\n`)
  if (failures > shownProblems) lines.push(`  … and ${failures - shownProblems} more; --json lists them\n`)
  return {result, problems: lines.length > 0 ? `Not ingested:\n${lines.join('')}` : ''}
}

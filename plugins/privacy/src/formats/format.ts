import {extname} from 'node:path'
import {type CsvOptions, csvSegments} from './csv.ts'
import {jsonSegments} from './json.ts'
import type {SegmentReader} from './segment.ts'
import {textSegments} from './text.ts'

export const formatNames = ['text', 'csv', 'json', 'jsonl'] as const
export type FormatName = (typeof formatNames)[number]

const byExtension: Readonly<Record<string, FormatName>> = {
  '.csv': 'csv',
  '.tsv': 'csv',
  '.json': 'json',
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
  '.geojson': 'json',
}

/** The format that a file's name speaks of; text where it speaks of none. */
export function formatOf(path: string): FormatName {
  return byExtension[extname(path).toLowerCase()] ?? 'text'
}

export function segmentReader(format: FormatName, csv: CsvOptions = {}): SegmentReader {
  switch (format) {
    case 'csv':
      return csvSegments(csv)
    case 'json':
    case 'jsonl':
      return jsonSegments
    case 'text':
      return textSegments
  }
}

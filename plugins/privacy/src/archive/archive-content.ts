import {createHash} from 'node:crypto'
import {delimitedRows} from './delimited-rows.ts'
import {indexPage} from './index-page.ts'

/** One record that a person is given. */
export interface DisclosedRecord {
  readonly place: string
  readonly record: string
  readonly data: Readonly<Record<string, unknown>> | null
  readonly redacted: number
}

/** What GDPR, article 15(1), wants told of one place. */
export interface DisclosedTerms {
  readonly place: string
  readonly purpose: string
  readonly basis: string
  readonly origin: string
  readonly categories: readonly string[]
  readonly recipients: readonly string[]
  readonly retention: string
  readonly residency: string | null
}

/** Everything that is not a record. */
export interface Disclosure {
  readonly request: Readonly<Record<string, unknown>> & {
    readonly id: string
    readonly right: string
    readonly received_at: string
  }
  readonly terms: readonly DisclosedTerms[]
  readonly recipients: readonly string[]
}

export interface ArchiveFile {
  readonly path: string
  readonly bytes: Uint8Array
}

/** How many records a place has, for the page that a person begins with. */
export interface PlaceFiles {
  readonly place: string
  readonly records: number
  readonly redacted: number
  readonly json: string
  readonly csv: string
}

/** The last file: what is in the others. A receipt names the SHA-256 of this. */
export interface ManifestFile extends ArchiveFile {
  readonly sha256: string
}

/**
 * The files of an archive one after the other: of each place a JSON and a CSV file, then what the law wants told, a page to begin
 * with, and last the list of all of them with their sums. Records come place by place; those of one place are in memory together.
 */
export async function* archiveFiles(
  disclosure: Disclosure,
  records: AsyncIterable<DisclosedRecord>,
): AsyncGenerator<ArchiveFile, ManifestFile> {
  const list: {path: string; bytes: number; sha256: string}[] = []
  const listed = (path: string, text: string): ArchiveFile => {
    const bytes = Buffer.from(text)
    list.push({path, bytes: bytes.length, sha256: sumOf(bytes)})
    return {path, bytes}
  }
  const places: PlaceFiles[] = []
  for await (const own of byPlace(records)) {
    const [{place}] = own as [DisclosedRecord]
    const base = `records/${place.replaceAll(/[^a-zA-Z0-9]+/g, '-')}`
    const rows = own.map(({record, data}) => ({record, ...data}))
    const files = {json: `${base}.json`, csv: `${base}.csv`}
    yield listed(files.json, `${JSON.stringify(rows, null, 2)}\n`)
    yield listed(files.csv, delimitedRows(own.map(({record, data}) => ({record, ...flattened(data)}))))
    places.push({place, records: own.length, redacted: sum(own.map(({redacted}) => redacted)), ...files})
  }
  yield listed('request.json', `${JSON.stringify(disclosure, null, 2)}\n`)
  yield listed('index.html', indexPage(disclosure, places))
  const manifest = Buffer.from(
    `${JSON.stringify({version: 1, request: disclosure.request.id, files: list}, null, 2)}\n`,
  )
  return {path: 'manifest.json', bytes: manifest, sha256: sumOf(manifest)}
}

/** Records that stand beside each other and are of one place. */
async function* byPlace(records: AsyncIterable<DisclosedRecord>): AsyncGenerator<DisclosedRecord[]> {
  let own: DisclosedRecord[] = []
  for await (const record of records) {
    if (own[0] !== undefined && own[0].place !== record.place) {
      yield own
      own = []
    }
    own.push(record)
  }
  if (own.length > 0) yield own
}

/** A record's time and fields side by side, as a table has them. */
function flattened(data: DisclosedRecord['data']): Readonly<Record<string, unknown>> {
  const {fields, ...rest} = data ?? {}
  return {...rest, ...(typeof fields === 'object' && fields !== null ? fields : {})}
}

function sumOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, each) => all + each, 0)
}

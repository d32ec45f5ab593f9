/**
 * Speed of masking tables: 100,000 customers of faker as CSV and JSON Lines, nine short columns of which four hold personal data, in pieces as a file
 * is read. Processor time of this process, without making the detector.
 *
 * `node test/bench/privacy-tables.ts [--rows 100000]`
 */
import {parseArgs} from 'node:util'
import {faker} from '@faker-js/faker'
import {createDetector} from '../../plugins/privacy/src/detect/create-detector.ts'
import {segmentReader} from '../../plugins/privacy/src/formats/format.ts'
import {maskSegments} from '../../plugins/privacy/src/mask/mask-segments.ts'
import {Placeholders} from '../../plugins/privacy/src/mask/placeholders.ts'

const {values} = parseArgs({options: {rows: {type: 'string', default: '100000'}}})
faker.seed(7)
const columns = ['id', 'name', 'email', 'city', 'country', 'status', 'amount', 'ordered', 'note']
const rows = Array.from({length: Number(values.rows)}, (_, id) => [
  id,
  faker.person.fullName(),
  faker.internet.email(),
  faker.location.city(),
  faker.location.country(),
  faker.helpers.arrayElement(['paid', 'open', 'cancelled']),
  faker.finance.amount(),
  faker.date.past().toISOString().slice(0, 10),
  faker.helpers.arrayElement(['', 'left at the door', 'wrong size, sent back', 'call first']),
])
const cell = (value: string | number) => (/[",]/.test(`${value}`) ? JSON.stringify(value) : `${value}`)
const files = {
  csv: [columns, ...rows].map(row => row.map(cell).join(',')).join('\n'),
  jsonl: rows.map(row => JSON.stringify(Object.fromEntries(row.map((value, at) => [columns[at], value])))).join('\n'),
}

async function* pieces(text: string): AsyncIterable<string> {
  for (let at = 0; at < text.length; at += 262_144) yield text.slice(at, at + 262_144)
}

const detector = await createDetector()
detector.detect('Ana Kranjc, 031 123 456')
for (const [format, text] of Object.entries(files) as ['csv' | 'jsonl', string][]) {
  const bytes = Buffer.byteLength(text)
  let found = 0
  const begun = process.cpuUsage()
  const options = {detector, style: 'label' as const, placeholders: new Placeholders(), found: () => void found++}
  for await (const _ of maskSegments(segmentReader(format)(pieces(text)), options));
  const {user, system} = process.cpuUsage(begun)
  const seconds = (user + system) / 1e6
  process.stdout.write(
    `${format.padEnd(6)} ${(bytes / 1e6).toFixed(1)} MB  ${rows.length * columns.length} cells  ${found} found  ${(bytes / 1e6 / seconds).toFixed(2)} MB/s  ${((seconds * 1e6) / rows.length / columns.length).toFixed(1)} µs a cell\n`,
  )
}

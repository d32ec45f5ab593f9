/**
 * Precision and speed of the detector on ordinary prose and code: the Markdown and source files of node_modules, and the English
 * passages of the shared retrieval data where they are. Addresses of the web and e-mail are left out of the count: they are what they look like.
 * Every other span is counted as false, although many are not (authors in licences, dates in changelogs), so the figure is
 * an upper bound; `--spans FILE` writes a sample to judge by eye.
 *
 * `node test/bench/privacy-precision.ts [--bytes 5000000] [--spans FILE]`
 */
import {existsSync, globSync, readFileSync, writeFileSync} from 'node:fs'
import {resolve} from 'node:path'
import {parseArgs} from 'node:util'
import {createDetector} from '../../plugins/privacy/src/detect/create-detector.ts'

const {values} = parseArgs({
  options: {bytes: {type: 'string', default: '5000000'}, spans: {type: 'string'}, types: {type: 'string'}},
})
const root = resolve(import.meta.dirname, '../..')
const budget = Number(values.bytes)
const detector = await createDetector()

/** Packages whose subject is numbers of persons: what they hold is what is looked for. */
const aboutPersons =
  /node_modules\/(?:stdnum|libphonenumber-js|ibantools|@faker-js|i18n-nationality|gender-detection-from-name)\//

/** Files in an order that mixes packages and does not change from run to run. */
function mixed(paths: readonly string[]): string[] {
  const rank = (path: string) =>
    [...path].reduce((hash, character) => (Math.imul(hash, 31) + character.charCodeAt(0)) >>> 0, 7)
  return paths.toSorted((a, b) => rank(a) - rank(b))
}

function take(pattern: readonly string[], bytes: number, longestFile = 60_000): {path: string; text: string}[] {
  const taken: {path: string; text: string}[] = []
  let total = 0
  for (const path of mixed(globSync([...pattern], {cwd: root}).filter(path => !aboutPersons.test(path)))) {
    if (total >= bytes) break
    const text = readFileSync(resolve(root, path), 'utf8').slice(0, longestFile)
    // Minified code and data tables are neither prose nor code that somebody reads.
    const lines = text.split('\n').length
    if (text.length / lines > 200) continue
    taken.push({path, text})
    total += Buffer.byteLength(text)
  }
  return taken
}

const shared = process.env.OMNI_SHARED_DATA ?? resolve(root, '../shared/data')
const passages = globSync(`${shared}/rag/{anthropic-docs,xquad-en,cookbook-code}/**/*.{md,txt,json,jsonl}`).filter(
  path => existsSync(path),
)
const corpora = {
  markdown: take(['node_modules/**/*.md'], budget * 0.4),
  source: take(['node_modules/**/*.{js,ts,mjs,py}'], budget * 0.4),
  passages: passages.length > 0 ? take(passages, budget * 0.2, 400_000) : [],
}
if (passages.length === 0) process.stdout.write('note: the shared passages are not there; markdown and source alone\n')

for (const {text} of corpora.source.slice(0, 20)) detector.detect(text)

const ignored = new Set(['URL', 'EMAIL_ADDRESS'])
const report: Record<string, unknown> = {}
const sample: string[] = []
for (const [name, files] of Object.entries(corpora)) {
  if (files.length === 0) continue
  let bytes = 0
  let milliseconds = 0
  const counts = new Map<string, number>()
  for (const {path, text} of files) {
    bytes += Buffer.byteLength(text)
    // Processor time of this process: the machine may be shared.
    const begun = process.cpuUsage()
    const spans = detector.detect(text)
    const {user, system} = process.cpuUsage(begun)
    milliseconds += (user + system) / 1000
    for (const span of spans) {
      if (ignored.has(span.type)) continue
      counts.set(span.type, (counts.get(span.type) ?? 0) + 1)
      const around = text.slice(Math.max(0, span.start - 40), span.end + 30)
      sample.push(
        [
          name,
          span.type,
          span.score.toFixed(2),
          JSON.stringify(text.slice(span.start, span.end)),
          JSON.stringify(around),
          span.evidence.join('; '),
          path,
        ].join('\t'),
      )
    }
  }
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0)
  const row = {
    files: files.length,
    megabytes: Number((bytes / 1e6).toFixed(2)),
    spans: total,
    spans_per_10_kB: Number(((total / bytes) * 10_000).toFixed(2)),
    megabytes_per_second: Number((bytes / 1e3 / milliseconds).toFixed(2)),
    types: Object.fromEntries([...counts].toSorted((a, b) => b[1] - a[1])),
  }
  report[name] = row
  process.stdout.write(
    `${name.padEnd(9)} ${row.megabytes} MB  ${row.spans_per_10_kB} spans per 10 kB  ${row.megabytes_per_second} MB/s  ${JSON.stringify(row.types)}\n`,
  )
}
if (values.spans) writeFileSync(values.spans, `${mixed(sample).join('\n')}\n`)
process.stdout.write(`${JSON.stringify(report)}\n`)

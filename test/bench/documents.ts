import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {chunkDocument} from '../../plugins/rag/src/chunking/chunker.ts'
import {walkSources} from '../../plugins/rag/src/documents/walk.ts'
import {loadFile} from '../../plugins/rag/src/loaders/load.ts'
import {writePdf} from '../../plugins/rag/test/fixtures/write-pdf.ts'

/**
 * How fast documents are found, loaded and cut, in CPU time of one core, and as ratios to reading the same files and nothing
 * else in the same run.
 * Prints a table and, last, the figures as a line of JSON.
 *
 *     node test/bench/documents.ts
 */

const MARKDOWN_FILES = 2000
const PDF_PAGES = 200
const ROUNDS = 3

const WORDS = (
  'the tenant pays rent month owner repairs notice period house contract deposit returned after days written agreement ' +
  'najemnik plača najemnino mesec lastnik popravila odpovedni rok pogodba varščina vrne pisno dogovor začetek'
).split(' ')

/** Numbers that look random, but are the same in every run (a linear congruential generator, Numerical Recipes). */
function* numbers(): Generator<number, never> {
  let state = 42
  while (true) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    yield state
  }
}

const random = numbers()

function sentence(): string {
  const length = 6 + (random.next().value % 14)
  const words = Array.from({length}, () => WORDS[random.next().value % WORDS.length]!)
  const text = words.join(' ')
  return `${text[0]!.toUpperCase()}${text.slice(1)}.`
}

function markdownFile(): string {
  const parts = [`# ${sentence()}`]
  for (let section = 0; section < 6; section++) {
    parts.push(`## ${sentence()}`)
    for (let paragraph = 0; paragraph < 3; paragraph++) parts.push(Array.from({length: 5}, sentence).join(' '))
    parts.push(Array.from({length: 4}, () => `- ${sentence()}`).join('\n'))
    parts.push(
      `\`\`\`ts\n${Array.from({length: 8}, () => `const a = call(${random.next().value})`).join('\n')}\n\`\`\``,
    )
    parts.push(`| a | b |\n|---|---|\n${Array.from({length: 5}, () => `| ${sentence()} | 1 |`).join('\n')}`)
  }
  return parts.join('\n\n')
}

function pdfPage(): {text: string; size: number; y: number}[] {
  const body = Array.from({length: 42}, (_, line) => ({
    text: latin1(`${sentence()} ${sentence()}`),
    size: 10,
    y: 760 - line * 16,
  }))
  return [{text: latin1(sentence()), size: 16, y: 790}, ...body]
}

function latin1(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, 'c')
}

/**
 * The least CPU seconds of some rounds, of all threads of this process: other work on the machine makes the clock run
 * on, but hardly this.
 */
async function cpuSeconds(work: () => Promise<void>): Promise<number> {
  let least = Number.POSITIVE_INFINITY
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.cpuUsage()
    await work()
    const {user, system} = process.cpuUsage(before)
    least = Math.min(least, (user + system) / 1e6)
  }
  return least
}

async function main(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'omni-bench-documents-'))
  try {
    const files: string[] = []
    let bytes = 0
    for (let index = 0; index < MARKDOWN_FILES; index++) {
      const content = markdownFile()
      const file = join(directory, `${index}.md`)
      await writeFile(file, content)
      bytes += Buffer.byteLength(content)
      files.push(file)
    }
    const pdf = join(directory, 'pages.pdf')
    await writeFile(pdf, writePdf(Array.from({length: PDF_PAGES}, pdfPage)))

    const read = await cpuSeconds(async () => {
      for (const file of files) await readFile(file)
    })
    const walked = await cpuSeconds(async () => {
      for await (const entry of walkSources(['.'], {cwd: directory}))
        if (entry.kind === 'skipped') throw new Error(entry.message)
    })
    let chunks = 0
    const loaded = await cpuSeconds(async () => {
      chunks = 0
      for (const file of files) chunks += chunkDocument(await loadFile(file, {source: file})).length
    })
    const readPdf = await cpuSeconds(async () => void (await readFile(pdf)))
    const loadedPdf = await cpuSeconds(async () => void chunkDocument(await loadFile(pdf, {source: pdf})))
    const memory = process.memoryUsage().rss / 1e6

    const figures = {
      markdown_files: MARKDOWN_FILES,
      markdown_bytes_per_file: Math.round(bytes / MARKDOWN_FILES),
      markdown_chunks: chunks,
      walk_files_per_cpu_s: Math.round((MARKDOWN_FILES + 1) / walked),
      walk_ratio_to_read: round(walked / read),
      load_and_chunk_documents_per_cpu_s: Math.round(MARKDOWN_FILES / loaded),
      load_and_chunk_ratio_to_read: round(loaded / read),
      pdf_pages_per_cpu_s: Math.round(PDF_PAGES / loadedPdf),
      pdf_ratio_to_read: Math.round(loadedPdf / readPdf),
      rss_mb: Math.round(memory),
    }
    for (const [name, value] of Object.entries(figures)) process.stdout.write(`${name.padEnd(34)}${value}\n`)
    process.stdout.write(`${JSON.stringify(figures)}\n`)
  } finally {
    await rm(directory, {recursive: true, force: true})
  }
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}

await main()

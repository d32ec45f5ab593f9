import {mkdirSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'

/** Numbers in [0, 1) that depend on the seed alone: mulberry32 (Tommy Ettinger, 2017, public domain). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export interface MarkdownFilesOptions {
  readonly directory: string
  readonly count: number
  /** About how long each is, in bytes. */
  readonly bytes: number
  readonly seed?: number
}

interface Language {
  readonly subjects: readonly string[]
  readonly verbs: readonly string[]
  readonly objects: readonly string[]
  readonly circumstances: readonly string[]
}

const english: Language = {
  subjects: ['The warehouse', 'Each supplier', 'The night shift', 'An auditor', 'The billing service', 'Every tenant'],
  verbs: ['confirms', 'rejects', 'archives', 'forwards', 'reconciles', 'inspects', 'schedules', 'measures'],
  objects: ['the delivery note', 'a refund request', 'the pressure log', 'the insurance claim', 'a spare valve'],
  circumstances: ['before the end of the month', 'within two working days', 'after a written reminder', 'by telephone'],
}

const slovenian: Language = {
  subjects: ['Skladišče', 'Vsak dobavitelj', 'Nočna izmena', 'Revizorka', 'Računovodska služba', 'Vodja obrata'],
  verbs: ['potrdi', 'zavrne', 'arhivira', 'posreduje', 'uskladi', 'pregleda', 'načrtuje', 'izmeri'],
  objects: ['dobavnico', 'zahtevek za vračilo', 'dnevnik tlaka', 'odškodninski zahtevek', 'nadomestni ventil'],
  circumstances: ['pred koncem meseca', 'v dveh delovnih dneh', 'po pisnem opominu', 'po telefonu'],
}

/**
 * Writes Markdown files such as a company's handbook is made of: headings, paragraphs, lists, tables and code, a third
 * of them in Slovenian. The same options give the same bytes. Returns the paths below the directory.
 */
export function writeMarkdownFiles(options: MarkdownFilesOptions): string[] {
  const random = seededRandom(options.seed ?? 1)
  return Array.from({length: options.count}, (_, index) => {
    const path = join(`chapter-${String(index % 37).padStart(2, '0')}`, `note-${String(index).padStart(6, '0')}.md`)
    const file = join(options.directory, path)
    mkdirSync(dirname(file), {recursive: true})
    writeFileSync(file, markdownText(index, options.bytes, random))
    return path
  })
}

function markdownText(index: number, bytes: number, random: () => number): string {
  const language = index % 3 === 2 ? slovenian : english
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)]!
  const name = () => `${pick(['Kestrel', 'Orlov', 'Lipa', 'Brenta', 'Vega', 'Soča'])}-${Math.floor(random() * 9000)}`
  const sentence = () =>
    `${pick(language.subjects)} ${pick(language.verbs)} ${pick(language.objects)} ${name()} ${pick(language.circumstances)}.`
  const paragraph = () => Array.from({length: 2 + Math.floor(random() * 4)}, sentence).join(' ')
  const blocks: readonly (() => string)[] = [
    paragraph,
    paragraph,
    paragraph,
    () => `## ${pick(language.subjects)} ${name()}`,
    () => Array.from({length: 3}, () => `- ${sentence()}`).join('\n'),
    () => `| ${name()} | ${name()} |\n| --- | --- |\n| ${sentence()} | ${Math.floor(random() * 1000)} |`,
    () => `\`\`\`ts\nexport const limit${Math.floor(random() * 900)} = ${Math.floor(random() * 100)}\n\`\`\``,
  ]
  const parts = [`# ${pick(language.objects)} ${name()}`, paragraph()]
  for (let size = 0; size < bytes;) {
    const block = pick(blocks)()
    parts.push(block)
    size += Buffer.byteLength(block) + 2
  }
  return `${parts.join('\n\n')}\n`
}

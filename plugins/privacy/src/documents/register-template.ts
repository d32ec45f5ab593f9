import {readFileSync} from 'node:fs'
import {parse} from 'yaml'
import * as z from 'zod'
import {citationOf} from '../law/rule.ts'
import type {Block, Fact, Language, TextDocument} from './document.ts'
import {templateFile} from './template-file.ts'

const Words = z.strictObject({en: z.string(), sl: z.string()})
const Field = z.strictObject({path: z.string(), label: Words})
const Template = z.strictObject({
  title: Words,
  rules: z.array(z.string()).min(1),
  head: z.array(Field),
  entries: z.array(z.strictObject({from: z.string(), title: Words, heading: z.string(), fields: z.array(Field)})),
  words: z.record(z.string(), Words).default({}),
})
type Template = z.output<typeof Template>

/** The names of registers that have a template. */
export type RegisterName = 'ropa' | 'dpia' | 'breaches' | 'processors' | 'officer' | 'video'

type Content = Readonly<Record<string, unknown>>

const yes = {en: 'yes', sl: 'da'} as const
const no = {en: 'no', sl: 'ne'} as const
const none = {en: 'none', sl: 'jih ni'} as const

/** A register as a document, by its template in `templates/documents/registers`. */
export function registerDocument(name: RegisterName, content: Content, language: Language): TextDocument {
  const template = readTemplate(name)
  const shown = {template, language}
  const blocks: Block[] = [
    {kind: 'paragraph', text: citationOf(template.rules)},
    {kind: 'facts', facts: factsOf(template.head, content, shown)},
  ]
  for (const {from, title, heading, fields} of template.entries) {
    const entries = entriesOf(content, from)
    if (entries.length === 0) continue
    blocks.push({kind: 'heading', level: 2, text: title[language]})
    for (const entry of entries) {
      blocks.push({kind: 'heading', level: 3, text: String(entry[heading])})
      const below = fields.filter(({path}) => path !== heading)
      blocks.push({kind: 'facts', facts: factsOf(below, entry, shown)})
    }
  }
  return {title: template.title[language], language, date: String(content.updated), blocks}
}

/** A register as rows, with a header: each entry is one row, and what is not about an entry stands in every row. */
export function registerRows(name: RegisterName, content: Content, language: Language): string[][] {
  const template = readTemplate(name)
  const shown = {template, language}
  const tables = template.entries.length === 0 ? [{from: undefined, fields: []}] : template.entries
  return tables.flatMap(({from, fields}) => {
    const entries = from === undefined ? [{}] : entriesOf(content, from)
    if (entries.length === 0) return []
    const columns = [...fields, ...template.head]
    const cells = (entry: Content) => [
      ...fields.map(({path}) => valuesOf(entry[path], shown).join('; ')),
      ...template.head.map(({path}) => valuesOf(content[path], shown).join('; ')),
    ]
    return [columns.map(({label}) => label[language]), ...entries.map(cells)]
  })
}

interface Shown {
  readonly template: Template
  readonly language: Language
}

function factsOf(fields: Template['head'], entry: Content, shown: Shown): Fact[] {
  return fields
    .filter(({path}) => entry[path] !== undefined)
    .map(({path, label}) => ({label: label[shown.language], values: valuesOf(entry[path], shown)}))
}

function valuesOf(value: unknown, shown: Shown): string[] {
  if (value === undefined) return []
  if (!Array.isArray(value)) return [wordOf(value, shown)]
  return value.length === 0 ? [none[shown.language]] : value.map(each => wordOf(each, shown))
}

function wordOf(value: unknown, shown: Shown): string {
  const {template, language} = shown
  if (typeof value === 'boolean') return (value ? yes : no)[language]
  if (Array.isArray(value)) return value.map(each => wordOf(each, shown)).join(', ')
  if (typeof value === 'object' && value !== null) {
    const parts = Object.values(value).filter(part => part !== undefined && typeof part !== 'boolean')
    return parts.map(part => wordOf(part, shown)).join(' · ')
  }
  const text = String(value)
  return template.words[text]?.[language] ?? text
}

function entriesOf(content: Content, from: string): readonly Content[] {
  return (content[from] ?? []) as readonly Content[]
}

function readTemplate(name: RegisterName): Template {
  return Template.parse(parse(readFileSync(templateFile(`registers/${name}.yaml`), 'utf8')))
}

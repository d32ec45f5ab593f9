import {readFile} from 'node:fs/promises'

/**
 * Cuts the named schemas, with all that they refer to, out of OpenAI's published OpenAPI document, without its prose:
 * what tests check requests against. Run on a checkout of https://github.com/openai/openai-openapi:
 *
 *     node tools/openai-schemas.ts ../openai-openapi/openapi.json COMMIT CreateChatCompletionRequest … > FILE
 */
const [file, commit, ...roots] = process.argv.slice(2)
if (file === undefined || commit === undefined || roots.length === 0) {
  throw new Error('usage: openai-schemas.ts openapi.json COMMIT SCHEMA…')
}

type Schemas = Readonly<Record<string, unknown>>

const {components} = JSON.parse(await readFile(file, 'utf8')) as {components: {schemas: Schemas}}
// `nullable` is a word of OpenAPI 3.0, and means nothing in the 3.1 of this document.
const DROPPED = new Set(['description', 'example', 'examples', 'title', 'nullable', 'discriminator'])
const PREFIX = '#/components/schemas/'

const needed = new Map<string, unknown>()
const waiting = [...roots]
for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
  if (!needed.has(name)) needed.set(name, trimmed(components.schemas[name]))
}

function trimmed(value: unknown, isNames = false): unknown {
  if (Array.isArray(value)) return value.map(entry => trimmed(entry))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      // A property may be called `description`; only a schema's own is prose.
      .filter(([key]) => isNames || !(DROPPED.has(key) || key.startsWith('x-')))
      .map(([key, entry]) => [key, key === '$ref' ? local(String(entry)) : trimmed(entry, key === 'properties')]),
  )
}

function local(reference: string): string {
  const name = reference.slice(PREFIX.length)
  waiting.push(name)
  return `#/$defs/${name}`
}

const sorted = [...needed].toSorted(([one], [other]) => (one < other ? -1 : 1))
process.stdout.write(
  `${JSON.stringify(
    {
      $comment: `From https://github.com/openai/openai-openapi at ${commit} (MIT licence), by tools/openai-schemas.ts`,
      $defs: Object.fromEntries(sorted),
    },
    undefined,
    2,
  )}\n`,
)

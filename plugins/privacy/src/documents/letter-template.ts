import type {Block} from './document.ts'

/** What a template's fields stand for. */
export interface Fields {
  readonly [name: string]: string | boolean | number | undefined | readonly Fields[]
}

/** A template names a field that nobody gave, or is not well-formed. A mistake in the template. */
export class TemplateError extends RangeError {}

interface Open {
  readonly name: string
  readonly parts: Part[]
}
type Part = string | {readonly field: string} | {readonly section: string; readonly parts: readonly Part[]}

/**
 * A letter from its template. `{{name}}` is a field, and `{{#name}}…{{/name}}` a part that stands once for each item of a
 * list, whose fields it may use, or once where the field is neither false, empty nor missing. The rest is the little of
 * Markdown that letters need: `# title`, `## heading`, `- item`, paragraphs with a blank line between them; `**` is left
 * out. What stands in a field is never read as any of this.
 * @throws TemplateError for a field that was not given, a part that is not closed, a letter without a title
 */
export function letterFrom(
  template: string,
  fields: Fields,
): {readonly title: string; readonly blocks: readonly Block[]} {
  const filled = render(parse(template.replaceAll('**', '')), [fields])
  const [first = '', ...rest] = filled
    .split(/\n\s*\n/)
    .map(piece => piece.trim())
    .filter(piece => piece !== '')
  if (!first.startsWith('# ')) throw new TemplateError('A letter begins with # and its title')
  return {title: unguarded(first.slice(2)), blocks: rest.map(blockOf)}
}

/** Stands before what a field holds, so that no field begins a heading or an item; of Unicode's private use. */
const guard = '\uE000'

function guarded(value: string): string {
  return guard + unguarded(value).replaceAll(/\s*\n\s*/g, ' ')
}

function unguarded(text: string): string {
  return text.replaceAll(guard, '')
}

function parse(template: string): readonly Part[] {
  const open: Open[] = [{name: '', parts: []}]
  const innermost = () => open.at(-1) as Open
  for (const piece of template.split(/(\{\{[#/]?[a-z_]+\}\})/)) {
    const [, sign, name] = /^\{\{([#/]?)([a-z_]+)\}\}$/.exec(piece) ?? []
    if (name === undefined) innermost().parts.push(piece)
    else if (sign === '') innermost().parts.push({field: name})
    else if (sign === '#') open.push({name, parts: []})
    else {
      const closed = open.pop() as Open
      if (closed.name !== name || open.length === 0) throw new TemplateError(`{{/${name}}} closes nothing`)
      innermost().parts.push({section: name, parts: closed.parts})
    }
  }
  if (open.length > 1) throw new TemplateError(`{{#${innermost().name}}} is not closed`)
  return innermost().parts
}

/** `scopes`: the fields, the innermost first. */
function render(parts: readonly Part[], scopes: readonly Fields[]): string {
  return parts.map(part => (typeof part === 'string' ? part : renderTag(part, scopes))).join('')
}

function renderTag(part: Exclude<Part, string>, scopes: readonly Fields[]): string {
  if ('field' in part) {
    const value = lookUp(part.field, scopes)
    if (value === undefined || typeof value === 'object') throw new TemplateError(`{{${part.field}}} was not given`)
    return guarded(String(value))
  }
  const value = lookUp(part.section, scopes)
  if (Array.isArray(value)) return value.map((item: Fields) => render(part.parts, [item, ...scopes])).join('')
  return value === undefined || value === false || value === '' ? '' : render(part.parts, scopes)
}

function lookUp(name: string, scopes: readonly Fields[]): Fields[string] {
  return scopes.find(fields => Object.hasOwn(fields, name))?.[name]
}

function blockOf(piece: string): Block {
  if (piece.startsWith('## ')) return {kind: 'heading', level: 2, text: unguarded(piece.slice(3))}
  if (!piece.startsWith('- ')) return {kind: 'paragraph', text: unguarded(piece.replaceAll(/\s*\n\s*/g, ' '))}
  const items = piece.slice(2).split('\n- ')
  return {kind: 'list', items: items.map(item => unguarded(item.trim()))}
}

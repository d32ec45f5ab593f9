/** Where a text stands in a file that is no text itself. */
export interface Place {
  /** Of a PDF, from 1; 0 for what it says of itself. */
  readonly page?: number
  /** Of a DOCX: `document`, `header1`, `footnotes`, `comments`, `properties`. */
  readonly part?: string
  /** In that part, from 1. */
  readonly paragraph?: number
  /** Of a database. */
  readonly table?: string
  /** The key of its row, by column; `rowid` where it has none. */
  readonly row?: Readonly<Record<string, string>>
}

/** A text of such a file, with the name of its column, form field or property. */
export interface PlacedText {
  readonly text: string
  readonly field: string
  readonly place: Place
}

/** Told of what can't be read inside a file that can. */
export type Unread = (reason: string) => void

/** A place as a person writes it: `page 2, 4:17`, `header1, paragraph 3`, `customers.email, id 7`. */
export function placeText(
  place: Place,
  field: string | undefined,
  line: number | undefined,
  column: number | undefined,
): string {
  const parts: string[] = []
  if (place.table !== undefined) parts.push(field === undefined ? place.table : `${place.table}.${field}`)
  if (place.row)
    parts.push(
      Object.entries(place.row)
        .flatMap(each => each.join(' '))
        .join(' '),
    )
  if (place.page !== undefined) parts.push(place.page === 0 ? 'properties' : `page ${place.page}`)
  if (place.part !== undefined) parts.push(place.part)
  if (place.paragraph !== undefined) parts.push(`paragraph ${place.paragraph}`)
  if (line !== undefined && column !== undefined) parts.push(`${line}:${column}`)
  return parts.join(', ')
}

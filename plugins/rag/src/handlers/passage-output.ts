import type * as z from 'zod'
import {withoutAccess} from '../collection/access.ts'
import type {MetadataValue} from '../documents/document.ts'
import {commitOf, type Hit, type Passage} from '../index/passage.ts'
import type {Metadata, Passage as PassageSchema, RankedPassage} from '../operations/schemas.ts'

export function passageOut(passage: Passage): z.output<typeof PassageSchema> {
  return {
    id: passage.id,
    document_id: passage.documentId,
    source: passage.source,
    ...(passage.title === undefined ? {} : {title: passage.title}),
    headings: [...passage.headings],
    commit: commitOf(passage),
    page: passage.page ?? null,
    line_start: passage.lineStart,
    line_end: passage.lineEnd,
    start: passage.start,
    end: passage.end,
    language: passage.language,
    text: passage.text,
    metadata: metadataOut(passage.metadata),
  }
}

/** In words, that not everything is shown. */
export function describeWithheld(passages: number): string {
  return `${passages} passages are left out: they name a person who restricted that (GDPR, article 18) or objected to it`
}

export function hitOut(hit: Hit): z.output<typeof RankedPassage> {
  return {...passageOut(hit), score: hit.score}
}

export function metadataOut(metadata: Readonly<Record<string, MetadataValue>>): z.output<typeof Metadata> {
  return Object.fromEntries(
    Object.entries(withoutAccess(metadata)).map(([key, value]) => [
      key,
      typeof value === 'object' ? [...value] : value,
    ]),
  )
}

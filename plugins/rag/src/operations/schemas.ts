import * as z from 'zod'
import {rerankerNames} from '../reranking/reranker.ts'

export const CollectionName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, 'must be lower-case letters, digits, - and _, at most 63')

export const collectionField = CollectionName.default('default').describe('The collection of documents')

export const MetadataValue = z.union([z.string(), z.number(), z.boolean(), z.array(z.string())])

export const Metadata = z.record(z.string().min(1).max(200), MetadataValue)

/** One value, or several of which one has to match. */
export const lexicalField = z
  .boolean()
  .default(false)
  .describe('Search by words alone, also where the collection has vectors')

export const filterField = z
  .record(z.string().min(1).max(200), z.union([MetadataValue, z.array(z.string())]))
  .optional()
  .describe('Only passages whose metadata match, all of them; several values are alternatives')

export const rerankField = z
  .enum(rerankerNames)
  .optional()
  .describe('What orders the passages found; without it, what rag.reranker says')

export const Place = z.object({
  source: z.string().describe('Path relative to where the ingest began, or URL'),
  page: z.int().min(1).nullable().describe('From 1; null for documents without pages'),
  line_start: z.int().min(1).describe('First line, from 1'),
  line_end: z.int().min(1),
})

export const Passage = Place.extend({
  id: z.string(),
  document_id: z.string(),
  title: z.string().optional(),
  headings: z.array(z.string()).describe('The headings above it, outermost first'),
  text: z.string().describe('Verbatim'),
  start: z.int().min(0).describe('UTF-16 offset into the document’s text'),
  end: z.int().min(0),
  language: z.string().describe('ISO 639-1, or und'),
  metadata: Metadata,
})

export const RankedPassage = Passage.extend({
  score: z.number().describe('Higher is better; comparable within one answer'),
})

export const Citation = Place.extend({
  quote: z.string().describe('Verbatim from the document'),
  score: z.number(),
  passage_id: z.string(),
})

/** What a question is answered with. */
export const Answer = z.object({
  collection: z.string(),
  answered: z.boolean(),
  answer: z.string(),
  kind: z.enum(['extract', 'generated']),
  citations: z.array(Citation.extend({number: z.int().describe('How the answer’s text names it: [1]')})),
  confidence: z.number().describe('Estimated probability that the passages found answer the question'),
  threshold: z.number().describe('Below this confidence the documents count as silent; calibrated per collection'),
  nearest: Citation.nullable().describe('Where nothing answers: the sentence that came nearest'),
  dropped_citations: z.int().describe('Citations of the model whose quote is not in the passage it names'),
  unsupported: z.array(z.string()).describe('Sentences of a generated answer that no citation speaks for'),
  withdrawn: z.boolean().describe('The model answered, and nothing that it cited holds'),
  removed_links: z.int().describe('Links of the model that are in no passage'),
  truncated: z.boolean().describe('The model was cut off by its limit on tokens'),
  context: z.array(RankedPassage).nullable().describe('The passages read for the answer, where they are asked for'),
  model: z.string().nullable().describe('Provider and model that wrote the answer; null for an extract'),
})

export const DocumentSummary = z.object({
  source: z.string(),
  document_id: z.string(),
  title: z.string().nullable(),
  media_type: z.string(),
  language: z.string(),
  bytes: z.int(),
  chunks: z.int(),
  content_hash: z.string().describe('SHA-256 of the raw content'),
  state: z.enum(['indexed', 'pending']).describe('pending: an ingest was interrupted; the next one finishes it'),
  metadata: Metadata,
  ingested_at: z.iso.datetime(),
})

export const fingerprint = z
  .string()
  .max(200)
  .default('')
  .describe('What else than the content decides whether a document has to be ingested again; compared as it is')

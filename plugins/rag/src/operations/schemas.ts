import * as z from 'zod'
import type {VectorDatabase} from '../stores/vector-database.ts'

export const CollectionName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, 'must be lower-case letters, digits, - and _, at most 63')

export const collectionField = CollectionName.default('default').describe('The collection of documents')

export const vectorDatabaseField = z.enum([
  'lancedb',
  'faiss',
  'pgvector',
  'pinecone',
  'weaviate',
] satisfies VectorDatabase[])

export const MetadataValue = z.union([z.string(), z.number(), z.boolean(), z.array(z.string())])

export const Metadata = z
  .record(z.string().min(1).max(200), MetadataValue)
  .describe('What is known of a document beside its text, by name')

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
  .enum(['none', 'linear', 'cohere', 'llm'])
  .optional()
  .describe('What orders the passages found; without it, what rag.reranker says')

const PlacedEvidence = z.object({
  source: z.string().min(1).describe('A document as it was ingested, or the end of its path'),
  page: z.int().min(1).optional().describe('From 1'),
  quote: z.string().optional().describe('Words that stand there'),
})

export const JudgedQuestion = z
  .object({
    id: z.string().min(1).max(200).describe('Its name among the others'),
    question: z.string().trim().min(1).max(10_000).describe('As a person would ask it'),
    answers: z.array(z.string()).default([]).describe('Any of them will do'),
    answerable: z.boolean().default(true).describe('False where it must be refused'),
    evidence: z.array(PlacedEvidence).default([]).describe('Where the answer stands'),
  })
  .meta({id: 'JudgedQuestion', description: 'A question with what is right for it'})

const Place = z.object({
  source: z.string().describe('Path relative to where the ingest began, or URL'),
  page: z.int().min(1).nullable().describe('From 1; null for documents without pages'),
  line_start: z.int().min(1).describe('First line, from 1'),
  line_end: z.int().min(1).describe('Last line'),
  commit: z.string().nullable().describe('The commit at which it was read; null for what is in no Git repository'),
})

const passageFields = Place.extend({
  id: z.string().describe('Stays the same as long as its text does'),
  document_id: z.string().describe('The id of its document'),
  title: z.string().optional().describe('The title of its document'),
  headings: z.array(z.string()).describe('The headings above it, outermost first'),
  text: z.string().describe('Verbatim'),
  start: z.int().min(0).describe('UTF-16 offset into the document’s text'),
  end: z.int().min(0).describe('Exclusive'),
  language: z.string().describe('ISO 639-1, or und'),
  metadata: Metadata,
})

export const Passage = passageFields.meta({
  id: 'Passage',
  description: 'A piece of a document, verbatim, with its place',
})

export const RankedPassage = passageFields
  .extend({score: z.number().describe('Higher is better; comparable within one answer')})
  .meta({id: 'RankedPassage', description: 'A passage that was found'})

const citationFields = Place.extend({
  quote: z.string().describe('Verbatim from the document'),
  score: z.number().describe('Higher is better; comparable within one answer'),
  passage_id: z.string().describe('The passage that holds the quote'),
})

export const Citation = citationFields.meta({id: 'Citation', description: 'A quote with its place'})

export const NumberedCitation = citationFields
  .extend({number: z.int().describe('How the answer’s text names it: [1]')})
  .meta({id: 'NumberedCitation', description: 'A quote that an answer refers to'})

/** What a question is answered with. */
export const Answer = z.object({
  collection: z.string().describe('The collection that was asked'),
  answered: z.boolean().describe('The documents contain an answer'),
  answer: z.string().describe('With [1], [2] … for its citations'),
  kind: z.enum(['extract', 'generated']).describe('Quoted from the documents, or written by a language model'),
  citations: z.array(NumberedCitation).describe('What the answer rests on'),
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

export const DocumentSummary = z
  .object({
    source: z.string().describe('Path relative to where the ingest began, or URL'),
    document_id: z.string().describe('Follows from tenant, collection and source'),
    title: z.string().nullable().describe('As the document itself says it'),
    media_type: z.string().describe('Such as text/markdown'),
    language: z.string().describe('ISO 639-1, or und'),
    bytes: z.int().describe('Size of the raw content'),
    chunks: z.int().describe('How many passages it has'),
    content_hash: z.string().describe('SHA-256 of the raw content'),
    state: z.enum(['indexed', 'pending']).describe('pending: an ingest was interrupted; the next one finishes it'),
    metadata: Metadata,
    ingested_at: z.iso.datetime().describe('When it was last read'),
    acl: z
      .array(z.string())
      .nullable()
      .describe('Who may see it; null where the caller, who may not write documents, is not to know'),
    retain_until: z.iso.datetime().nullable().describe('From when it may be removed as expired; null for no end'),
    holds: z
      .array(
        z.object({
          reason: z.string(),
          by: z.string().describe('Who put it under the hold'),
          at: z.iso.datetime().describe('When'),
        }),
      )
      .describe('The legal holds under which it must stay as it is'),
  })
  .meta({id: 'DocumentSummary', description: 'A document of a collection, without its text'})

export const fingerprint = z
  .string()
  .max(200)
  .default('')
  .describe('What else than the content decides whether a document has to be ingested again; compared as it is')

export const AccessEntry = z
  .string()
  .regex(/^(?:public|(?:group|user):[^\s\p{Cc}]{1,200})$/u, 'must be group:NAME, user:NAME or public')

export const sourcesField = z.array(z.string().min(1)).min(1).max(10_000).describe('Sources or ids of the documents')

export const HoldReason = z
  .string()
  .trim()
  .min(1)
  .max(500)
  .regex(/^[ -~\u00a0-\uffff]+$/, 'must be one line')

export const RetainUntil = z.string().min(1).max(40)

export const HeldDocument = z
  .object({source: z.string(), reasons: z.array(z.string())})
  .meta({id: 'HeldDocument', description: 'A document under legal hold'})

import type * as z from 'zod'
import type {Citation} from '../answers/answer.ts'
import type {GroundedAnswer} from '../collection/answering.ts'
import type {Answer} from '../operations/schemas.ts'
import {hitOut} from './passage-output.ts'

export interface AnswerOutputOptions {
  readonly collection: string
  readonly showContext: boolean
}

export function answerOut(
  answer: GroundedAnswer,
  {collection, showContext}: AnswerOutputOptions,
): z.output<typeof Answer> {
  const generated = answer.kind === 'generated' ? answer : undefined
  const nearest = answer.kind === 'extract' ? answer.nearest : undefined
  return {
    collection,
    answered: answer.answered,
    answer: answer.answered ? answer.answer : generated?.withdrawn ? withdrawn(collection) : unanswered(collection),
    kind: answer.kind,
    citations: answer.citations.map((citation, index) => ({
      ...citationOut(citation),
      number: citation.number ?? index + 1,
    })),
    confidence: answer.confidence,
    threshold: answer.threshold,
    nearest: nearest ? citationOut(nearest) : null,
    unsupported: [...(generated?.unsupported ?? [])],
    withdrawn: generated?.withdrawn ?? false,
    removed_links: generated?.removed_links ?? 0,
    truncated: generated?.truncated ?? false,
    dropped_citations: generated?.dropped_citations ?? 0,
    context: showContext ? answer.hits.map(hitOut) : null,
    model: generated ? `${generated.provider} ${generated.model}` : null,
  }
}

function unanswered(collection: string): string {
  return `The documents in "${collection}" do not contain an answer to this question.`
}

function withdrawn(collection: string): string {
  return `The language model wrote an answer, and nothing that it cited is in the documents in "${collection}".`
}

function citationOut(citation: Citation) {
  const {source, commit, page, line_start, line_end, quote, score, passage_id} = citation
  return {source, commit, page, line_start, line_end, quote, score, passage_id}
}

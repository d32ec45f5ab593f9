import type {CallOutcome, Commitment, Requirements, RoutedCall} from '../routing/routed-call.ts'
import type {CompletionWarning} from '../model/completion-event.ts'
import {InvalidRequestError} from './request-error.ts'
import {warningHeader} from './warning-header.ts'

type Header = (name: string) => string | undefined

/** What the headers of a request ask of the router, which no vendor's API has a parameter for. */
export type CallWishes = Pick<RoutedCall, 'cache' | 'subject' | 'requirements'>

const dollars = /^(\d{1,9})(?:\.(\d{1,9}))?$/

/**
 * Reads `x-omni-cache` (`use`, `refresh`, `off`), `x-omni-region`, `x-omni-max-cost` (US dollars) and `x-omni-subject`.
 * @throws InvalidRequestError
 */
export function wishesIn(header: Header): CallWishes {
  const cache = header('x-omni-cache')
  const residency = header('x-omni-region')
  const most = header('x-omni-max-cost')
  const subject = header('x-omni-subject')
  if (cache !== undefined && cache !== 'use' && cache !== 'refresh' && cache !== 'off') {
    throw new InvalidRequestError('x-omni-cache must be use, refresh or off', 'x-omni-cache')
  }
  const requirements: Requirements = {
    ...(residency === undefined ? {} : {residency}),
    ...(most === undefined ? {} : {maxCostNanoUsd: nanoOf(most)}),
  }
  if (subject !== undefined && subject.length > 200) {
    throw new InvalidRequestError('x-omni-subject is longer than 200 characters', 'x-omni-subject')
  }
  return {
    ...(cache === undefined ? {} : {cache}),
    ...(subject === undefined ? {} : {subject}),
    ...(residency === undefined && most === undefined ? {} : {requirements}),
  }
}

/** What clients of the vendors may say in headers, and why it comes to nothing here. */
const unheeded: Readonly<Record<string, string>> = {
  'anthropic-beta': 'is not passed on: other providers may answer',
  'openai-beta': 'is not passed on: other providers may answer',
  'openai-organization': 'the deployment decides',
  'openai-project': 'the deployment decides',
  'idempotency-key': 'is not heeded: the same request is another call',
}

/** A warning for each header that asks for what is not done. */
export function unheededHeaders(header: Header): CompletionWarning[] {
  return Object.entries(unheeded)
    .filter(([name]) => header(name) !== undefined)
    .map(([parameter, message]) => ({parameter, message}))
}

function nanoOf(text: string): bigint {
  const parts = dollars.exec(text)
  if (parts === null) throw new InvalidRequestError('x-omni-max-cost must be US dollars, as 0.05', 'x-omni-max-cost')
  const [, whole = '0', fraction = ''] = parts
  return BigInt(whole) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0'))
}

/** Dollars with the nine digits of a nano-dollar; `unpriced` where no price is known, which is not 0. */
export function costText(nano: bigint | null): string {
  if (nano === null) return 'unpriced'
  const digits = nano.toString().padStart(10, '0')
  return `${digits.slice(0, -9)}.${digits.slice(-9)}`
}

/** Headers of an answer that has ended. */
export function outcomeHeaders(outcome: CallOutcome): Record<string, string> {
  return {
    'x-omni-request-id': outcome.requestId,
    ...(outcome.deployment === null ? {} : {'x-omni-deployment': headerText(outcome.deployment)}),
    'x-omni-attempts': String(outcome.attempts.length),
    'x-omni-cache': outcome.cache,
    'x-omni-cost': costText(outcome.costNanoUsd),
    'x-omni-overhead-ms': outcome.overheadMs.toFixed(1),
  }
}

/** Headers of an answer that begins: what it costs is known when it has ended. */
export function commitmentHeaders(commitment: Commitment): Record<string, string> {
  return {
    'x-omni-request-id': commitment.requestId,
    'x-omni-deployment': headerText(commitment.deployment),
    'x-omni-attempts': String(commitment.attempts),
    'x-omni-cache': commitment.cache,
  }
}

/** The rest of it, as a comment of the stream: every client skips those, and trailers reach hardly any. */
export function outcomeComment(outcome: CallOutcome): string {
  const {requestId, costNanoUsd, overheadMs} = outcome
  return `: x-omni-request-id=${requestId} x-omni-cost=${costText(costNanoUsd)} x-omni-overhead-ms=${overheadMs.toFixed(1)}\n\n`
}

export function warningHeaders(warnings: readonly CompletionWarning[]): Record<string, string> {
  const text = warningHeader(warnings)
  return text === undefined ? {} : {'x-omni-warnings': text}
}

/** A deployment's name is the operator's choice; a header is printable ASCII. */
function headerText(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '?')
}

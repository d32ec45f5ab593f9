import {createHash} from 'node:crypto'
import {instructionsText, withBreakpoints} from '../model/cache-breakpoints.ts'
import type {CompletionRequest} from '../model/completion-request.ts'
import type {Deployment} from '../routing/deployment.ts'

/** The same model and the same request, to the last parameter that bears on the answer, give the same key. */
export function answerKey(
  {provider, model}: Pick<Deployment, 'provider' | 'model'>,
  request: CompletionRequest,
): string {
  return digest({provider, model, request: askedFor(request)})
}

/** The same in all but the last message. */
export function answerPartition(
  {provider, model}: Pick<Deployment, 'provider' | 'model'>,
  request: CompletionRequest,
): string {
  const {messages, ...rest} = askedFor(request)
  return digest({provider, model, rest, before: messages.slice(0, -1), role: messages.at(-1)?.role ?? ''})
}

/** The request without what it says of the provider's own cache, which never changes an answer. */
function askedFor(request: CompletionRequest): CompletionRequest {
  const {promptCacheKey: _key, promptCacheRetention: _retention, promptCacheOptions: _options, ...asked} = request
  const {system, ...rest} = withBreakpoints(asked, () => undefined)
  const instructions = instructionsText(system)
  return instructions === undefined ? rest : {...rest, system: instructions}
}

function digest(value: unknown): string {
  return createHash('sha256').update(canonical(value)).digest('hex')
}

/** JSON whose objects have their keys in order; bytes stand by their digest. */
function canonical(value: unknown): string {
  if (value instanceof Uint8Array) return `"sha256:${createHash('sha256').update(value).digest('hex')}"`
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const entries = Object.entries(value).filter(([, each]) => each !== undefined)
  const sorted = entries.toSorted(([left], [right]) => (left < right ? -1 : 1))
  return `{${sorted.map(([name, each]) => `${JSON.stringify(name)}:${canonical(each)}`).join(',')}}`
}

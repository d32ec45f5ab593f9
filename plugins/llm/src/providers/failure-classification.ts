import {redacted, retryAfterOf} from '@omni-ops/core/llm'
import {ProxyError} from '@omni-ops/core/net'
import {InvalidInputError} from '@omni-ops/core/operation'
import {type FailureClass, ProviderFailure} from '../model/provider-failure.ts'

/** What a provider answered instead of a completion. */
export interface ErrorAnswer {
  /** Of the HTTP answer; null for an error that came inside a stream that had begun well. */
  readonly status: number | null
  readonly headers: {get(name: string): string | null | undefined}
  /** As text, usually JSON. */
  readonly body: string
}

export interface FailureSource {
  readonly provider: string
  /** Texts that no message may show. */
  readonly secrets: readonly string[]
  readonly now: () => Date
}

/** The parts of a provider's error that say what it means. */
interface StatedError {
  readonly message: string
  /** `type`, `code`, `status`, `reason` and the like, in lower case. */
  readonly codes: ReadonlySet<string>
  /** HTTP status that the body names. */
  readonly status: number | null
  /** Milliseconds of Google's RetryInfo. */
  readonly retryDelay: number | null
}

/**
 * Which class the codes of the providers belong to. Sources: https://platform.openai.com/docs/guides/error-codes,
 * https://docs.claude.com/en/api/errors and the error details in Anthropic's SDK,
 * https://ai.google.dev/gemini-api/docs/troubleshooting, google.rpc.ErrorInfo (API_KEY_INVALID, BILLING_DISABLED),
 * https://docs.cohere.com/reference/errors, https://elevenlabs.io/docs/developers/resources/error-messages,
 * https://platform.stability.ai/docs/api-reference, the exceptions of Bedrock's ConverseStream,
 * https://learn.microsoft.com/azure/ai-services/openai/concepts/content-filter, and llama.cpp's server.
 */
const CLASS_OF_CODE: Readonly<Record<string, FailureClass>> = {
  insufficient_quota: 'billing',
  billing_hard_limit_reached: 'billing',
  billing_not_active: 'billing',
  billing_error: 'billing',
  billing_disabled: 'billing',
  credit_balance_exhausted: 'billing',
  credit_balance_too_low: 'billing',
  spend_limit_reached: 'billing',
  contract_spend_limit_reached: 'billing',
  enforced_spend_limit_reached: 'billing',
  quota_exceeded: 'billing',
  linked_organization_spend_limit_reached: 'billing',
  linked_organization_billing_unavailable: 'billing',
  context_length_exceeded: 'context',
  string_above_max_length: 'context',
  request_too_large: 'context',
  exceed_context_size_error: 'context',
  content_filter: 'content',
  content_moderation: 'content',
  moderation_blocked: 'content',
  content_policy_violation: 'content',
  responsibleaipolicyviolation: 'content',
  invalid_prompt: 'content',
  authentication_error: 'auth',
  permission_error: 'auth',
  permission_denied: 'auth',
  unauthenticated: 'auth',
  invalid_api_key: 'auth',
  api_key_invalid: 'auth',
  accessdeniedexception: 'auth',
  unrecognizedclientexception: 'auth',
  expiredtokenexception: 'auth',
  invalidsignatureexception: 'auth',
  overloaded_error: 'overload',
  server_overloaded: 'overload',
  engine_overloaded: 'overload',
  nocapacity: 'overload',
  unavailable: 'overload',
  serviceunavailableexception: 'overload',
  modelnotreadyexception: 'overload',
  rate_limit_error: 'rate',
  rate_limit_exceeded: 'rate',
  resource_exhausted: 'rate',
  throttlingexception: 'rate',
  servicequotaexceededexception: 'rate',
  not_found_error: 'client',
  invalid_request_error: 'client',
  invalid_argument: 'client',
  validationexception: 'client',
  resourcenotfoundexception: 'client',
  server_error: 'transient',
  api_error: 'transient',
  timeout_error: 'transient',
  internal: 'transient',
  internalserverexception: 'transient',
  modelerrorexception: 'transient',
  modelstreamerrorexception: 'transient',
  modeltimeoutexception: 'transient',
}

/** Where the codes of one error disagree, the first of these holds. */
const PRECEDENCE: readonly FailureClass[] = ['billing', 'context', 'content', 'auth', 'overload', 'rate']

/** Providers without a code for it say it in words, which are in their documents or their open source. */
const BILLING_WORDS =
  /credit balance is too low|reached your specified (?:workspace )?api usage limits|prepa(?:id|yment) credits? (?:is|are) depleted|enable billing|payment instrument|trial key.{0,80}(?:month|limited to)/i
const CONTEXT_WORDS =
  /maximum context length|prompt is too long|exceed context limit|input token count.{0,40}exceeds|too many tokens: |input is too long|request too large for|exceeds? (?:the )?(?:available |model'?s? )?(?:maximum )?context (?:size|length|window|limit)|too large for (?:the )?(?:model'?s? )?context/i
const CONTENT_WORDS =
  /blocked by (?:our )?content (?:filter|management)|content filtering policy|violat\w+ .{0,40}usage polic/i
const OVERLOAD_WORDS = /overloaded|server busy|no capacity/i

/** Error bodies are read and kept no further than this, in bytes. */
export const LONGEST_ERROR_BODY = 64 * 1024

/** The failure that an error answer means. */
export function failureOfAnswer(answer: ErrorAnswer, source: FailureSource): ProviderFailure {
  const stated = statedError(answer.body, answer.headers.get('x-amzn-errortype'))
  const status = answer.status ?? stated.status
  const failureClass = classOf(status, stated)
  return new ProviderFailure({
    class: failureClass,
    status,
    retryAfter: retryAfterOf(answer.headers, source.now()) ?? stated.retryDelay,
    shouldRetry: shouldRetryOf(answer.headers),
    mayHaveRun: answer.status === null || mayHaveRun(status),
    message: messageOf(status, failureClass, stated.message, source),
  })
}

/** The failure that an error means which came inside an answer that had begun well, with HTTP 200. */
export function failureInside(body: unknown, source: FailureSource): ProviderFailure {
  return failureOfAnswer({status: null, headers: new Headers(), body: JSON.stringify(body)}, source)
}

/** The name was not found, the socket did not open, or its certificate was refused: the provider has seen nothing. */
function wasNeverSent(error: NodeJS.ErrnoException): boolean {
  return (
    error.syscall === 'connect' ||
    error.syscall === 'getaddrinfo' ||
    /CERT|SELF_SIGNED|UNABLE_TO_VERIFY/.test(error.code ?? '')
  )
}

/**
 * The failure of a connection, or of an answer that is not what the protocol says; undefined for what is no fault of
 * the provider but a mistake in the program.
 */
export function failureOfError(error: unknown, source: FailureSource): ProviderFailure | undefined {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 6; cause = cause.cause, depth++) {
    if (cause instanceof ProviderFailure) return cause
    // What is set wrong here is no fault of the provider's, nor better the next time.
    if (cause instanceof InvalidInputError) return undefined
    if (cause instanceof ProxyError) return failureOfProxy(cause, source)
    if (cause instanceof SyntaxError) return brokenAnswer('an answer that is not valid JSON', source)
    if ('code' in cause && typeof cause.code === 'string' && !cause.code.startsWith('ERR_INVALID')) {
      const told = cause.message.includes(cause.code) ? cause.message : `${cause.message} (${cause.code})`
      const failure = networkFailure(told, !wasNeverSent(cause as NodeJS.ErrnoException), source)
      return distrust.test(cause.code) ? new ProviderFailure({...failure.facts, hint: extraAuthority}) : failure
    }
  }
  if (!(error instanceof Error)) return undefined
  if (error instanceof TypeError && error.cause === undefined && error.message !== 'terminated') return undefined
  if (error instanceof ReferenceError || error instanceof RangeError) return undefined
  return networkFailure(deepestMessage(error), true, source)
}

/** No issuer of the certificate is known, as where a company's proxy puts its own in the place of the host's. */
const distrust = /SELF_SIGNED|UNABLE_TO_(?:VERIFY|GET_ISSUER)/
const extraAuthority =
  'if a proxy of your network inspects TLS, set NODE_EXTRA_CA_CERTS to a PEM file with its certificate (docs/network.md)'

/** A proxy that refuses does so again; one that is away may come back. The provider has seen nothing of the request. */
function failureOfProxy({message, status, hint}: ProxyError, source: FailureSource): ProviderFailure {
  const isRefusal = status === 407 || status === 403
  const failure = networkFailure(message, false, source)
  return new ProviderFailure({
    ...failure.facts,
    class: isRefusal ? 'auth' : 'transient',
    status,
    ...(hint === undefined ? {} : {hint}),
  })
}

/** The provider broke its own protocol: worth another try, though it may have been billed. */
export function brokenAnswer(what: string, source: FailureSource): ProviderFailure {
  return networkFailure(what, true, source)
}

/** The request asks for what this provider or model has no way to do. */
export function refusal(provider: string, what: string): ProviderFailure {
  return new ProviderFailure({
    class: 'client',
    status: null,
    retryAfter: null,
    shouldRetry: null,
    mayHaveRun: false,
    message: `${provider}: ${what}`,
  })
}

/** The provider answered well, but with a refusal of its filter and nothing else. */
export function blockedByFilter(what: string, source: FailureSource): ProviderFailure {
  return new ProviderFailure({
    class: 'content',
    status: 200,
    retryAfter: null,
    shouldRetry: null,
    mayHaveRun: true,
    message: redacted(`${source.provider} blocked the request: ${what}`, source.secrets),
  })
}

export function cancelled(mayHaveRun: boolean): ProviderFailure {
  return new ProviderFailure({
    class: 'cancelled',
    status: null,
    retryAfter: null,
    shouldRetry: null,
    mayHaveRun,
    message: 'cancelled',
  })
}

export function networkFailure(what: string, mayHaveRun: boolean, source: FailureSource): ProviderFailure {
  return new ProviderFailure({
    class: 'transient',
    status: null,
    retryAfter: null,
    shouldRetry: null,
    mayHaveRun,
    message: redacted(`${source.provider}: ${what}`, source.secrets),
  })
}

function classOf(status: number | null, stated: StatedError): FailureClass {
  const classes = new Set([...stated.codes].map(code => CLASS_OF_CODE[code]).filter(found => found !== undefined))
  const isServerError = status !== null && status >= 500
  if (status === 402 || classes.has('billing') || (!isServerError && BILLING_WORDS.test(stated.message))) {
    return 'billing'
  }
  if (status === 413 || classes.has('context') || (!isServerError && CONTEXT_WORDS.test(stated.message))) {
    return 'context'
  }
  if (classes.has('content') || (!isServerError && CONTENT_WORDS.test(stated.message))) return 'content'
  // A 429 about the provider's own load is not the caller's limit.
  if (status === 529 || status === 503 || classes.has('overload')) return 'overload'
  if (status === 429) return OVERLOAD_WORDS.test(stated.message) ? 'overload' : 'rate'
  if (status === 401 || status === 403 || classes.has('auth')) return 'auth'
  if (status === null || status === 200) return ofCodes(classes)
  // Timeouts, locks and requests that came too early pass by themselves; 424 is Bedrock's model failing.
  if (status === 408 || status === 409 || status === 424 || status === 425 || status === 499) return 'transient'
  // What a server does not implement is no better the next time.
  if (status === 501 || status === 505) return 'client'
  if (status >= 500) return 'transient'
  return classes.has('rate') ? 'rate' : 'client'
}

function ofCodes(classes: ReadonlySet<FailureClass>): FailureClass {
  return PRECEDENCE.find(candidate => classes.has(candidate)) ?? (classes.has('client') ? 'client' : 'transient')
}

/**
 * An answer, even a bad one, says that the work has ended. One of a server in between that gave up waiting does not: 504,
 * 408, 499 and Cloudflare's 524.
 */
function mayHaveRun(status: number | null): boolean {
  return status === 408 || status === 499 || status === 504 || status === 524
}

function shouldRetryOf(headers: ErrorAnswer['headers']): boolean | null {
  const value = headers.get('x-should-retry')
  if (value === 'true') return true
  return value === 'false' ? false : null
}

function messageOf(status: number | null, failureClass: FailureClass, said: string, source: FailureSource): string {
  const answered = status === null ? `${source.provider} sent an error` : `${source.provider} answered HTTP ${status}`
  // Messages about keys repeat parts of them.
  if (failureClass === 'auth' || said.trim() === '') return answered
  return redacted(`${answered}: ${said}`, source.secrets)
}

/**
 * Reads the error formats of all providers: they differ in names and nesting only.
 *
 * @param type Of the error, where a header holds it.
 */
function statedError(body: string, type: string | null | undefined): StatedError {
  const codes = new Set<string>(type ? [codeOf(type)] : [])
  const found = {message: '', status: null as number | null, retryDelay: null as number | null}
  const read = (value: unknown, depth: number): void => {
    if (typeof value !== 'object' || value === null || depth > 4) return
    if (Array.isArray(value)) {
      for (const entry of value.slice(0, 20)) read(entry, depth + 1)
      return
    }
    for (const [name, entry] of Object.entries(value)) {
      const key = name.toLowerCase()
      if (typeof entry === 'string') readText(key, entry)
      else if (key === 'code' && typeof entry === 'number') found.status ??= entry >= 400 && entry < 600 ? entry : null
      else if (NESTED.has(key)) read(entry, depth + 1)
    }
  }
  const readText = (key: string, text: string): void => {
    if (key === 'message' || key === 'error' || key === 'detail') found.message ||= text
    else if (key === 'retrydelay') found.retryDelay ??= secondsOf(text)
    else if (CODE_KEYS.has(key)) codes.add(codeOf(text))
    if (key === 'code' && /^[45]\d\d$/.test(text)) found.status ??= Number(text)
  }
  try {
    read(JSON.parse(body), 0)
  } catch {
    // Proxies answer in HTML or plain text.
    found.message = body
  }
  return {...found, codes}
}

const NESTED = new Set(['error', 'detail', 'details', 'innererror', 'inner_error', 'metadata'])
const CODE_KEYS = new Set(['type', '__type', 'code', 'status', 'reason', 'error_code', 'error_type', 'name'])

/** `com.amazonaws…#ThrottlingException:http://…` is `throttlingexception`. */
function codeOf(text: string): string {
  return text.replace(/^.*#/, '').replace(/:.*$/, '').toLowerCase()
}

/** A google.protobuf.Duration in JSON, `34.07s`, in milliseconds. */
function secondsOf(text: string): number | null {
  const seconds = /^(\d+(?:\.\d+)?)s$/.exec(text)?.[1]
  return seconds === undefined ? null : Math.round(Number(seconds) * 1000)
}

function deepestMessage(error: Error): string {
  return error.cause instanceof Error ? deepestMessage(error.cause) : error.message
}

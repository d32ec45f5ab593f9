import type {
  BedrockRuntimeClient,
  ContentBlockDelta,
  ContentBlockStartEvent,
  ConverseResponse,
  ConverseStreamOutput,
  TokenUsage,
} from '@aws-sdk/client-bedrock-runtime'
import {proxiedAgents, type ProxyError, proxyFailure, proxyOf} from '@omni-ops/core/net'
import type {CompletionEvent, CompletionUsage, CompletionWarning} from '../model/completion-event.ts'
import type {CompletionRequest} from '../model/completion-request.ts'
import type {ProviderAdapter} from '../model/provider-adapter.ts'
import type {ProviderFailure} from '../model/provider-failure.ts'
import {converseRequest} from './bedrock-request.ts'
import type {Exchange} from './exchange.ts'
import {brokenAnswer, failureOfAnswer} from './failure-classification.ts'
import {guardedCompletion} from './guarded-completion.ts'
import {
  endedThought,
  endedTool,
  finishReasonOf,
  messagesUsage,
  type SignedThought,
  wholeText,
  wholeThought,
  wholeTool,
} from './messages-answer.ts'
import {defined} from './request-parameters.ts'
import {toolCallId} from './tool-call-ids.ts'

/** Either a key pair, which signs every request, or one of Bedrock's own API keys. */
export type BedrockCredentials =
  | {readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string | undefined}
  | {readonly apiKey: string}

export interface BedrockOptions {
  /** A model's id, or that of an inference profile. */
  readonly model: string
  readonly region: string
  readonly credentials: BedrockCredentials
  /** Another endpoint, such as one within a private network. */
  readonly baseUrl?: string | undefined
  readonly newId: () => string
  readonly now: () => Date
}

/**
 * Models at Amazon Bedrock, by Converse and ConverseStream
 * (https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html).
 */
export function bedrock(options: BedrockOptions): ProviderAdapter {
  const {model, credentials, now} = options
  const secrets =
    'apiKey' in credentials
      ? [credentials.apiKey]
      : [credentials.secretAccessKey, credentials.sessionToken ?? '', credentials.accessKeyId]
  const source = {provider: 'bedrock', secrets, now}
  let client: Promise<BedrockRuntimeClient> | undefined
  return {
    provider: 'bedrock',
    model,
    complete: (request, call) =>
      guardedCompletion(source, call, async function* (exchange) {
        // One for all calls: it keeps the connections.
        client ??= openClient(options)
        yield* converse(await client, options, request, exchange)
      }),
  }
}

async function* converse(
  client: BedrockRuntimeClient,
  options: BedrockOptions,
  request: CompletionRequest,
  exchange: Exchange,
): AsyncGenerator<CompletionEvent> {
  const {ConverseCommand, ConverseStreamCommand} = await import('@aws-sdk/client-bedrock-runtime')
  const {body, warnings} = converseRequest(options.model, request)
  const settings = {abortSignal: exchange.signal}
  exchange.sent()
  // Its client does not tell when it has a connection.
  exchange.connected()
  try {
    if (!exchange.call.stream) {
      yield* wholeAnswer(await client.send(new ConverseCommand(body), settings), warnings, options, exchange)
      return
    }
    const {stream} = await client.send(new ConverseStreamCommand(body), settings)
    exchange.accepted()
    if (!stream) throw brokenAnswer('an answer without a body', exchange.source)
    yield* streamedAnswer(stream, warnings, options, exchange)
  } catch (error) {
    throw failureOfProxy(error, options) ?? failureOfException(error, exchange) ?? error
  }
}

function failureOfProxy(error: unknown, options: BedrockOptions): ProxyError | undefined {
  const endpoint = new URL(endpointOf(options))
  const proxy = proxyOf(endpoint)
  return proxy && proxyFailure(proxy, endpoint.host, error)
}

async function openClient(options: BedrockOptions): Promise<BedrockRuntimeClient> {
  const {region, credentials} = options
  const endpoint = endpointOf(options)
  const [{BedrockRuntimeClient}, {NodeHttpHandler}] = await Promise.all([
    import('@aws-sdk/client-bedrock-runtime'),
    import('@smithy/node-http-handler'),
  ])
  // Everything the SDK would read from the environment or from files in the home directory is said here.
  return new BedrockRuntimeClient({
    region,
    ...('apiKey' in credentials
      ? {token: {token: credentials.apiKey}, authSchemePreference: ['httpBearerAuth']}
      : {credentials: defined({...credentials}), authSchemePreference: ['sigv4']}),
    endpoint,
    requestHandler: new NodeHttpHandler({requestTimeout: 0, ...proxiedAgents(new URL(endpoint))}),
    maxAttempts: 1,
    retryMode: 'standard',
    defaultsMode: 'standard',
    useDualstackEndpoint: false,
    useFipsEndpoint: false,
    userAgentAppId: 'omni',
  })
}

/** https://docs.aws.amazon.com/general/latest/gr/bedrock.html; China is a partition of its own. */
function endpointOf({baseUrl, region}: Pick<BedrockOptions, 'baseUrl' | 'region'>): string {
  if (baseUrl !== undefined) return baseUrl
  return `https://bedrock-runtime.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`
}

function* wholeAnswer(
  answer: ConverseResponse,
  warnings: readonly CompletionWarning[],
  {model, newId}: BedrockOptions,
  exchange: Exchange,
): Generator<CompletionEvent> {
  if (!answer.stopReason) throw brokenAnswer('an answer without a stop reason', exchange.source)
  yield {type: 'start', model, warnings}
  for (const [index, block] of (answer.output?.message?.content ?? []).entries()) {
    if (block.text !== undefined) yield* wholeText(index, block.text)
    if (block.reasoningContent) {
      const {reasoningText, redactedContent} = block.reasoningContent
      const data = signedThought(reasoningText?.signature, redactedContent)
      yield* wholeThought('bedrock', index, {text: reasoningText?.text, data})
    }
    if (block.toolUse) yield* wholeTool(newId, block.toolUse.name ?? '', block.toolUse.input ?? {})
  }
  const {stopReason: raw} = answer
  yield {type: 'finish', reason: {unified: finishReasonOf(raw), raw}, usage: usageOf(answer.usage)}
}

function signedThought(signature: string | undefined, redacted: Uint8Array | undefined): SignedThought | undefined {
  if (redacted && redacted.length > 0) return {redacted: Buffer.from(redacted).toString('base64')}
  return signature ? {signature} : undefined
}

type Block =
  | {readonly kind: 'text'; readonly id: string}
  | {readonly kind: 'tool'; readonly id: string; hasInput: boolean}
  | {readonly kind: 'reasoning'; readonly id: string; signature: string; redacted: Uint8Array[]}

async function* streamedAnswer(
  stream: AsyncIterable<ConverseStreamOutput>,
  warnings: readonly CompletionWarning[],
  {model, newId}: BedrockOptions,
  exchange: Exchange,
): AsyncGenerator<CompletionEvent> {
  const blocks = new Map<number, Block>()
  let reason: string | undefined
  let usage: TokenUsage | undefined
  for await (const event of stream) {
    exchange.alive()
    const fault =
      event.internalServerException ??
      event.modelStreamErrorException ??
      event.serviceUnavailableException ??
      event.throttlingException ??
      event.validationException
    if (fault) throw fault
    if (event.messageStart) yield {type: 'start', model, warnings}
    if (event.contentBlockStart) yield* started(blocks, event.contentBlockStart, newId)
    if (event.contentBlockDelta?.delta) {
      yield* pieceOf(blocks, event.contentBlockDelta.contentBlockIndex ?? 0, event.contentBlockDelta.delta)
    }
    if (event.contentBlockStop) {
      const index = event.contentBlockStop.contentBlockIndex ?? 0
      const block = blocks.get(index)
      blocks.delete(index)
      if (block) yield* closed(block)
    }
    if (event.messageStop) reason = event.messageStop.stopReason
    if (event.metadata) usage = event.metadata.usage
  }
  if (reason !== undefined)
    yield {type: 'finish', reason: {unified: finishReasonOf(reason), raw: reason}, usage: usageOf(usage)}
}

/** Only tools announce a block; text and thoughts begin with their first piece. */
function* started(
  blocks: Map<number, Block>,
  {contentBlockIndex = 0, start}: ContentBlockStartEvent,
  newId: () => string,
): Generator<CompletionEvent> {
  if (!start?.toolUse) return
  const id = toolCallId(newId)
  blocks.set(contentBlockIndex, {kind: 'tool', id, hasInput: false})
  yield {type: 'tool-input-start', id, name: start.toolUse.name ?? ''}
}

function* pieceOf(blocks: Map<number, Block>, index: number, delta: ContentBlockDelta): Generator<CompletionEvent> {
  if (delta.toolUse) {
    const block = blocks.get(index)
    if (block?.kind !== 'tool' || !delta.toolUse.input) return
    block.hasInput = true
    yield {type: 'tool-input-delta', id: block.id, text: delta.toolUse.input}
    return
  }
  if (delta.text !== undefined) {
    const id = `text-${index}`
    if (!blocks.has(index)) {
      blocks.set(index, {kind: 'text', id})
      yield {type: 'text-start', id}
    }
    if (delta.text !== '') yield {type: 'text-delta', id, text: delta.text}
    return
  }
  if (delta.reasoningContent) yield* thoughtPiece(blocks, index, delta.reasoningContent)
}

function* thoughtPiece(
  blocks: Map<number, Block>,
  index: number,
  {text, signature, redactedContent}: NonNullable<ContentBlockDelta['reasoningContent']>,
): Generator<CompletionEvent> {
  let block = blocks.get(index)
  if (!block) {
    block = {kind: 'reasoning', id: `reasoning-${index}`, signature: '', redacted: []}
    blocks.set(index, block)
    yield {type: 'reasoning-start', id: block.id}
  }
  if (block.kind !== 'reasoning') return
  if (text) yield {type: 'reasoning-delta', id: block.id, text}
  if (signature) block.signature += signature
  if (redactedContent) block.redacted.push(redactedContent)
}

function* closed(block: Block): Generator<CompletionEvent> {
  const {id} = block
  if (block.kind === 'text') yield {type: 'text-end', id}
  else if (block.kind === 'tool') yield* endedTool(id, block.hasInput)
  else {
    const {signature, redacted} = block
    const data = signedThought(signature, redacted.length === 0 ? undefined : Buffer.concat(redacted))
    yield endedThought('bedrock', id, data)
  }
}

interface ServiceError extends Error {
  readonly $metadata?: {readonly httpStatusCode?: number}
  readonly $response?: {readonly statusCode?: number; readonly headers?: Readonly<Record<string, string>>}
}

/**
 * The SDK's exceptions are named after the service's; those inside a stream have no HTTP answer, and what a proxy
 * answers in HTML makes an error of another kind, which holds the answer all the same.
 */
function failureOfException(error: unknown, exchange: Exchange): ProviderFailure | undefined {
  if (!(error instanceof Error) || !('$metadata' in error || '$response' in error)) return undefined
  const {$metadata, $response, name, message} = error as ServiceError
  const code = $metadata?.httpStatusCode ?? $response?.statusCode
  const status = code === undefined || code < 400 ? null : code
  if (status === null && !('$fault' in error)) return undefined
  return failureOfAnswer(
    {
      status,
      headers: {get: header => $response?.headers?.[header]},
      body: '$fault' in error ? JSON.stringify({__type: name, message}) : '',
    },
    exchange.source,
  )
}

function usageOf(usage: TokenUsage | undefined): CompletionUsage {
  const {cacheDetails: written} = usage ?? {}
  return messagesUsage({
    input: usage?.inputTokens,
    cacheRead: usage?.cacheReadInputTokens,
    cacheWrite: usage?.cacheWriteInputTokens,
    cacheWriteHour: written && (written.find(({ttl}) => ttl === '1h')?.inputTokens ?? 0),
    output: {total: usage?.outputTokens ?? null, text: null, reasoning: null},
    raw: usage,
  })
}

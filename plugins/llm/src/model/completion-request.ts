/**
 * The end of what a provider shall keep of a prompt, so that a later prompt which begins alike costs less: the part that
 * has it, and all before it. It does not change what is answered.
 */
export interface CacheBreakpoint {
  /** How long at the least from its last use; as the provider does without it. */
  readonly ttl?: '5m' | '1h'
}

/** Text of a message, or of the instructions. */
export interface TextPart {
  readonly type: 'text'
  readonly text: string
  readonly cacheBreakpoint?: CacheBreakpoint
}

/** A picture, already read and checked: nobody but the router fetches a URL. */
export interface ImagePart {
  readonly type: 'image'
  readonly mediaType: 'image/png' | 'image/jpeg' | 'image/webp' | 'image/gif'
  readonly bytes: Uint8Array
  /** How closely it is looked at; as the provider does without it. */
  readonly detail?: 'low' | 'high' | 'original' | 'auto'
  readonly cacheBreakpoint?: CacheBreakpoint
}

/** What a model thought before it answered, to be given back to the provider that signed it and to no other. */
export interface ReasoningPart {
  readonly type: 'reasoning'
  readonly text: string
  /** The provider's own form of it, opaque; dropped where another provider continues. */
  readonly signed?: {readonly provider: string; readonly data: unknown}
}

/** A model's wish to call a tool. */
export interface ToolCallPart {
  readonly type: 'tool-call'
  /** Ours, the same whichever provider answered: `call_…`. */
  readonly id: string
  readonly name: string
  /** JSON text, as the model wrote it; it need not be valid. */
  readonly input: string
  /** What the provider wants back with the result, such as Gemini's thought signature; dropped like a signed thought. */
  readonly signed?: {readonly provider: string; readonly data: unknown}
  readonly cacheBreakpoint?: CacheBreakpoint
}

export interface ToolResultPart {
  readonly type: 'tool-result'
  readonly id: string
  readonly name: string
  readonly content: readonly (TextPart | ImagePart)[]
  readonly isError?: boolean
  readonly cacheBreakpoint?: CacheBreakpoint
}

export type CompletionMessage =
  | {readonly role: 'user'; readonly content: readonly (TextPart | ImagePart)[]}
  | {readonly role: 'assistant'; readonly content: readonly (TextPart | ReasoningPart | ToolCallPart)[]}
  | {readonly role: 'tool'; readonly content: readonly ToolResultPart[]}

export interface ToolDefinition {
  readonly name: string
  readonly description?: string
  /** JSON schema of the input, an object. */
  readonly inputSchema: Readonly<Record<string, unknown>>
  readonly strict?: boolean
  readonly cacheBreakpoint?: CacheBreakpoint
}

export type ToolChoice = 'auto' | 'none' | 'required' | {readonly tool: string}

/** Structured output: JSON of any shape, or of one. */
export type ResponseFormat =
  | {readonly type: 'json'}
  | {
      readonly type: 'schema'
      readonly name: string
      readonly schema: Readonly<Record<string, unknown>>
      /** Whether nothing else may come out, for which OpenAI asks for a subset of JSON schema; as the schema allows without it. */
      readonly strict?: boolean
    }

/** What is asked of a model, whichever provider has it. */
export interface CompletionRequest {
  /** Instructions that rank above the messages; in parts where some of them have breakpoints. */
  readonly system?: string | readonly TextPart[]
  readonly messages: readonly CompletionMessage[]
  readonly tools?: readonly ToolDefinition[]
  readonly toolChoice?: ToolChoice
  /** Whether a model may ask for several tools at once; as the provider does without it. */
  readonly parallelToolCalls?: boolean
  readonly responseFormat?: ResponseFormat
  /** The most tokens to generate, those a model thinks with included. */
  readonly maxOutputTokens?: number
  /** From 0 to 2. */
  readonly temperature?: number
  readonly topP?: number
  readonly topK?: number
  readonly stop?: readonly string[]
  readonly seed?: number
  readonly frequencyPenalty?: number
  readonly presencePenalty?: number
  readonly reasoningEffort?: 'none' | 'minimal' | 'low' | 'medium' | 'high'
  /** What is told of a model's thoughts: nothing, or as much; as the provider does without it. */
  readonly reasoningSummary?: 'none' | 'auto' | 'concise' | 'detailed'
  /** A pseudonym of the end user, for the provider's abuse detection. */
  readonly user?: string
  /** A breakpoint at the end of the prompt, whatever stands there: it moves on as a conversation grows. */
  readonly cacheBreakpoint?: CacheBreakpoint
  /** Prompts with one key that begin alike find each other's cache. OpenAI's, like the two below. */
  readonly promptCacheKey?: string
  readonly promptCacheRetention?: 'in_memory' | '24h'
  /** Whether a breakpoint is set at the end of the prompt unasked (`implicit`), and how long any of them lasts. */
  readonly promptCacheOptions?: {readonly mode?: 'implicit' | 'explicit'; readonly ttl?: '30m'}
}

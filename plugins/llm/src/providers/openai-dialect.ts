/** How one server that speaks OpenAI's protocol differs from the others. */
export interface OpenAiDialect {
  readonly provider: 'openai' | 'azure' | 'openai-compatible'
  /** OpenAI's reasoning models refuse `max_tokens`, which is all that many other servers know. */
  readonly tokenLimit: 'max_completion_tokens' | 'max_tokens'
  /** OpenAI's newer name for the end user's pseudonym. */
  readonly userField: 'safety_identifier' | 'user'
  /** Whether it has Responses too, for what newer models refuse in Chat Completions. */
  readonly hasResponses: boolean
  /** Whether the version of the API is newer than the parameters of OpenAI's cache of prompts. */
  readonly knowsPromptCacheKey: boolean
  /** The model that answers, where it goes by another name there. */
  readonly baseModel?: string | undefined
  readonly newId: () => string
}

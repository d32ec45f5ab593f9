/** What is asked for where no model is set: a provider's small, current one. */
export const DEFAULT_MODELS = {
  openai: 'gpt-5.4-mini',
  anthropic: 'claude-haiku-4-5',
  ollama: 'llama3.2',
} as const

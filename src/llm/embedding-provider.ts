/** Who can make vectors. A module of its own, because the settings need the names and nothing else. */
export const embeddingProviders = ['openai', 'sentence-transformers', 'huggingface', 'ollama', 'cohere'] as const

export type EmbeddingProvider = (typeof embeddingProviders)[number]

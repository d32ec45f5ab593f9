/** Where passages may be kept. */
export const vectorDatabases = ['lancedb', 'faiss', 'pgvector', 'pinecone', 'weaviate'] as const

export type VectorDatabase = (typeof vectorDatabases)[number]

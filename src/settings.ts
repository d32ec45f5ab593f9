import * as z from 'zod'
import {embeddingProviders} from './llm/embedding-provider.ts'
import type {SettingDeclaration} from './operation/plugin.ts'
import {residencyPlaces} from './privacy/residency.ts'
import {remoteSettings} from './client/settings.ts'
import {erasureSettings} from './privacy/erasure-settings.ts'
import {serverSettings} from './server/settings.ts'
import {webhookSettings} from './webhooks/settings.ts'
import {networkSettings} from './net/settings.ts'
import {logLevels} from './telemetry/logger.ts'

/** The settings that belong to no domain. */
export const coreSettings: readonly SettingDeclaration[] = [
  ...serverSettings,
  ...erasureSettings,
  {
    name: 'tenant',
    description: 'The tenant to work in where no --tenant is given',
    schema: () => z.string().min(1),
    default: 'default',
  },
  {
    name: 'data_dir',
    description: 'The directory that holds database, indices and backups; relative to the file that says so',
    schema: () => z.string().min(1),
  },
  {
    name: 'database_url',
    description: 'postgres://… of a shared database; without it, SQLite in the data directory',
    schema: () =>
      z.string().regex(/^(postgres(ql)?:\/\/|sqlite:)/, 'must begin with postgres://, postgresql:// or sqlite:'),
    secret: true,
  },
  {
    name: 'residency.country',
    description: 'The country that data may not leave, as ISO 3166-1 writes it (ZVOP-2, Article 23)',
    schema: () => z.string().regex(/^[A-Z]{2}$/, 'must be two capital letters'),
  },
  {
    name: 'residency.locations',
    description: 'In which country what is not on this machine is: remote, database, vectors, embeddings',
    schema: () =>
      z.partialRecord(z.enum(residencyPlaces), z.string().regex(/^[A-Z]{2}$/, 'must be two capital letters')),
    structured: true,
  },
  {
    name: 'log_level',
    description: 'Least level of the JSON log on stderr',
    schema: () => z.enum(logLevels),
    default: 'off',
  },
  {
    name: 'graphql.introspection',
    description: 'Let callers ask /graphql for its schema',
    schema: () => z.boolean(),
    default: true,
  },
  {
    name: 'mcp.allow_destructive',
    description: 'Offer assistants those tools too whose effect does not come back',
    schema: () => z.boolean(),
    default: false,
  },
  {
    name: 'llm.backend',
    description: 'Which provider writes answers; none keeps to extracts',
    schema: () => z.enum(['none', 'openai', 'anthropic', 'ollama', 'gemini', 'vertex', 'cohere', 'bedrock', 'azure']),
    env: ['RAG_LLM_BACKEND'],
  },
  {
    name: 'llm.model',
    description: "The provider's model; without it, the backend's default",
    schema: () => z.string().min(1),
    env: ['RAG_LLM_MODEL'],
  },
  {
    name: 'llm.openai_api_key',
    description: 'Key for OpenAI',
    schema: () => z.string().min(1),
    env: ['OPENAI_API_KEY'],
    secret: true,
  },
  {
    name: 'llm.openai_base_url',
    description: 'Another server that speaks the OpenAI protocol',
    schema: () => z.url(),
    env: ['OPENAI_BASE_URL'],
  },
  {
    name: 'llm.anthropic_api_key',
    description: 'Key for Anthropic',
    schema: () => z.string().min(1),
    env: ['ANTHROPIC_API_KEY'],
    secret: true,
  },
  {
    name: 'llm.anthropic_base_url',
    description: 'Another server that speaks the Anthropic protocol',
    schema: () => z.url(),
    env: ['ANTHROPIC_BASE_URL'],
  },
  {
    name: 'llm.ollama_host',
    description: 'Where Ollama listens',
    schema: () => z.string().min(1),
    env: ['OLLAMA_HOST'],
  },
  {
    name: 'llm.cohere_api_key',
    description: 'Key for Cohere',
    schema: () => z.string().min(1),
    env: ['COHERE_API_KEY'],
    secret: true,
  },
  {
    name: 'llm.cohere_base_url',
    description: 'Another server that speaks the Cohere protocol',
    schema: () => z.url(),
    env: ['COHERE_BASE_URL'],
  },
  {
    name: 'llm.hf_token',
    description: 'Token for HuggingFace',
    schema: () => z.string().min(1),
    env: ['HF_TOKEN'],
    secret: true,
  },
  {
    name: 'llm.hf_embedding_url',
    description: 'A text-embeddings-inference server of your own instead of HuggingFace',
    schema: () => z.url(),
    env: ['HF_EMBEDDING_URL'],
  },
  {
    name: 'rag.embedding_model',
    description: 'Which provider makes vectors for new collections; none searches by words alone',
    schema: () => z.enum(['none', ...embeddingProviders]),
    env: ['RAG_EMBEDDING_MODEL'],
    default: 'none',
  },
  {
    name: 'rag.embedding_dimension',
    description: 'Length of the vectors, where the model can make shorter ones',
    schema: () => z.int().min(1).max(8192),
    env: ['RAG_EMBEDDING_DIMENSION'],
  },
  {
    name: 'rag.openai_embedding_model',
    description: 'Embedding model of OpenAI, or of the server at llm.openai_base_url',
    schema: () => z.string().min(1),
    env: ['OPENAI_EMBEDDING_MODEL'],
  },
  {
    name: 'rag.cohere_embedding_model',
    description: 'Embedding model of Cohere',
    schema: () => z.string().min(1),
    env: ['COHERE_EMBEDDING_MODEL'],
  },
  {
    name: 'rag.ollama_embedding_model',
    description: 'Embedding model of Ollama',
    schema: () => z.string().min(1),
    env: ['OLLAMA_EMBEDDING_MODEL'],
  },
  {
    name: 'rag.hf_embedding_model',
    description: 'Embedding model on HuggingFace',
    schema: () =>
      z.string().regex(/^[\w.-]+(\/[\w.-]+)?$/, 'must be a repository such as intfloat/multilingual-e5-large'),
    env: ['HF_EMBEDDING_MODEL'],
  },
  {
    name: 'rag.sentence_transformer_model',
    description: 'Directory or HuggingFace repository of a Sentence Transformers model with ONNX weights',
    schema: () => z.string().min(1),
    env: ['SENTENCE_TRANSFORMER_MODEL'],
  },
  ...webhookSettings,
  ...networkSettings,
  ...remoteSettings,
]

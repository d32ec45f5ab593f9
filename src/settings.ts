import * as z from 'zod'
import type {SettingDeclaration} from './operation/plugin.ts'
import {remoteSettings} from './client/settings.ts'
import {logLevels} from './telemetry/logger.ts'

/** The settings that belong to no domain. */
export const coreSettings: readonly SettingDeclaration[] = [
  {
    name: 'tenant',
    description: 'The tenant to work in where no --tenant is given',
    schema: z.string().min(1),
    default: 'default',
  },
  {
    name: 'data_dir',
    description: 'The directory that holds database, indices and backups; relative to the file that says so',
    schema: z.string().min(1),
  },
  {
    name: 'database_url',
    description: 'postgres://… of a shared database; without it, SQLite in the data directory',
    schema: z.string().regex(/^(postgres(ql)?:\/\/|sqlite:)/, 'must begin with postgres://, postgresql:// or sqlite:'),
    secret: true,
  },
  {
    name: 'log_level',
    description: 'Least level of the JSON log on stderr',
    schema: z.enum(logLevels),
    default: 'off',
  },
  {
    name: 'mcp.allow_destructive',
    description: 'Offer assistants those tools too whose effect does not come back',
    schema: z.boolean(),
    default: false,
  },
  {
    name: 'llm.backend',
    description: 'Which provider writes answers; none keeps to extracts',
    schema: z.enum(['none', 'openai', 'anthropic', 'ollama']),
    env: ['RAG_LLM_BACKEND'],
  },
  {
    name: 'llm.model',
    description: "The provider's model; without it, the backend's default",
    schema: z.string().min(1),
    env: ['RAG_LLM_MODEL'],
  },
  {
    name: 'llm.openai_api_key',
    description: 'Key for OpenAI',
    schema: z.string().min(1),
    env: ['OPENAI_API_KEY'],
    secret: true,
  },
  {
    name: 'llm.openai_base_url',
    description: 'Another server that speaks the OpenAI protocol',
    schema: z.url(),
    env: ['OPENAI_BASE_URL'],
  },
  {
    name: 'llm.anthropic_api_key',
    description: 'Key for Anthropic',
    schema: z.string().min(1),
    env: ['ANTHROPIC_API_KEY'],
    secret: true,
  },
  {
    name: 'llm.anthropic_base_url',
    description: 'Another server that speaks the Anthropic protocol',
    schema: z.url(),
    env: ['ANTHROPIC_BASE_URL'],
  },
  {
    name: 'llm.ollama_host',
    description: 'Where Ollama listens',
    schema: z.string().min(1),
    env: ['OLLAMA_HOST'],
  },
  {
    name: 'llm.cohere_api_key',
    description: 'Key for Cohere',
    schema: z.string().min(1),
    env: ['COHERE_API_KEY'],
    secret: true,
  },
  {
    name: 'llm.cohere_base_url',
    description: 'Another server that speaks the Cohere protocol',
    schema: z.url(),
    env: ['COHERE_BASE_URL'],
  },
  ...remoteSettings,
]

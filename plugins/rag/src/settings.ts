import type {SettingDeclaration} from '@omni-ops/core/operation'
import * as z from 'zod'
import {rerankerNames} from './reranking/reranker.ts'
import {vectorDatabases} from './stores/vector-database.ts'

export const ragSettings: readonly SettingDeclaration[] = [
  {
    name: 'rag.vector_db',
    description: 'Where new collections keep their passages; `omni rag migrate` moves one that exists',
    schema: z.enum(vectorDatabases),
    env: ['RAG_VECTOR_DB'],
    default: 'lancedb',
  },
  {
    name: 'rag.lancedb_uri',
    description: 's3://bucket/prefix for the tables of LanceDB; the data directory without it',
    schema: z.string().regex(/^s3:\/\/[^/]+/u, 'must begin with s3://bucket'),
    env: ['RAG_LANCEDB_URI'],
  },
  {
    name: 'rag.max_file_mb',
    description: 'Larger files are reported and skipped by `omni rag ingest`',
    schema: z.number().positive().max(2000),
    default: 50,
  },
  {
    name: 'rag.allow_private_urls',
    description: 'Let `omni rag ingest URL` read from private networks and this machine',
    schema: z.boolean(),
    default: false,
  },
  {
    name: 'rag.web_delay_ms',
    description: 'How long to wait between two requests to the same host, at least',
    schema: z.int().min(0).max(60_000),
    default: 1000,
  },
  {
    name: 'rag.reranker',
    description: 'What orders the passages found: linear (no provider), cohere, llm, or none',
    schema: z.enum(rerankerNames),
    env: ['RAG_RERANKER'],
    default: 'linear',
  },
  {
    name: 'rag.cohere_rerank_model',
    description: 'Reranking model of Cohere',
    schema: z.string().min(1),
    env: ['COHERE_RERANK_MODEL'],
    default: 'rerank-v3.5',
  },
]

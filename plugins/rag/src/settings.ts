import type {SettingDeclaration} from '@omni-ops/core/operation'
import * as z from 'zod'
import {defaultPersonalDataTypes} from './documents/personal-data-modes.ts'
import {mediaModes} from './ingest/media-modes.ts'
import {rerankerNames} from './reranking/reranker.ts'
import {vectorDatabases} from './stores/vector-database.ts'

export const ragSettings: readonly SettingDeclaration[] = [
  {
    name: 'rag.vector_db',
    description: 'Where new collections keep their passages; `omni rag migrate` moves one that exists',
    schema: () => z.enum(vectorDatabases),
    env: ['RAG_VECTOR_DB'],
    default: 'lancedb',
  },
  {
    name: 'rag.lancedb_uri',
    description: 's3://bucket/prefix for the tables of LanceDB; the data directory without it',
    schema: () => z.string().regex(/^s3:\/\/[^/]+/u, 'must begin with s3://bucket'),
    env: ['RAG_LANCEDB_URI'],
  },
  {
    name: 'rag.pinecone_api_key',
    description: 'Key for Pinecone',
    schema: () => z.string().min(1),
    env: ['PINECONE_API_KEY'],
    secret: true,
  },
  {
    name: 'rag.pinecone_environment',
    description: 'Cloud and region of missing indexes, as the command that makes them names them',
    schema: () => z.string().regex(/^[a-z0-9-]+$/i),
    env: ['PINECONE_ENVIRONMENT'],
  },
  {
    name: 'rag.pinecone_index',
    description: 'What the names of the indexes in Pinecone begin with',
    schema: () => z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,20}[a-z0-9])?$/),
    env: ['PINECONE_INDEX'],
    default: 'omni',
  },
  {
    name: 'rag.pinecone_url',
    description: "Another control plane than Pinecone's own, such as Pinecone Local's",
    schema: () => z.url(),
    env: ['PINECONE_CONTROLLER_HOST'],
  },
  {
    name: 'rag.weaviate_url',
    description: 'Where the Weaviate server listens',
    schema: () => z.url(),
    env: ['WEAVIATE_URL'],
  },
  {
    name: 'rag.weaviate_api_key',
    description: 'Key for Weaviate',
    schema: () => z.string().min(1),
    env: ['WEAVIATE_API_KEY'],
    secret: true,
  },
  {
    name: 'rag.max_file_mb',
    description: 'Larger files are reported and skipped by `omni rag ingest`',
    schema: () => z.number().positive().max(2000),
    default: 50,
  },
  {
    name: 'rag.allow_private_urls',
    description: 'Let `omni rag ingest URL` read from private networks and this machine',
    schema: () => z.boolean(),
    default: false,
  },
  {
    name: 'rag.web_delay_ms',
    description: 'How long to wait between two requests to the same host, at least',
    schema: () => z.int().min(0).max(60_000),
    default: 1000,
  },
  {
    name: 'rag.pii',
    description:
      'What an ingest does about personal data: off, flag, mask or block; for single collections too: flag,hr=block',
    schema: () =>
      z
        .string()
        .regex(
          /^(?:(?:[a-z0-9][a-z0-9_-]{0,62}=)?(?:off|flag|mask|block)(?:,(?!$)|$))+$/,
          'must be off, flag, mask or block, or COLLECTION=MODE, separated by commas',
        ),
    default: 'off',
  },
  {
    name: 'rag.pii_types',
    description: 'The kinds of personal data that rag.pii is about, as `omni privacy scan --types` names them',
    schema: () => z.string().regex(/^[A-Z_]+(?:,[A-Z_]+)*$/, 'must be names in capitals, separated by commas'),
    default: defaultPersonalDataTypes,
  },
  {
    name: 'rag.media',
    description:
      'What an ingest does with pictures, scans and recordings: local reads them on this machine, all also by ' +
      'configured providers, off leaves them out',
    schema: () => z.enum(mediaModes),
    default: 'local',
  },
  {
    name: 'rag.contextual',
    description: 'Let the language model write where each passage stands in its document, for search',
    schema: () => z.boolean(),
    env: ['RAG_CONTEXTUAL'],
    default: false,
  },
  {
    name: 'rag.s3_endpoint',
    description: "Another object store than Amazon's for `omni rag ingest s3://…`, such as MinIO",
    schema: () => z.url(),
    env: ['AWS_ENDPOINT_URL_S3', 'AWS_ENDPOINT_URL'],
  },
  {
    name: 'rag.s3_region',
    description: 'Region of the buckets that `omni rag ingest s3://…` reads',
    schema: () => z.string().regex(/^[a-z0-9-]+$/i),
    env: ['AWS_REGION', 'AWS_DEFAULT_REGION'],
  },
  {
    name: 'rag.s3_access_key_id',
    description: "Key for the buckets; without it, what AWS' own files and the machine's role give",
    schema: () => z.string().min(1),
    env: ['AWS_ACCESS_KEY_ID'],
    secret: true,
  },
  {
    name: 'rag.s3_secret_access_key',
    description: 'Secret of the key for the buckets',
    schema: () => z.string().min(1),
    env: ['AWS_SECRET_ACCESS_KEY'],
    secret: true,
  },
  {
    name: 'rag.s3_session_token',
    description: 'Token of a temporary key for the buckets',
    schema: () => z.string().min(1),
    env: ['AWS_SESSION_TOKEN'],
    secret: true,
  },
  {
    name: 'rag.reranker',
    description: 'What orders the passages found: linear (no provider), cohere, llm, or none',
    schema: () => z.enum(rerankerNames),
    env: ['RAG_RERANKER'],
    default: 'linear',
  },
  {
    name: 'rag.cohere_rerank_model',
    description: 'Reranking model of Cohere',
    schema: () => z.string().min(1),
    env: ['COHERE_RERANK_MODEL'],
    default: 'rerank-v3.5',
  },
]

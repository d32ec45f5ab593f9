import type {SettingDeclaration} from '@omni-ops/core/operation'
import * as z from 'zod'

export const ragSettings: readonly SettingDeclaration[] = [
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
]

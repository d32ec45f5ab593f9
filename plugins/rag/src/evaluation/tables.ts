import {column, type Migration, type TablesOf} from '@omni-ops/core/store'
import type {EvaluationResult} from './evaluation-result.ts'

const tables = {
  rag_evaluations: {
    scope: 'tenant',
    columns: {name: column.text(), saved_at: column.timestamp(), result: column.json<EvaluationResult>()},
    primaryKey: ['name'],
  },
} as const

export type EvaluationTables = TablesOf<typeof tables>

export const migrations: readonly Migration[] = [{plugin: 'rag', name: '0003_evaluations', tables}]

import type {Migration} from '@omni-ops/core/store'
import {migrations as conversations} from './chat/tables.ts'
import {migrations as documents} from './collection/tables.ts'
import {migrations as evaluations} from './evaluation/tables.ts'

/** Of all subjects of the domain, in the order of their names. */
export const migrations: readonly Migration[] = [...documents, ...evaluations, ...conversations]

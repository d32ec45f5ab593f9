import type {Migration} from '@omni-ops/core/store'
import {migrations as definitions} from './build/definition-tables.ts'
import {migrations as pages} from './build/tables.ts'

/** Of all subjects of the domain, in the order of their names. */
export const migrations: readonly Migration[] = [...pages, ...definitions]

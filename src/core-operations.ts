import {configGet, configList, configSet, configUnset} from './config/operations/index.ts'
import type {Operation} from './operation/operation.ts'

/** The operations of omni itself. */
export const operations: readonly Operation[] = [configList, configGet, configSet, configUnset]

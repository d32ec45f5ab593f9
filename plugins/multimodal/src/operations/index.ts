import type {Operation} from '@omni-ops/core/operation'

export const operations: readonly Operation[] = []

import type {Operation} from '@omni-ops/core/operation'
import {describe} from './describe.ts'
import {ocr} from './ocr.ts'

export const operations: readonly Operation[] = [describe, ocr]

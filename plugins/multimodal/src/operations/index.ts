import type {Operation} from '@omni-ops/core/operation'
import {ocr} from './ocr.ts'

export const operations: readonly Operation[] = [ocr]

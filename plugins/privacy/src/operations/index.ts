import type {Operation} from '@omni-ops/core/operation'
import {mask} from './mask.ts'
import {scan} from './scan.ts'
import {unmask} from './unmask.ts'

export const operations: readonly Operation[] = [scan, mask, unmask]

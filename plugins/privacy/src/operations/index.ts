import type {Operation} from '@omni-ops/core/operation'
import {detokenize} from './detokenize.ts'
import {mask} from './mask.ts'
import {pseudonymize} from './pseudonymize.ts'
import {scan} from './scan.ts'
import {tokenize} from './tokenize.ts'
import {unmask} from './unmask.ts'

export const operations: readonly Operation[] = [scan, mask, unmask, pseudonymize, tokenize, detokenize]

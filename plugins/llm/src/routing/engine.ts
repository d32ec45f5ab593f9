import type {Context} from '@omni-ops/core/operation'
import type {Budgets} from '../budget/budgets.ts'
import type {AnswerCache} from '../cache/answer-cache.ts'
import type {Configuration} from '../configuration/configuration.ts'
import type {KeyLimits} from '../keys/key-limits.ts'
import type {Ledger} from '../ledger/ledger.ts'
import type {Cooldowns} from './cooldowns.ts'
import type {DeploymentLoad} from './load.ts'
import type {Timing} from './timing.ts'

/** What the calls of one process share. */
export interface Engine {
  readonly configuration: Configuration
  readonly cooldowns: Cooldowns
  readonly load: DeploymentLoad
  readonly ledger: Ledger
  readonly budgets: Budgets
  readonly keys: KeyLimits
  readonly cache: AnswerCache
  readonly timing: Timing
}

/** What a call takes of its context. */
export type CallContext = Pick<
  Context,
  'tenant' | 'principal' | 'operation' | 'clock' | 'random' | 'signal' | 'log' | 'emit' | 'embeddings'
>

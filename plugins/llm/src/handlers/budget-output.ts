import type {Budget} from '../budget/account.ts'
import {dollarsFromNano} from '../configuration/money.ts'

export function budgetOut({id, scope, of, window, timeZone, limitNanoUsd, isHard}: Budget) {
  return {id, scope, of, window, time_zone: timeZone, limit_usd: dollarsFromNano(limitNanoUsd), hard: isHard}
}

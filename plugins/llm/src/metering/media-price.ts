import {type MeteredUnit, meteredUnits, type Quantities} from '@omni-ops/core/llm'
import {nanoFromDollars} from '../configuration/money.ts'
import type {MediaRates} from './media-rates.ts'

/** Seconds are counted in thousandths; everything else is whole. */
const thousandths = 1_000

/**
 * What quantities cost in 10⁻⁹ US dollars, in whole numbers, rounded up. Null where the rates are by units of which none
 * was counted: never 0, never a guess. A unit without a rate of its own beside others that have one, such as the length
 * of what is billed by the token, costs nothing more.
 */
export function mediaPrice(rates: MediaRates | undefined, quantities: Quantities): bigint | null {
  if (rates === undefined || !isCountable(quantities)) return null
  const units = meteredUnits.filter(unit => rates[unit] !== undefined)
  const counted = units.filter(unit => quantities[unit] !== undefined)
  if (counted.length === 0) return null
  return counted.reduce((sum, unit) => sum + unitPrice(rates, unit, quantities[unit]!), 0n)
}

function unitPrice(rates: MediaRates, unit: MeteredUnit, quantity: number): bigint {
  const {usd, per} = rates[unit]!
  const amount = BigInt(Math.ceil(quantity * thousandths))
  const divisor = BigInt(per) * BigInt(thousandths)
  return (amount * nanoFromDollars(usd) + divisor - 1n) / divisor
}

function isCountable(quantities: Quantities): boolean {
  return Object.values(quantities).every(
    quantity => Number.isFinite(quantity) && quantity >= 0 && quantity * thousandths <= Number.MAX_SAFE_INTEGER,
  )
}

import type {Randomness} from '@omni-ops/core/operation'
import type {Strategy} from '../configuration/schema.ts'
import type {JudgedDeployment} from './candidates.ts'
import type {DeploymentLoad} from './load.ts'

export interface OrderOptions {
  readonly load: DeploymentLoad
  readonly random: Pick<Randomness, 'bytes'>
}

/** Whether a strategy looks at what a call would cost. */
export function looksAtCost(strategy: Strategy): boolean {
  return strategy === 'cost' || strategy === 'balanced'
}

/** The deployments in the order in which they are asked. Ties keep the configuration's order. */
export function orderBy(
  strategy: Strategy,
  candidates: readonly JudgedDeployment[],
  options: OrderOptions,
): readonly JudgedDeployment[] {
  const inOrder = candidates.toSorted((left, right) => left.deployment.order - right.deployment.order)
  switch (strategy) {
    case 'order':
      return inOrder
    case 'cost':
      return by(inOrder, costOf)
    case 'speed':
      return by(inOrder, each => speedOf(each, options.load))
    case 'quality':
      return by(inOrder, qualityOf)
    case 'balanced':
      return balanced(inOrder, options.load)
    case 'least_busy':
      return by(inOrder, ({deployment}) => options.load.inFlight(deployment.id))
    case 'weighted':
      return weighted(inOrder, options.random)
  }
}

function by(candidates: readonly JudgedDeployment[], rank: (each: JudgedDeployment) => number) {
  const ranks = new Map(candidates.map(each => [each, rank(each)]))
  return candidates.toSorted((left, right) => compare(ranks.get(left)!, ranks.get(right)!))
}

/** Infinities are equal to each other, which their difference is not. */
function compare(left: number, right: number): number {
  if (left === right) return 0
  return left < right ? -1 : 1
}

/** What nobody knows the price of is not taken for cheap. */
function costOf({worstCaseNanoUsd}: JudgedDeployment): number {
  return worstCaseNanoUsd == null ? Number.POSITIVE_INFINITY : Number(worstCaseNanoUsd)
}

/** What was never measured is tried first, or it never would be. */
function speedOf({deployment}: JudgedDeployment, load: DeploymentLoad): number {
  return load.firstContent(deployment.id) ?? -1
}

function qualityOf({deployment}: JudgedDeployment): number {
  return deployment.quality === null ? Number.POSITIVE_INFINITY : -deployment.quality
}

/** By the sum of the places that each takes in cost, speed and quality. */
function balanced(candidates: readonly JudgedDeployment[], load: DeploymentLoad) {
  const ranks = [costOf, (each: JudgedDeployment) => speedOf(each, load), qualityOf]
  const places = new Map<JudgedDeployment, number>()
  for (const rank of ranks) {
    const values = candidates.map(each => ({each, value: rank(each)}))
    for (const {each, value} of values) {
      const place = values.filter(other => compare(other.value, value) < 0).length
      places.set(each, (places.get(each) ?? 0) + place)
    }
  }
  return by(candidates, each => places.get(each)!)
}

/**
 * At random, each first place with a chance that is proportional to the weight: Efraimidis and Spirakis, Weighted random
 * sampling with a reservoir (2006). A weight of 0 comes last.
 */
function weighted(candidates: readonly JudgedDeployment[], random: OrderOptions['random']) {
  return by(candidates, ({deployment: {weight}}) =>
    weight === 0 ? Number.POSITIVE_INFINITY : -Math.log(uniform(random)) / weight,
  )
}

/** From above 0 to 1. */
function uniform(random: OrderOptions['random']): number {
  const bytes = Buffer.from(random.bytes(6))
  return (bytes.readUIntBE(0, 6) + 1) / 2 ** 48
}

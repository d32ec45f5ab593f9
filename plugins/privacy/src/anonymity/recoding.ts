import type {AnonymizationReport} from './anonymization-report.ts'
import type {AnonymizationRequest} from './anonymization-request.ts'
import {NotAnonymizableError} from './errors.ts'
import {
  attributeLoss,
  certaintyPenalty,
  discernibility,
  entropyOf,
  geometricMean,
  greatestEntropy,
  suppressionEntropy,
} from './information-loss.ts'
import {Lattice} from './lattice.ts'
import type {Microdata} from './microdata.ts'
import {mondrian} from './mondrian.ts'
import {findOptimum} from './optimal-search.ts'
import type {SensitiveModel} from './privacy-models.ts'

/** Which class each tuple is published in, as what, and what that costs. */
export interface Recoding {
  readonly classOf: Int32Array
  /** 1 for each class that is not published. */
  readonly suppressed: Uint8Array
  /** The published values of the quasi-identifiers of a tuple. */
  values(tuple: number): readonly string[]
  readonly report: Pick<AnonymizationReport, 'attributes' | 'suppressedRows' | 'informationLoss' | 'search'>
}

export interface RecodingOptions {
  readonly data: Microdata
  readonly request: AnonymizationRequest
  readonly sensitive: readonly SensitiveModel[]
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((decided: number, total: number) => void) | undefined
}

/** Full-domain generalisation by the global optimum of the lattice. Throws NotAnonymizableError. */
export async function optimalRecoding(options: RecodingOptions): Promise<Recoding> {
  const {data, request, sensitive, signal, onProgress} = options
  const optimum = await findOptimum({
    data,
    requirements: {
      k: request.k,
      suppressionLimit: request.suppressionLimit,
      sensitive,
      ...(request.presence ? {presence: request.presence} : {}),
    },
    objective: request.objective,
    ...(signal ? {signal} : {}),
    ...(onProgress ? {onProgress} : {}),
  })
  if (!optimum) {
    throw new NotAnonymizableError('No generalisation of the hierarchies satisfies what was asked', {
      hint: 'allow more suppression, ask for less, or give hierarchies a level at which all values are one',
    })
  }
  const {levels, classes, verdict, cost, nodes, checked} = optimum
  const lattice = new Lattice(data.quasiIdentifiers.map(({hierarchy}) => hierarchy.levels))
  const node = lattice.node(levels)
  const loss = attributeLoss(data, lattice, node, classes, verdict)
  const penalty = certaintyPenalty(data, lattice, node, classes, verdict)
  const generalised = sum(entropyOf(data, lattice, node))
  const entropy = generalised + sum(suppressionEntropy(data, lattice, node, classes, verdict))
  const greatest = sum(greatestEntropy(data))
  return {
    classOf: classes.classOf,
    suppressed: verdict.suppressed,
    values: tuple =>
      data.quasiIdentifiers.map(({hierarchy, codes}, attribute) => {
        const level = levels[attribute]!
        return hierarchy.labels[level]![hierarchy.codes[level]![codes[tuple]!]!]!
      }),
    report: {
      attributes: data.quasiIdentifiers.map(({name, hierarchy}, attribute) => ({
        name,
        level: levels[attribute]!,
        highestLevel: hierarchy.levels - 1,
        loss: loss[attribute]!,
        certaintyPenalty: penalty[attribute]!,
      })),
      suppressedRows: verdict.suppressedRows,
      informationLoss: {
        entropy: generalised,
        entropyWithSuppression: entropy,
        entropyShare: greatest === 0 ? 0 : entropy / greatest,
        discernibility: discernibility(data, classes, verdict),
        loss: sum(loss) / loss.length,
        lossGeometric: geometricMean(loss),
        certaintyPenalty: sum(penalty) / penalty.length,
      },
      search: {objective: request.objective, cost, nodes, checked},
    },
  }
}

/** Multidimensional recoding by Mondrian. Throws NotAnonymizableError. */
export async function multidimensionalRecoding(options: RecodingOptions): Promise<Recoding> {
  const {data, request, sensitive, signal} = options
  const result = await mondrian({
    data,
    k: request.k,
    sensitive,
    numeric: numericLeaves(data, request),
    ...(signal ? {signal} : {}),
  })
  if (result === 'too-small') {
    throw new NotAnonymizableError(`The table has ${data.persons} persons, fewer than a single class needs`)
  }
  if (result === 'models') {
    throw new NotAnonymizableError(
      'The whole table as one class does not satisfy the models of its sensitive attributes',
    )
  }
  return {
    classOf: result.classOf,
    suppressed: new Uint8Array(result.classes),
    values: tuple => result.labels[result.classOf[tuple]!]!,
    report: {
      attributes: data.quasiIdentifiers.map(({name}, attribute) => ({
        name,
        certaintyPenalty: result.certaintyPenalty[attribute]!,
      })),
      suppressedRows: 0,
      informationLoss: {
        discernibility: result.rows.reduce((total, rows) => total + rows ** 2, 0),
        certaintyPenalty: sum(result.certaintyPenalty) / result.certaintyPenalty.length,
      },
    },
  }
}

/** The attributes that Mondrian cuts by value: those with intervals for a hierarchy. */
function numericLeaves(data: Microdata, request: AnonymizationRequest): Record<string, Float64Array> {
  return Object.fromEntries(
    data.quasiIdentifiers.flatMap(({name, hierarchy}, attribute) =>
      request.quasiIdentifiers[attribute]!.hierarchy.kind === 'interval'
        ? [[name, Float64Array.from(hierarchy.domain, Number)]]
        : [],
    ),
  )
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

import * as z from 'zod'
import {Name} from '../catalogue/catalogue.ts'
import {DashboardSpec, Panel} from '../spec/dashboard-spec.ts'
import type {ProposalWords} from './proposal-words.ts'

type JsonSchema = Readonly<Record<string, unknown>>

/** What a person or the program says of a panel, and no model does. */
export const notProposed = ['id', 'title'] as const

const metricFields = ['metric', 'metrics', 'rank_by', 'numerator', 'denominator']
const dimensionFields = ['dimension', 'dimensions', 'split']

/**
 * The schema of a proposal: that of a dashboard's panels, in which every name is one of these words and nothing is free
 * text. It is made from the panels' own schema, so that a new kind of panel can be proposed without a word here.
 */
export function proposalSchema(words: ProposalWords): JsonSchema {
  const panel = closed(z.toJSONSchema(Panel, {io: 'input', target: 'draft-7'}), '', words)
  const period = closed(z.toJSONSchema(DashboardSpec.shape.period, {io: 'input', target: 'draft-7'}), '', words)
  return {
    type: 'object',
    additionalProperties: false,
    required: ['period', 'panels'],
    properties: {period, panels: {type: 'array', minItems: 1, maxItems: 40, items: panel}},
  }
}

/** What each kind of panel is called, by the spec. */
export function panelKinds(): readonly string[] {
  return Panel.options.map(({shape}) => [...shape.kind.values][0]!)
}

const namePattern = (z.toJSONSchema(Name) as {pattern: string}).pattern

/** One schema with its names enumerated and its objects closed; `field` is what it is the value of. */
function closed(schema: JsonSchema, field: string, words: ProposalWords): JsonSchema {
  const {$schema: _dialect, default: _default, oneOf, anyOf, items, properties, required, ...rest} = schema
  if (rest.type === 'string' && rest.pattern === namePattern) return {type: 'string', enum: wordsFor(field, words)}
  const variants = (oneOf ?? anyOf) as readonly JsonSchema[] | undefined
  if (variants !== undefined) return {...rest, anyOf: variants.map(each => closed(each, field, words))}
  if (items !== undefined) return {...rest, items: closed(items as JsonSchema, field, words)}
  if (properties === undefined) return rest
  const filters = filtersSchema(words)
  const left = Object.entries(properties as Readonly<Record<string, JsonSchema>>).flatMap(
    ([name, each]): readonly (readonly [string, JsonSchema])[] => {
      if ((notProposed as readonly string[]).includes(name)) return []
      if (name === 'filters') return filters === undefined ? [] : [[name, filters]]
      return [[name, closed(each, name, words)]]
    },
  )
  const names = left.map(([name]) => name)
  return {
    ...rest,
    additionalProperties: false,
    properties: Object.fromEntries(left),
    required: ((required ?? []) as readonly string[]).filter(name => names.includes(name)),
  }
}

function wordsFor(field: string, {metrics, dimensions}: ProposalWords): readonly string[] {
  if (metricFields.includes(field)) return metrics
  // An enumeration of nothing is no schema, and a field that nothing fits is left out by whoever fills it.
  const some = dimensions.length > 0 ? dimensions : ['none']
  return dimensionFields.includes(field) ? some : [...metrics, ...dimensions]
}

function filtersSchema({values, operators}: ProposalWords): JsonSchema | undefined {
  if (values.size === 0) return undefined
  const kinds = [...values].map(([dimension, named]) => ({
    type: 'object',
    additionalProperties: false,
    required: ['dimension', 'operator', 'values'],
    properties: {
      dimension: {type: 'string', enum: [dimension]},
      operator: {type: 'string', enum: operators},
      values: {type: 'array', minItems: 1, maxItems: named.length, items: {type: 'string', enum: named}},
    },
  }))
  return {type: 'array', maxItems: values.size, items: kinds.length === 1 ? kinds[0] : {anyOf: kinds}}
}

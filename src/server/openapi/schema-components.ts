import {isDeepStrictEqual} from 'node:util'
import type {Operation} from '../../operation/operation.ts'
import {inputSchema, type JsonSchema, mapSchema, outputSchema, referredName} from '../json-schema.ts'

type Direction = 'input' | 'output'

/**
 * The named shapes of all operations, as `components.schemas` of an OpenAPI document. A shape that is not the same
 * when sent as when received, because of defaults, is there twice; the one that is sent ends with `Input`.
 */
export class SchemaComponents {
  readonly #shapes: Readonly<Record<Direction, ReadonlyMap<string, JsonSchema>>>
  readonly #twofold: ReadonlySet<string>

  /** Throws a TypeError where two shapes have one name. */
  constructor(operations: readonly Operation[]) {
    this.#shapes = {input: collect(operations.map(inputSchema)), output: collect(operations.map(outputSchema))}
    this.#twofold = differing(this.#shapes.input, this.#shapes.output)
  }

  /** A schema of `inputSchema` or `outputSchema` with its references pointing into `components`. */
  refer(schema: JsonSchema, direction: Direction): JsonSchema {
    const {$defs: _, ...root} = mapSchema(schema, each =>
      each.$ref === undefined
        ? each
        : {...each, $ref: `#/components/schemas/${this.#name(referredName(each.$ref), direction)}`},
    )
    return root
  }

  schemas(): Record<string, JsonSchema> {
    return Object.fromEntries(
      (['output', 'input'] as const).flatMap(direction =>
        [...this.#shapes[direction]].map(([name, schema]) => [
          this.#name(name, direction),
          this.refer(schema, direction),
        ]),
      ),
    )
  }

  #name(name: string, direction: Direction): string {
    return direction === 'input' && this.#twofold.has(name) ? `${name}Input` : name
  }
}

function collect(schemas: readonly JsonSchema[]): ReadonlyMap<string, JsonSchema> {
  const shapes = new Map<string, JsonSchema>()
  for (const [name, shape] of schemas.flatMap(schema => Object.entries(schema.$defs ?? {}))) {
    const other = shapes.get(name)
    if (other !== undefined && !isDeepStrictEqual(other, shape)) throw new TypeError(`Two shapes are called ${name}`)
    shapes.set(name, shape)
  }
  return shapes
}

/** The names whose shapes differ, in themselves or in what they refer to. */
function differing(one: ReadonlyMap<string, JsonSchema>, other: ReadonlyMap<string, JsonSchema>): ReadonlySet<string> {
  const names = new Set(
    [...one]
      .filter(([name, shape]) => other.has(name) && !isDeepStrictEqual(shape, other.get(name)))
      .map(([name]) => name),
  )
  for (let before = -1; before < names.size;) {
    before = names.size
    for (const [name, shape] of one) {
      if (other.has(name) && references(shape).some(each => names.has(each))) names.add(name)
    }
  }
  return names
}

function references(schema: JsonSchema): readonly string[] {
  const found: string[] = []
  mapSchema(schema, each => {
    if (each.$ref !== undefined) found.push(referredName(each.$ref))
    return each
  })
  return found
}

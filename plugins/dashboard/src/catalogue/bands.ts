import type {Dimension} from './catalogue.ts'

type Bands = NonNullable<Dimension['bands']>

/** The names of bands, from what lies below the first edge to what begins at the last. */
export function bandLabels({edges, share}: Bands): readonly string[] {
  const text = (edge: number) => (share ? `${plain(edge * 100)}%` : plain(edge))
  return [
    `below ${text(edges[0]!)}`,
    ...edges.slice(1).map((edge, index) => `${text(edges[index]!)} to ${text(edge)}`),
    `${text(edges.at(-1)!)} and more`,
  ]
}

/** 0.1 times 100 is 10, and not a little more. */
const plain = (value: number) => String(Number(value.toPrecision(12)))

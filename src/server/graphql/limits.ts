import {
  type ASTVisitor,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type SelectionSetNode,
  type ValidationContext,
} from 'graphql'

/** What one request may ask for. */
export interface GraphQlLimits {
  /** How deep selections may lie in each other. */
  readonly depth: number
  /** How many operations one request may call, under whatever aliases. */
  readonly calls: number
  /** How many fields it may select in all, those of fragments at each place where they are spread. */
  readonly fields: number
  /** How many tokens its text may have. */
  readonly tokens: number
}

export const defaultLimits: GraphQlLimits = {depth: 12, calls: 10, fields: 1000, tokens: 5000}

interface Size {
  readonly depth: number
  readonly fields: number
  /** Fields of the outermost level. */
  readonly width: number
}

/**
 * Validation rules that refuse a request before it runs. Each fragment is measured once, so that a request whose
 * fragments spread each other many times over costs no more to refuse than to read.
 */
export function limitRule(limits: GraphQlLimits) {
  return (context: ValidationContext): ASTVisitor => {
    const measured = new Map<string, Size>()
    const measure = (set: SelectionSetNode, path: ReadonlySet<string>): Size => {
      let size: Size = {depth: 0, fields: 0, width: 0}
      for (const selection of set.selections) {
        if (selection.kind === Kind.FIELD) {
          // Introspection has a rule of its own, and its depth is the specification's.
          if (selection.name.value.startsWith('__')) continue
          const inner = selection.selectionSet ? measure(selection.selectionSet, path) : empty
          size = sum(size, {depth: inner.depth + 1, fields: inner.fields + 1, width: 1})
        } else if (selection.kind === Kind.INLINE_FRAGMENT) {
          size = sum(size, measure(selection.selectionSet, path))
        } else {
          size = sum(size, measureFragment(selection.name.value, path))
        }
      }
      return size
    }
    const measureFragment = (name: string, path: ReadonlySet<string>): Size => {
      const known = measured.get(name)
      if (known) return known
      const fragment: FragmentDefinitionNode | null | undefined = context.getFragment(name)
      // A fragment that spreads itself is refused by the specification's own rules.
      if (!fragment || path.has(name)) return empty
      const size = measure(fragment.selectionSet, new Set([...path, name]))
      measured.set(name, size)
      return size
    }
    return {
      OperationDefinition(node) {
        const {depth, fields, width} = measure(node.selectionSet, new Set())
        const refuse = (what: string, limit: number) =>
          context.reportError(
            new GraphQLError(`This asks for ${what}; the limit is ${limit}`, {
              nodes: node,
              extensions: {code: 'query_too_large', status: 422},
            }),
          )
        if (depth > limits.depth) refuse(`${depth} levels`, limits.depth)
        if (width > limits.calls) refuse(`${width} operations`, limits.calls)
        if (fields > limits.fields) refuse(`${fields} fields`, limits.fields)
      },
    }
  }
}

const empty: Size = {depth: 0, fields: 0, width: 0}

function sum(one: Size, other: Size): Size {
  return {
    depth: Math.max(one.depth, other.depth),
    fields: one.fields + other.fields,
    width: one.width + other.width,
  }
}

type SnakeCase<Key extends string> = Key extends `${infer Head}${infer Tail}`
  ? `${Head extends Lowercase<Head> ? Head : `_${Lowercase<Head>}`}${SnakeCase<Tail>}`
  : Key

type Plain = string | number | boolean | null | undefined

/** Keys that hold what has the form of its own file already: a metric of the catalogue, a unit. */
type Kept = 'metric' | 'unit'

/** A type with its keys as JSON has them, and its lists as a parser gives them. */
export type Snaked<T> = T extends Plain
  ? T
  : T extends readonly (infer Item)[]
    ? (undefined extends Item ? Snaked<Exclude<Item, undefined>> | null : Snaked<Item>)[]
    : {-readonly [Key in keyof T as SnakeCase<Key & string>]: Key extends Kept ? T[Key] : Snaked<T[Key]>}

/** `noComparison` as `no_comparison`, at every depth. */
export function snaked<T>(value: T): Snaked<T> {
  return withKeys(value, key => key.replaceAll(/[A-Z]/g, letter => `_${letter.toLowerCase()}`)) as Snaked<T>
}

/** What `snaked` was given. */
export function unsnaked<T>(value: Snaked<T>): T {
  return withKeys(value, key => key.replaceAll(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase())) as T
}

function withKeys(value: unknown, rename: (key: string) => string): unknown {
  if (Array.isArray(value)) return value.map(each => withKeys(each, rename) ?? null)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) =>
      key === 'metric' || key === 'unit' ? [key, each] : [rename(key), withKeys(each, rename)],
    ),
  )
}

import type {ProviderFault} from './errors.ts'

/** Reads what Node's own `fetch` and streams throw: refused and broken connections, and text that is not JSON. */
export function faultOfNetwork(error: unknown): ProviderFault | undefined {
  if (!(error instanceof Error)) return undefined
  if (error instanceof SyntaxError) return {kind: 'interrupted', message: 'it is not valid JSON'}
  // `fetch` throws a TypeError with a cause; without one it is a mistake in the program.
  if ((error instanceof TypeError || error instanceof RangeError) && error.cause === undefined) return undefined
  const cause = error.cause instanceof Error ? error.cause : error
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined
  const message = [error.message, code].filter(Boolean).join(': ')
  return {kind: 'unreachable', message}
}

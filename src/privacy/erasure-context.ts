import type {Context} from '../operation/context.ts'

/** What remembering an erasure needs of a context, and taking it back. */
export type ErasureContext = Pick<
  Context,
  | 'tenant'
  | 'principal'
  | 'operation'
  | 'clock'
  | 'random'
  | 'signal'
  | 'settings'
  | 'directories'
  | 'profile'
  | 'workingDirectory'
  | 'store'
>

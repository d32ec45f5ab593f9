import type {Context} from '@omni-ops/core/operation'

/** Tells how far a search over generalisations is. It may end early. */
export function searchProgress(context: Pick<Context, 'emit'>): (decided: number, total: number) => void {
  return (done, total) => context.emit({type: 'progress', label: 'Searching generalisations', done, total})
}

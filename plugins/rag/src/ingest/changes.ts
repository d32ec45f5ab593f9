import {existsSync} from 'node:fs'
import {basename, dirname, relative, resolve} from 'node:path'
import type {Context} from '@omni-ops/core/operation'
import {isPath, sourceName} from '../documents/walk.ts'

/** Editors write a file in several steps; this long after the last of them, the file is read. Milliseconds. */
const settleMs = 300

/** Files that decide what else is read. */
const ruleFiles = new Set(['.gitignore', '.omniignore'])

/** What happened to the files under some inputs since the watch began. */
export interface Changes {
  /**
   * The sources that changed, gathered until nothing has happened for a moment; undefined where anything may have,
   * because a rule file changed. Ends when the context's signal aborts.
   */
  batches(): AsyncGenerator<ReadonlySet<string> | undefined>
  close(): Promise<void>
}

/**
 * Watches the files under the inputs; of a glob, the directory it begins in. URLs, repositories by address and stdin are not watched. From the
 * moment that this resolves no change is missed, so that it comes before the first ingest.
 */
export async function watchChanges(inputs: readonly string[], context: Context): Promise<Changes> {
  const {watch} = await import('chokidar')
  const {workingDirectory, signal} = context
  const roots = inputs.filter(isPath).map(input => nearestExisting(resolve(workingDirectory, input)))
  const watcher = watch(roots, {ignoreInitial: true, ignored: path => isPassedOver(path, roots)})
  let changed = new Set<string>()
  let wake = () => {}
  watcher.on('all', (_event, path) => {
    changed.add(sourceName(path, workingDirectory))
    wake()
  })
  // What cannot be watched (too many files, no permission) is still read by the next ingest.
  watcher.on('error', error => context.emit({type: 'note', level: 'warn', message: `Not watched: ${String(error)}`}))
  const onAbort = () => wake()
  signal.addEventListener('abort', onAbort, {once: true})
  await new Promise<void>(settle => {
    watcher.once('ready', settle)
    signal.addEventListener('abort', () => settle(), {once: true})
  })
  return {
    async *batches() {
      while (!signal.aborted) {
        if (changed.size === 0) await new Promise<void>(settle => void (wake = settle))
        await quiet(() => changed.size, signal)
        if (signal.aborted) return
        const batch = changed
        changed = new Set()
        yield [...batch].some(source => ruleFiles.has(basename(source))) ? undefined : batch
      }
    },
    async close() {
      signal.removeEventListener('abort', onAbort)
      await watcher.close()
    },
  }
}

function nearestExisting(path: string): string {
  let nearest = path
  while (!existsSync(nearest) && dirname(nearest) !== nearest) nearest = dirname(nearest)
  return nearest
}

/** Directories that a walk does not enter either, and that change often. */
function isPassedOver(path: string, roots: readonly string[]): boolean {
  const below = roots.map(root => relative(root, path)).find(part => !part.startsWith('..')) ?? ''
  return below.split(/[\\/]/).some(part => part === '.git' || part === 'node_modules')
}

/** Resolves when a count has stayed the same for the settling time, or at once when aborted. */
async function quiet(count: () => number, signal: AbortSignal): Promise<void> {
  for (let before = -1; before !== count() && !signal.aborted;) {
    before = count()
    await new Promise<void>(settle => {
      const timer = setTimeout(settle, settleMs)
      signal.addEventListener(
        'abort',
        () => {
          clearTimeout(timer)
          settle()
        },
        {once: true},
      )
    })
  }
}

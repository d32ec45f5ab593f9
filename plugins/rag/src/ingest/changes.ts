import {sep} from 'node:path'
import type {Context} from '@omni-ops/core/operation'

/** Editors write a file in several steps; this long after the last of them, the file is read. Milliseconds. */
const settleMs = 300

/**
 * The sources that changed under the inputs, gathered until nothing has happened for a moment; ends when the context's
 * signal aborts. URLs, globs and stdin are not watched.
 */
export async function* changesOf(inputs: readonly string[], context: Context): AsyncGenerator<ReadonlySet<string>> {
  const {watch} = await import('chokidar')
  const paths = inputs.filter(input => input !== '-' && !/^https?:/i.test(input))
  const watcher = watch([...paths], {
    cwd: context.workingDirectory,
    ignoreInitial: true,
    ignored: path => /(^|[\\/])(\.git|node_modules)([\\/]|$)/.test(path),
  })
  let changed = new Set<string>()
  let wake = () => {}
  watcher.on('all', (_event, path) => {
    changed.add(path.split(sep).join('/'))
    wake()
  })
  context.signal.addEventListener('abort', () => wake(), {once: true})
  try {
    context.emit({type: 'note', level: 'info', message: 'Watching for changes; Ctrl-C ends'})
    while (!context.signal.aborted) {
      if (changed.size === 0) await new Promise<void>(resolve => void (wake = resolve))
      if (context.signal.aborted) return
      await quiet(() => changed.size, context.signal)
      const batch = changed
      changed = new Set()
      if (batch.size > 0) yield batch
    }
  } finally {
    await watcher.close()
  }
}

/** Resolves when a count has stayed the same for the settling time. */
async function quiet(count: () => number, signal: AbortSignal): Promise<void> {
  for (let before = -1; before !== count() && !signal.aborted;) {
    before = count()
    await new Promise(resolve => setTimeout(resolve, settleMs))
  }
}

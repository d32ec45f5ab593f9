import {stat} from 'node:fs/promises'
import {resolve} from 'node:path'
import type {Context, FirstStep} from '@omni-ops/core/operation'
import {ingestSources} from './ingest/ingest-sources.ts'
import {query} from './operations/query.ts'
import {describeSummary} from './presentation/ingest.ts'
import {describeWholeAnswer} from './presentation/query.ts'

const documents: FirstStep = {
  flag: 'documents',
  message: 'Documents to answer from (a folder, a file or a URL; empty for later)',
  suggest: async context => ((await isDirectory(resolve(context.workingDirectory, 'docs'))) ? './docs' : undefined),
  run: async (path, context) => {
    const options = {inputs: [path], collection: 'default', metadata: {}, include: [], exclude: []}
    for await (const summary of ingestSources({...options, prune: false, dryRun: false, watch: false}, context)) {
      const {result, problems} = describeSummary(summary)
      return {told: `${problems}${result}`, result: summary}
    }
    throw new TypeError('An ingest ended without a summary')
  },
}

const question: FirstStep = {
  flag: 'question',
  message: 'A first question about them (empty for none)',
  suggest: async () => undefined,
  run: async (text, context: Context) => {
    const output = await context.invoke(query, {query: text})
    return {told: `${describeWholeAnswer(output)}\n`, result: output}
  },
}

/** What `omni init` offers on the first day. */
export const firstSteps: readonly FirstStep[] = [documents, question]

async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    found => found.isDirectory(),
    () => false,
  )
}

import * as z from 'zod'
import {defineEvent} from '../operation/event.ts'

export const jobFinished = defineEvent({
  name: 'job.finished',
  summary: 'A job in the background was done, failed or was cancelled',
  // Whoever has fewer scopes sees jobs of their own alone.
  scopes: '*',
  payload: z.object({
    id: z.string().describe('The id of the job: `omni jobs show` has its result'),
    operation: z.string().describe('What it did, such as rag.ingest'),
    status: z.enum(['done', 'failed', 'cancelled']).describe('How it ended'),
  }),
  example: {id: '0198c7d2-6a2e-7c11-9b8a-3d0c8f1e2a55', operation: 'rag.optimize', status: 'done'},
})

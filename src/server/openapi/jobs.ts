import type {DescribedStream} from '../../operation/described-stream.ts'
import type {Operation} from '../../operation/operation.ts'

/** Whether long work can go on as a job: then there are operations that tell of jobs. */
export function hasJobs(operations: readonly Operation[]): boolean {
  return operations.some(({id}) => id === 'jobs.show')
}

/** The route of a job's events, which is a stream and no operation. */
export const jobEvents: DescribedStream = {
  name: 'jobs_events',
  path: '/api/v1/jobs/{id}/events',
  summary: 'Follow a job',
  description: 'Server-Sent Events from the beginning, or from after `Last-Event-ID`.',
  scopes: [],
  parameters: [{name: 'id', in: 'path', description: 'The id of the job', schema: {type: 'string'}}],
  events: {
    until: 'What the job says, until it ends',
    shape: 'Events `progress`, `note` and `delta`, then one `result` or `error`',
  },
  example: {id: '019abc12-7def-7000-8000-0123456789ab'},
}

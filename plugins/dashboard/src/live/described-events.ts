import type {DescribedStream} from '@omni-ops/core/operation'

const day = {type: 'string', format: 'date'}

/** The stream of what changes on a dashboard. */
export const dashboardEvents: DescribedStream = {
  name: 'dashboard_events',
  path: '/api/v1/dashboards/{id}/events',
  summary: 'Follow a dashboard',
  description:
    'Server-Sent Events of what changes on a dashboard that was built, drawn from its data as they are now: everything at ' +
    'first, or what changed since the version that `Last-Event-ID` names. Every 15 seconds of silence there is a comment.',
  scopes: ['dashboard:read'],
  parameters: [
    {
      name: 'id',
      in: 'path',
      description: 'Its file without the ending, with dots for slashes',
      schema: {type: 'string'},
    },
    {name: 'from', in: 'query', description: 'The first day that is shown', schema: day},
    {name: 'to', in: 'query', description: 'The last day that is shown', schema: day},
    {
      name: 'where',
      in: 'query',
      description: 'Only rows with these values of dimensions, each a parameter of its own: `where.region=North`',
      schema: {
        type: 'object',
        additionalProperties: {type: 'string', maxLength: 200},
        example: {'where.region': 'North'},
      },
    },
  ],
  events: {
    until: 'Changes, for a quarter of an hour; whoever asks again gets what they missed',
    shape:
      'Events `change`, whose id is the version and whose data is JSON: `version`, `read_at`, `problem` (why the page is not as ' +
      'the data are now, or null) and `fragments`, markup by the id of the element that it replaces',
  },
  example: {id: 'revenue-analytics'},
}

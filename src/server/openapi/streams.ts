import type {DescribedStream} from '../../operation/described-stream.ts'
import {codeSamples} from './code-samples.ts'
import {problemReferences} from './problems.ts'

/** A stream of events as a path of the document. All take up where `Last-Event-ID` says. */
export function streamPath(
  {name, path, summary, description, scopes, parameters, events, example}: DescribedStream,
  serverUrl: string | undefined,
): Record<string, Record<string, unknown>> {
  const rights = scopes.length === 0 ? '' : ` Needs ${scopes.map(scope => `\`${scope}\``).join(' and ')}.`
  const get = {
    operationId: name,
    summary,
    description: `${description}${rights}`,
    tags: [name.split('_')[0]],
    parameters: [
      ...parameters.map(({name: called, in: place, description: what, schema}) => ({
        name: called,
        in: place,
        ...(place === 'path' ? {required: true} : {}),
        description: what,
        schema,
        ...(schema.type === 'object' ? {style: 'form', explode: true} : {}),
      })),
      {
        name: 'Last-Event-ID',
        in: 'header',
        description: 'The last event that was received; the next ones follow',
        schema: {type: 'string'},
      },
      {$ref: '#/components/parameters/X-Tenant-ID'},
      {$ref: '#/components/parameters/X-Request-ID'},
    ],
    responses: {
      '200': {
        description: events.until,
        headers: {'X-Request-ID': {$ref: '#/components/headers/X-Request-ID'}},
        content: {'text/event-stream': {schema: {type: 'string', description: events.shape}}},
      },
      ...problemReferences(['401', '403', '404', '422', '429', '503']),
    },
    ...(scopes.length === 0 ? {} : {'x-scopes': scopes}),
    'x-codeSamples': codeSamples({method: 'GET', path}, example, serverUrl),
  }
  return {[path]: {get}}
}

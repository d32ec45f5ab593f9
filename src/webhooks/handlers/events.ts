import * as z from 'zod'
import type {Handler} from '../../operation/operation.ts'
import type {webhooksEvents} from '../operations/events.ts'

export const handle: Handler<typeof webhooksEvents> = async (_input, {registry}) => ({
  items: (await registry.events()).map(({name, summary, scopes, payload, example}) => ({
    name,
    summary,
    scopes: scopes === '*' ? ['*'] : [...scopes],
    schema: z.toJSONSchema(payload) as Record<string, unknown>,
    example: {type: name, timestamp: '2026-01-31T12:00:00.000Z', data: example},
  })),
})

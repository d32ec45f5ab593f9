/** The least server that could answer the same: Hono with zod on Node, without keys, traces, logs or limits. */
import {serve} from '@hono/node-server'
import {Hono} from 'hono'
import * as z from 'zod'

const Input = z.object({})
const Output = z.object({principal: z.string(), kind: z.string(), tenant: z.string(), scopes: z.array(z.string())})

const app = new Hono()
app.get('/api/v1/whoami', request => {
  Input.parse(request.req.query())
  return request.json(Output.parse({principal: 'key:0123456789ab', kind: 'key', tenant: 'default', scopes: ['*']}))
})
serve({fetch: app.fetch, port: 0, hostname: '127.0.0.1'}, ({port}) => {
  process.stdout.write(`http://127.0.0.1:${port}\n`)
})

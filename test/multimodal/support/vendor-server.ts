import {once} from 'node:events'
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http'
import type {AddressInfo} from 'node:net'
import {onTestFinished} from 'vitest'

/** A request as a vendor gets it. */
export interface VendorRequest {
  readonly method: string
  /** With its query. */
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
  /** Resolves when the client has gone before it got its answer. */
  readonly left: Promise<void>
}

export type VendorAnswer = {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: string | Uint8Array
}

/** A server of a test's own that keeps what it is asked. An answer that never comes is a promise that never settles. */
export async function vendorServer(answer: (request: VendorRequest) => VendorAnswer | Promise<VendorAnswer>) {
  const requests: VendorRequest[] = []
  const server = createServer((incoming, response) => {
    void respond(incoming, response).catch(() => response.destroy())
  })
  const respond = async (incoming: IncomingMessage, response: ServerResponse) => {
    const pieces: Buffer[] = []
    for await (const piece of incoming) pieces.push(piece as Buffer)
    const left = Promise.withResolvers<void>()
    response.once('close', () => response.writableFinished || left.resolve())
    const request = {
      method: incoming.method!,
      path: incoming.url!,
      headers: incoming.headers,
      body: Buffer.concat(pieces),
      left: left.promise,
    }
    requests.push(request)
    const {status = 200, headers = {'content-type': 'application/json'}, body} = await answer(request)
    response.writeHead(status, headers)
    response.end(body)
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  return {url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests}
}

/** The parts of a form, in order; files by their bytes. */
export async function formOf({headers, body}: VendorRequest): Promise<[name: string, value: string | File][]> {
  const response = new Response(new Uint8Array(body), {headers: {'content-type': headers['content-type']!}})
  return [...(await response.formData())]
}

/** A form as the vendor's document describes it: lists by their name without brackets, files as texts. */
export function documented(form: readonly [string, string | File][], numbers: readonly string[] = []) {
  const fields: Record<string, unknown> = {}
  for (const [name, value] of form) {
    const plain = typeof value === 'string' ? (numbers.includes(name) ? Number(value) : value) : 'binary'
    if (!name.endsWith('[]')) fields[name] = plain
    else fields[name.slice(0, -2)] = [...((fields[name.slice(0, -2)] as unknown[] | undefined) ?? []), plain]
  }
  return fields
}

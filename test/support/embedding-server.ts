import {createServer, type ServerResponse} from 'node:http'
import type {AddressInfo} from 'node:net'

export const dimension = 48

/** Words that mean the same, as a model might have learned; every other word means itself. */
const concepts = [
  ['car', 'automobile', 'vehicle', 'avto'],
  ['doctor', 'physician', 'zdravnik'],
  ['money', 'cash', 'funds', 'denar'],
  ['house', 'home', 'dwelling', 'hiša'],
] as const

/** What this model makes of a text: a sum over its words, in which words of one meaning count alike. */
export function meaningOf(text: string): number[] {
  const vector = Array.from({length: dimension}, () => 0)
  for (const word of text.toLowerCase().match(/\p{L}+/gu) ?? ['']) {
    const concept = concepts.findIndex(words => (words as readonly string[]).includes(word))
    if (concept >= 0) vector[concept]! += 4
    else vector[concepts.length + (hash(word) % (dimension - concepts.length))]! += 0.25
  }
  return vector
}

function hash(word: string): number {
  let value = 2_166_136_261
  for (const character of word) value = Math.imul(value ^ character.codePointAt(0)!, 16_777_619) >>> 0
  return value
}

/** How the server treats a request: answers it, keeps it waiting, or fails with a status. */
export type Treatment = 'answer' | 'hold' | {readonly status: number; readonly body?: unknown}

export interface EmbeddingServer {
  readonly url: string
  /** Every text that was answered, in order, with repetitions. */
  readonly embedded: string[]
  /** Every request, answered or not. */
  requests: number
  /** Decides over each request, numbered from 1 over all that came. */
  treat: (request: number, texts: readonly string[]) => Treatment
  /** Makes vectors; another model may be put in. */
  vectorOf: (text: string) => number[]
  close(): void
}

/**
 * A server of the shape that docs.ollama.com/api/embed describes, whose model's arithmetic is known. It stands in for
 * Ollama, which cannot run without weights of its own.
 */
export async function startEmbeddingServer(): Promise<EmbeddingServer> {
  const held = new Set<ServerResponse>()
  const http = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (piece: string) => (body += piece))
    request.once('end', () => {
      const {input, model} = JSON.parse(body) as {input: string[]; model: string}
      const treatment = server.treat(++server.requests, input)
      if (treatment === 'hold') {
        held.add(response)
        return
      }
      if (treatment !== 'answer') {
        const {status, body: answer = {error: 'failed'}} = treatment
        response.writeHead(status, {'content-type': 'application/json'}).end(JSON.stringify(answer))
        return
      }
      server.embedded.push(...input)
      const embeddings = input.map(text => server.vectorOf(text))
      const tokens = input.reduce((sum, text) => sum + text.split(/\s+/u).length, 0)
      response.writeHead(200, {'content-type': 'application/json'})
      response.end(JSON.stringify({model, embeddings, total_duration: 1, load_duration: 1, prompt_eval_count: tokens}))
    })
  })
  await new Promise<void>(resolve => {
    http.listen(0, '127.0.0.1', resolve)
  })
  const server: EmbeddingServer = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    embedded: [],
    requests: 0,
    treat: () => 'answer',
    vectorOf: meaningOf,
    close() {
      http.closeAllConnections()
      http.close()
    },
  }
  return server
}

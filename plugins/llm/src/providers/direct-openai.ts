import {APIPromise, OpenAI} from 'openai'
import {exchanged, type ExchangeInit} from './exchange.ts'

type PostOptions = Parameters<OpenAI['post']>[1]
type ResponseProps = Awaited<ConstructorParameters<typeof APIPromise>[1]>

/**
 * OpenAI's client, which has the resources, their parameters and their answers, with a shorter way to the server. Its own
 * way has a place for retries, time limits, credentials that change, logs and headers about the machine, none of which is
 * in use here (`exchanged` has what is), and costs more than sending the request does.
 */
export class DirectOpenAI extends OpenAI {
  /** With the key. */
  readonly #headers: Readonly<Record<string, string>>
  readonly #urls = new Map<string, string>()

  constructor(options: ConstructorParameters<typeof OpenAI>[0], headers: Readonly<Record<string, string>>) {
    super(options)
    const media = {'content-type': 'application/json', accept: 'application/json', 'user-agent': 'omni'}
    this.#headers = {...media, ...headers}
  }

  override post<Answer>(path: string, options?: PostOptions): APIPromise<Answer> {
    return new APIPromise<Answer>(this, this.#posted(path, options), async (_, {response}) => {
      const type = response.headers.get('content-type') ?? ''
      return (type.includes('json') ? await response.json() : await response.text()) as never
    })
  }

  #urlOf(path: string): string {
    const known = this.#urls.get(path) ?? this.buildURL(path, null)
    this.#urls.set(path, known)
    return known
  }

  async #posted(path: string, given: PostOptions): Promise<ResponseProps> {
    const options = {...(await given)}
    const {exchange} = options.fetchOptions as unknown as ExchangeInit
    const response = await exchanged(exchange, {
      url: this.#urlOf(path),
      method: 'POST',
      headers: this.#headers,
      body: JSON.stringify(options.body),
    })
    return {
      response,
      options: {...options, method: 'post', path},
      controller: unused,
      requestLogID: '',
      retryOfRequestLogID: undefined,
      startTime: 0,
    }
  }
}

/** What a whole answer is read with has its own signal, that of the exchange. */
const unused = new AbortController()

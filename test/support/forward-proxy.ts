import {createServer, type IncomingMessage, request, type ServerResponse} from 'node:http'
import {type AddressInfo, connect, type Socket} from 'node:net'
import {createSecureContext, TLSSocket} from 'node:tls'
import {Settings} from '../../src/config/settings.ts'
import {networkSettings} from '../../src/net/settings.ts'
import {useProxies} from '../../src/net/use-proxies.ts'

export interface ForwardProxyOptions {
  /** Which port of this machine a host has, as the proxy's own name server would know it. */
  readonly hosts: Readonly<Record<string, number>>
  /** `user:password` without which nothing goes through. */
  readonly credentials?: string
  /** Ends TLS in the place of the host, which is asked in the clear, as proxies do that inspect what goes through. */
  readonly inspecting?: {readonly cert: string; readonly key: string}
}

/** A proxy as companies have them: CONNECT for https, whole URLs for http (RFC 9110, 9.3.6; RFC 9112, 3.2.2). */
export class ForwardProxy {
  readonly #options: ForwardProxyOptions
  readonly #server = createServer((asked, response) => this.#forward(asked, response))
  readonly #sockets = new Set<Socket>()
  /** What was asked of it, refusals too. */
  readonly asked: string[] = []
  /** Answers all with that status. */
  fault: number | undefined

  private constructor(options: ForwardProxyOptions) {
    this.#options = options
    this.#server.on('connect', (asked: IncomingMessage, socket: Socket) => this.#tunnel(asked, socket))
    this.#server.on('connection', (socket: Socket) => this.#keep(socket))
  }

  static async start(options: ForwardProxyOptions): Promise<ForwardProxy> {
    const proxy = new ForwardProxy(options)
    await new Promise<void>(done => {
      proxy.#server.listen(0, '127.0.0.1', done)
    })
    return proxy
  }

  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  get url(): string {
    const {credentials} = this.#options
    return `http://${credentials === undefined ? '' : `${credentials}@`}${this.host}`
  }

  stop(): void {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => this.#sockets.delete(socket))
  }

  #refusal({headers}: IncomingMessage, host: string): number | undefined {
    const {credentials, hosts} = this.#options
    const wanted = credentials && `Basic ${Buffer.from(decodeURIComponent(credentials)).toString('base64')}`
    if (wanted !== undefined && headers['proxy-authorization'] !== wanted) return 407
    return this.fault ?? (host in hosts ? undefined : 502)
  }

  #tunnel(asked: IncomingMessage, socket: Socket): void {
    this.#keep(socket)
    this.asked.push(`CONNECT ${asked.url}`)
    const host = asked.url!.replace(/:\d+$/, '')
    const refusal = this.#refusal(asked, host)
    if (refusal !== undefined) {
      socket.end(`HTTP/1.1 ${refusal} Refused\r\nproxy-authenticate: Basic realm="proxy"\r\ncontent-length: 0\r\n\r\n`)
      return
    }
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
    const upstream = connect(this.#options.hosts[host]!, '127.0.0.1')
    this.#keep(upstream)
    const {inspecting} = this.#options
    const plain = inspecting
      ? new TLSSocket(socket, {isServer: true, secureContext: createSecureContext(inspecting)})
      : socket
    plain.on('error', () => upstream.destroy())
    plain.on('close', () => upstream.destroy())
    upstream.on('close', () => plain.destroy())
    plain.pipe(upstream).pipe(plain)
  }

  #forward(asked: IncomingMessage, response: ServerResponse): void {
    this.asked.push(`${asked.method} ${asked.url}`)
    const url = new URL(asked.url!)
    const refusal = this.#refusal(asked, url.hostname)
    if (refusal !== undefined) {
      asked.resume()
      response.writeHead(refusal).end()
      return
    }
    const {'proxy-authorization': _, ...headers} = asked.headers
    const onward = request(
      {
        host: '127.0.0.1',
        port: this.#options.hosts[url.hostname],
        method: asked.method,
        path: url.pathname + url.search,
        headers,
      },
      answer => answer.pipe(response.writeHead(answer.statusCode!, answer.headers)),
    )
    onward.on('error', () => response.destroy())
    asked.pipe(onward)
  }
}

/** Has this process read its network's settings from these variables. */
export function readNetwork(env: Readonly<Record<string, string>>): void {
  useProxies(new Settings(networkSettings, {env}))
}

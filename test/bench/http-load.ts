import {connect, type Socket} from 'node:net'

/** What one request took, in milliseconds. */
interface Taken {
  readonly total: number
  /** Until the first content. */
  readonly first: number
}

export interface LoadResult {
  readonly requests: number
  readonly seconds: number
  readonly failures: number
  readonly total: readonly number[]
  readonly first: readonly number[]
}

export interface LoadOptions {
  readonly port: number
  /** The request as it goes over the wire. */
  readonly request: Buffer
  /** Connections, each with one request at a time. */
  readonly concurrency: number
  readonly seconds: number
  /** In the answer, the first content. */
  readonly mark: string
}

/**
 * Sends one request again and again over so many connections. It works on sockets, because a client that does more
 * would take the processor from the servers that are measured.
 */
export async function load(options: LoadOptions): Promise<LoadResult> {
  const began = performance.now()
  const until = began + options.seconds * 1000
  const taken: Taken[] = []
  let failures = 0
  const mark = Buffer.from(options.mark)

  const work = async () => {
    let socket: Socket | undefined
    while (performance.now() < until) {
      socket ??= await opened(options.port)
      try {
        taken.push(await exchange(socket, options.request, mark))
      } catch {
        failures += 1
        socket.destroy()
        socket = undefined
      }
    }
    socket?.destroy()
  }
  await Promise.all(Array.from({length: options.concurrency}, work))
  return {
    requests: taken.length,
    seconds: (performance.now() - began) / 1000,
    failures,
    total: taken.map(each => each.total).toSorted((a, b) => a - b),
    first: taken.map(each => each.first).toSorted((a, b) => a - b),
  }
}

function opened(port: number): Promise<Socket> {
  return new Promise((done, fail) => {
    const socket = connect({port, host: '127.0.0.1', noDelay: true}, () => done(socket))
    socket.once('error', fail)
  })
}

const headEnd = Buffer.from('\r\n\r\n')
const lastChunk = Buffer.from('0\r\n\r\n')

/** One request and its answer, whose end is told by `Content-Length` or by the last chunk. */
function exchange(socket: Socket, request: Buffer, mark: Buffer): Promise<Taken> {
  const began = performance.now()
  return new Promise((done, fail) => {
    let first: number | undefined
    let head: string | undefined
    let received = Buffer.alloc(0)
    let length = 0
    let tail: Buffer = Buffer.alloc(0)
    let wanted = Infinity
    const end = (act: () => void) => {
      socket.off('data', take).off('close', broken).off('error', broken)
      act()
    }
    const broken = () => end(() => fail(new Error('The connection ended')))
    const take = (part: Buffer) => {
      let body = part
      if (head === undefined) {
        received = Buffer.concat([received, part])
        const at = received.indexOf(headEnd)
        if (at < 0) return
        head = received.subarray(0, at).toString('latin1')
        body = received.subarray(at + 4)
        const declared = /content-length: (\d+)/i.exec(head)
        if (declared) wanted = Number(declared[1])
      }
      length += body.length
      tail =
        body.length < lastChunk.length
          ? Buffer.concat([tail, body]).subarray(-lastChunk.length)
          : body.subarray(-lastChunk.length)
      if (first === undefined && body.includes(mark)) first = performance.now() - began
      if (length < wanted && !(wanted === Infinity && tail.equals(lastChunk))) return
      const total = performance.now() - began
      const good = head.startsWith('HTTP/1.1 200') && first !== undefined
      end(() => (good ? done({total, first: first!}) : fail(new Error(head))))
    }
    socket.on('data', take).once('close', broken).once('error', broken)
    socket.write(request)
  })
}

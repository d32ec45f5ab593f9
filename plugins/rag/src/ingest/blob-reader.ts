import {FailureError} from '@omni-ops/core/operation'
import {type RunningGit, startGit} from './git-process.ts'

/** Reads blobs of a repository's object database, one after another, through one process (git help cat-file). */
export class BlobReader {
  readonly #git: RunningGit
  readonly #output: AsyncIterator<Buffer>
  #rest: Buffer = Buffer.alloc(0)
  /** The last read; one at a time, as their answers come in one stream. */
  #last: Promise<unknown> = Promise.resolve()

  constructor(directory: string, config: Readonly<Record<string, string>>, signal: AbortSignal) {
    this.#git = startGit(['cat-file', '--batch'], {directory, config, signal})
    this.#output = (this.#git.stdout as AsyncIterable<Buffer>)[Symbol.asyncIterator]()
  }

  /** A blob's bytes, as they are in the repository. Throws GitMissingError, GitFailedError, CancelledError. */
  read(oid: string): Promise<Uint8Array> {
    const reading = this.#last.then(() => this.#read(oid))
    this.#last = reading.catch(() => undefined)
    return reading
  }

  close(): void {
    this.#git.stdin.end()
    this.#git.kill()
  }

  async #read(oid: string): Promise<Uint8Array> {
    this.#git.stdin.write(`${oid}\n`)
    const head = await this.#line()
    const size = /^[0-9a-f]+ blob (\d+)$/.exec(head)?.[1]
    if (size === undefined) throw new FailureError(`git cat-file: ${head}`)
    const content = await this.#take(Number(size))
    await this.#take(1)
    return content
  }

  async #line(): Promise<string> {
    for (let from = 0; ;) {
      const end = this.#rest.indexOf(0x0a, from)
      if (end >= 0) {
        const line = this.#rest.toString('utf8', 0, end)
        this.#rest = this.#rest.subarray(end + 1)
        return line
      }
      from = this.#rest.length
      this.#rest = Buffer.concat([this.#rest, await this.#next()])
    }
  }

  async #take(count: number): Promise<Buffer> {
    const parts = [this.#rest]
    let length = this.#rest.length
    while (length < count) {
      const part = await this.#next()
      parts.push(part)
      length += part.length
    }
    const all = parts.length === 1 ? this.#rest : Buffer.concat(parts)
    this.#rest = all.subarray(count)
    return all.subarray(0, count)
  }

  async #next(): Promise<Buffer> {
    const {done, value} = await this.#output.next()
    if (!done) return value
    await this.#git.ended
    throw new FailureError('git cat-file ended before its answer')
  }
}

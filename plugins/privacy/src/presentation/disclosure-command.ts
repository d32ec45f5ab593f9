import {type Field, Flags, flagsFor, globalFlags, OperationCommand, type Typed, UsageError} from '@omni-ops/core/cli'
import {type Context, ExitCode, invoke, type OperationOutput} from '@omni-ops/core/operation'
import type {DisclosedRecord, Disclosure} from '../archive/archive-content.ts'
import {portableFormats, type PortableFormat} from '../archive/portable-document.ts'
import type {ccpaKnow} from '../operations/ccpa-know.ts'
import type {gdprAccess} from '../operations/gdpr-access.ts'
import type {gdprPortability} from '../operations/gdpr-portability.ts'
import {gdprRequestDeliver} from '../operations/gdpr-request-deliver.ts'
import {gdprRequestItems} from '../operations/gdpr-request-items.ts'

export type DisclosingOperation = typeof gdprAccess | typeof gdprPortability | typeof ccpaKnow
type Answer = OperationOutput<typeof gdprAccess>

/** What was written, and where. */
interface Written {
  readonly request: Answer['request']
  readonly out: string
  readonly records: number
  readonly redacted: number
  readonly archive_sha256: string
  readonly key_id: string
}

const outFlag = Flags.string({
  description: 'Write to this directory, or to this file where it ends with .zip',
  helpValue: 'DIR|FILE.zip',
})

const documentFlags = {
  out: Flags.string({description: 'Write to this file', helpValue: 'FILE'}),
  format: Flags.option({
    options: portableFormats,
    description: 'As what it is written [default: by the name of the file, or json]',
  })(),
}

/** The flags of a command that writes an archive, or one document, of what an operation discloses. */
export function disclosureFlags(fields: readonly Field[], form: 'archive' | 'document') {
  return {...flagsFor(fields), ...(form === 'archive' ? {out: outFlag} : documentFlags)}
}

/**
 * Opens a request, or goes on with one, fetches what there is of a person page by page, writes it where the user is, and closes
 * the request with the sum of what was written. The same against a deployment.
 */
export abstract class DisclosureCommand<O extends DisclosingOperation> extends OperationCommand<O> {
  static override strict = true
  static override baseFlags = globalFlags
  protected readonly form: 'archive' | 'document' = 'archive'

  protected override async execute(typed: Typed): Promise<ExitCode> {
    const input = {...(await this.input(typed)), deliver: false}
    const out = typed.values.out as string | undefined
    if (out === undefined) throw new UsageError('Missing --out', {hint: `${this.operation.cli.examples[0]}`})
    const context = await this.context(this.operation.id, typed)
    const answer = (await this.call(input, typed)) as Answer
    if (answer.request.state !== 'executing') return this.#tellWaiting(answer, typed)
    const records = this.#records(answer, context)
    const written =
      this.form === 'archive'
        ? await this.#writeArchive(answer, records, out, context)
        : await this.#writeDocument(answer, records, {out, format: typed.values.format as PortableFormat}, context)
    await this.#tell(written, typed)
    return ExitCode.done
  }

  async *#records({request, items, next}: Answer, context: Context): AsyncGenerator<DisclosedRecord> {
    let page: Pick<Answer, 'items' | 'next'> = {items, next}
    let read = 0
    for (;;) {
      yield* page.items.filter(({decision}) => decision === 'disclose')
      read += page.items.length
      context.emit({type: 'progress', label: 'Writing', done: read, unit: 'records'})
      if (page.next === null) return
      page = await invoke(gdprRequestItems, {request: request.id, cursor: page.next, limit: 500}, context)
    }
  }

  async #writeArchive(
    answer: Answer,
    records: AsyncIterable<DisclosedRecord>,
    out: string,
    context: Context,
  ): Promise<Written> {
    const [{archiveFiles}, {openArchiveTarget}, {archiveWriter}] = await Promise.all([
      import('../archive/archive-content.ts'),
      import('../archive/archive-target.ts'),
      import('./archive-writer.ts'),
    ])
    const target = await openArchiveTarget(out, answer.request.id, archiveWriter)
    try {
      const counted = new CountedRecords(records)
      const files = archiveFiles(disclosureOf(answer), counted)
      let file = await files.next()
      for (; file.done !== true; file = await files.next()) await target.add(file.value)
      const manifest = file.value
      await target.add(manifest)
      // A process may end at any point: what a receipt is signed for has to be there before.
      await target.publish()
      const delivered = await this.#deliver(answer, manifest.sha256, context)
      await target.finish({path: 'receipt.json', bytes: Buffer.from(`${JSON.stringify(delivered.receipt, null, 2)}\n`)})
      return {out, ...counted.counts(), ...writtenOf(delivered, manifest.sha256)}
    } catch (error) {
      await target.discard()
      throw error
    }
  }

  async #writeDocument(
    answer: Answer,
    records: AsyncIterable<DisclosedRecord>,
    {out, format}: {readonly out: string; readonly format: PortableFormat | undefined},
    context: Context,
  ): Promise<Written> {
    const [{portableDocument}, {openSink}, {createHash}] = await Promise.all([
      import('../archive/portable-document.ts'),
      import('@omni-ops/core/cli'),
      import('node:crypto'),
    ])
    const counted = new CountedRecords(records)
    const all: DisclosedRecord[] = []
    for await (const record of counted) all.push(record)
    const named = portableFormats.find(each => out.toLowerCase().endsWith(`.${each}`))
    const text = portableDocument(disclosureOf(answer), all, format ?? named ?? 'json')
    const sink = await openSink(out)
    try {
      await sink.write(text)
      await sink.finish()
    } catch (error) {
      await sink.discard()
      throw error
    }
    const sha256 = createHash('sha256').update(text).digest('hex')
    const delivered = await this.#deliver(answer, sha256, context)
    return {out, ...counted.counts(), ...writtenOf(delivered, sha256)}
  }

  #deliver({request}: Answer, sha256: string, context: Context) {
    return invoke(gdprRequestDeliver, {request: request.id, archive_sha256: sha256}, context)
  }

  /** Nothing is written: nobody is known, or something is missing. */
  async #tellWaiting(answer: Answer, typed: Typed): Promise<ExitCode> {
    const {present} = await import('./request-lines.ts')
    await this.#print(answer, typed, () =>
      present({request: answer.request, places: answer.places, kept: [], records: [], dry_run: false}, this.terminal),
    )
    return (this.operation.outcome?.(answer as never) ?? ExitCode.done) as ExitCode
  }

  async #tell(written: Written, typed: Typed): Promise<void> {
    await this.#print(written, typed, () => {
      const {out, records, redacted, request} = written
      const taken = redacted > 0 ? `, ${redacted} pieces of others’ data taken out` : ''
      return `${out}: ${records} records${taken}\nReceipt: omni gdpr request receipt ${request.id}`
    })
  }

  async #print(result: object, typed: Typed, words: () => string | undefined): Promise<void> {
    this.stopProgress()
    const text = typed.format === undefined && this.terminal.stdout.isTerminal ? words() : undefined
    if (text !== undefined) {
      this.terminal.stdout.write(`${text}\n`)
      return
    }
    const {printResult} = await import('@omni-ops/core/cli')
    await printResult(
      result,
      typed.format,
      {columns: ['request.id', 'request.state', 'request.outcome', 'out', 'records']},
      this.terminal,
    )
  }
}

/** Counts records on their way. */
class CountedRecords implements AsyncIterable<DisclosedRecord> {
  readonly #records: AsyncIterable<DisclosedRecord>
  #count = 0
  #redacted = 0

  constructor(records: AsyncIterable<DisclosedRecord>) {
    this.#records = records
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<DisclosedRecord> {
    for await (const record of this.#records) {
      this.#count += 1
      this.#redacted += record.redacted
      yield record
    }
  }

  counts() {
    return {records: this.#count, redacted: this.#redacted}
  }
}

function disclosureOf({request, terms, recipients}: Answer): Disclosure {
  const {id, regime, right, received_at, due_by, verification} = request
  return {request: {id, regime, right, received_at, due_by, verification}, terms, recipients}
}

function writtenOf({request, receipt}: OperationOutput<typeof gdprRequestDeliver>, sha256: string) {
  return {request, archive_sha256: sha256, key_id: receipt.key_id}
}

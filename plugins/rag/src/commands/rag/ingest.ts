import {Args, Flags, globalFlags, inputFrom, OmniCommand, printResult, type Typed, UsageError} from '@omni-ops/core/cli'
import {ExitCode} from '@omni-ops/core/operation'
import type {MetadataValue} from '../../documents/document.ts'
import {type PersonalDataMode, personalDataModes} from '../../documents/personal-data-modes.ts'
import type {IngestSummary} from '../../ingest/ingest-run.ts'
import {type MediaMode, mediaModes} from '../../ingest/media-modes.ts'
import {ingest} from '../../operations/ingest.ts'
import {AccessEntry, HoldReason} from '../../operations/schemas.ts'

/** Reads files where the user is and hands them to the operation in batches; local and remote are one flow. */
export default class RagIngest extends OmniCommand {
  static override summary = ingest.summary
  static override description = ingest.description ?? ''
  static override examples = [...ingest.cli.examples]
  static override strict = true
  static override args = {
    path: Args.string({
      description:
        'Files, directories, globs, http(s) URLs, git+https://…@REVISION, s3://BUCKET/PREFIX, or - for stdin',
      required: true,
      multiple: true,
      ignoreStdin: true,
    }),
  }
  static override flags = {
    collection: Flags.string({
      char: 'c',
      description: 'The collection of documents [default: default]',
      helpValue: 'NAME',
    }),
    metadata: Flags.string({
      char: 'm',
      description: 'Give every document this metadata',
      helpValue: 'KEY=VALUE',
      multiple: true,
      multipleNonGreedy: true,
    }),
    acl: Flags.string({
      description: 'Only these may see the documents: group:NAME or user:NAME; public opens them to all',
      helpValue: 'WHO',
      multiple: true,
      multipleNonGreedy: true,
    }),
    'retain-until': Flags.string({
      description: 'Until when the documents are kept: 2030-01-01, or a duration from now on such as P90D',
      helpValue: 'TIME',
    }),
    'legal-hold': Flags.string({
      description: 'Put the documents under a legal hold: nobody removes or changes them until it is lifted',
      helpValue: 'REASON',
    }),
    'despite-erasure': Flags.string({
      description: 'Take in documents of persons who were erased here all the same; the reason stands in the audit log',
      helpValue: 'REASON',
    }),
    pii: Flags.string({
      description: 'Tell of personal data in the metadata, hide it in the text, or refuse such documents',
      options: personalDataModes.filter(mode => mode !== 'off'),
    }),
    media: Flags.string({
      description:
        'Read pictures, scans and recordings on this machine (local), also by configured providers (all), or not (off)',
      options: [...mediaModes],
    }),
    contextual: Flags.boolean({
      description: 'Let the language model write where each passage stands in its document, for search',
      allowNo: true,
    }),
    include: Flags.string({
      description: 'Only files that match this glob',
      helpValue: 'GLOB',
      multiple: true,
      multipleNonGreedy: true,
    }),
    exclude: Flags.string({
      description: 'No files that match this glob',
      helpValue: 'GLOB',
      multiple: true,
      multipleNonGreedy: true,
    }),
    rev: Flags.string({
      description: 'Read the paths as they are at this revision of their Git repository',
      helpValue: 'REVISION',
    }),
    prune: Flags.boolean({description: 'Remove documents whose files have vanished'}),
    'skip-near-duplicates': Flags.boolean({
      description: 'Leave out what says nearly the same as a document that is there',
    }),
    watch: Flags.boolean({description: 'Go on, and ingest what changes until Ctrl-C'}),
    'dry-run': Flags.boolean({description: 'Only tell what would be ingested'}),
  }
  static override baseFlags = globalFlags

  protected async execute(typed: Typed): Promise<ExitCode> {
    const inputs = typed.values.path as string[] | undefined
    if (!inputs || inputs.length === 0) {
      throw new UsageError('Missing PATH', {hint: `${this.commandLine} ./docs`})
    }
    const {metadata} = inputFrom([metadataField], typed.values) as {metadata?: Record<string, MetadataValue>}
    const acl = typed.values.acl as string[] | undefined
    const wrong = acl?.find(each => !AccessEntry.safeParse(each).success)
    if (wrong !== undefined) {
      throw new UsageError(`--acl ${wrong} names nobody`, {hint: 'group:NAME, user:NAME or public'})
    }
    const retainUntil = typed.values['retain-until'] as string | undefined
    const legalHold = typed.values['legal-hold'] as string | undefined
    if (legalHold !== undefined && !HoldReason.safeParse(legalHold).success) {
      throw new UsageError('--legal-hold needs a reason of one line')
    }
    const despiteErasure = typed.values['despite-erasure'] as string | undefined
    if (despiteErasure?.trim() === '') throw new UsageError('--despite-erasure needs a reason')
    const context = await this.context(ingest.id, typed)
    if (retainUntil !== undefined) {
      const {retentionEnd} = await import('../../collection/retention.ts')
      retentionEnd(retainUntil, context.clock.now())
    }
    const {ingestSources} = await import('../../ingest/ingest-sources.ts')
    const runs = ingestSources(
      {
        inputs,
        collection: (typed.values.collection as string | undefined) ?? 'default',
        metadata: metadata ?? {},
        ...(acl === undefined ? {} : {acl}),
        include: (typed.values.include as string[] | undefined) ?? [],
        exclude: (typed.values.exclude as string[] | undefined) ?? [],
        ...(typed.values.contextual === undefined ? {} : {contextual: typed.values.contextual === true}),
        ...(typed.values.pii === undefined ? {} : {pii: typed.values.pii as PersonalDataMode}),
        ...(typed.values.media === undefined ? {} : {media: typed.values.media as MediaMode}),
        ...(retainUntil === undefined ? {} : {retainUntil}),
        ...(legalHold === undefined ? {} : {legalHold}),
        ...(despiteErasure === undefined ? {} : {despiteErasure}),
        ...(typed.values.rev === undefined ? {} : {revision: typed.values.rev as string}),
        skipNearDuplicates: typed.values['skip-near-duplicates'] === true,
        prune: typed.values.prune === true,
        dryRun: typed.values['dry-run'] === true,
        watch: typed.values.watch === true,
      },
      context,
    )
    let exitCode: ExitCode = ExitCode.done
    for await (const summary of runs) {
      this.stopProgress()
      if (summary.failures > 0) exitCode = ExitCode.partial
      await this.#print(summary, typed)
    }
    return exitCode
  }

  async #print(summary: IngestSummary, typed: Typed): Promise<void> {
    if (typed.format) {
      await printResult(summary, typed.format, {columns: summaryColumns}, this.terminal)
      return
    }
    const {describeSummary} = await import('../../presentation/ingest.ts')
    const {result, problems} = describeSummary(summary)
    if (problems) this.terminal.stderr.write(problems)
    this.terminal.stdout.write(result)
  }
}

const metadataField = {
  name: 'metadata',
  flag: 'metadata',
  positional: false,
  kind: 'map',
  many: false,
  required: false,
  description: '',
} as const

const summaryColumns = [
  'collection',
  'found',
  'added',
  'changed',
  'unchanged',
  'removed',
  'skipped',
  'failures',
  'chunks',
  'seconds',
]

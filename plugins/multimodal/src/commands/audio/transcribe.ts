import {
  Args,
  fieldsOf,
  Flags,
  flagsFor,
  globalFlags,
  OperationCommand,
  printable,
  type Typed,
  UsageError,
} from '@omni-ops/core/cli'
import {invoke, type OperationInput, type OperationOutput} from '@omni-ops/core/operation'
import type {PartialTranscript} from '../../audio/transcript.ts'
import {audioTranscribe} from '../../operations/audio-transcribe.ts'

const fields = fieldsOf(audioTranscribe)
const {output: _, ...ownFlags} = globalFlags

/** Bytes of a recording that is read here. */
const largestRecording = 2_000_000_000
/** What one request to a deployment takes, with what stands around it: the limit of its server is 32 MiB in base64. */
const sizes = {whole: 24_000_000, piece: 16_000_000}

/** Reads the recording where the user is. What one request cannot carry goes in pieces, also to a deployment far away. */
export default class AudioTranscribe extends OperationCommand<typeof audioTranscribe> {
  static override summary = audioTranscribe.summary
  static override description = audioTranscribe.description ?? ''
  static override usage = '<%= command.id %> FILE [FLAGS]'
  static override examples = [...audioTranscribe.cli.examples]
  static override baseFlags = ownFlags as typeof globalFlags
  static override args = {
    file: Args.string({
      description: 'A recording: a path, an http(s) URL, or - for stdin',
      required: true,
      ignoreStdin: true,
    }),
  }
  static override flags = {
    ...flagsFor(fields),
    out: Flags.string({char: 'o', summary: 'Write the transcript to this file', helpValue: 'FILE'}),
    force: Flags.boolean({summary: 'Overwrite the file'}),
  }
  protected readonly operation = audioTranscribe
  protected readonly fields = fields

  protected override async input(typed: Typed): Promise<Record<string, unknown>> {
    const {file, out, force = false} = typed.values as {file?: string; out?: string; force?: boolean}
    if (file === undefined) throw new UsageError('FILE is missing: which recording?')
    const input = await super.input(typed)
    if (input.format === undefined && typed.format === undefined) input.format = 'text'
    if (out !== undefined) {
      const {assertWritable} = await import('../../media/write-output.ts')
      await assertWritable(out, {workingDirectory: process.cwd(), force})
    }
    return input
  }

  protected override async call(
    input: Record<string, unknown>,
    typed: Typed,
  ): Promise<OperationOutput<typeof audioTranscribe>> {
    const context = await this.context(audioTranscribe.id, typed)
    const [{readMedia}, {recordingDuration, recordingTypes}, {inPieces}] = await Promise.all([
      import('../../media/read-media.ts'),
      import('../../audio/recording.ts'),
      import('../../audio/transcribe.ts'),
    ])
    const {workingDirectory, signal} = context
    const recording = await readMedia(
      typed.values.file as string,
      {bytes: largestRecording, types: recordingTypes},
      {workingDirectory, signal},
    )
    const wanted = input as Omit<OperationInput<typeof audioTranscribe>, 'audio'>
    const file = (bytes: Uint8Array) => ({
      name: recording.source.slice(-255),
      data: Buffer.from(bytes).toString('base64'),
    })
    const duration = await recordingDuration(recording)
    const model = {longest: null, diarizes: wanted.diarize === true, takesPrompt: true}
    const {parts, outcomes} = await inPieces({recording, duration, model, sizes, context}, async piece => {
      const outcome = await invoke(
        audioTranscribe,
        {
          ...wanted,
          audio: file(piece.recording.bytes),
          ...(piece.before === '' ? {} : {before: piece.before}),
          speakers: piece.speakers.map(({name, sample}) => ({name, sample: file(sample.bytes)})),
        },
        context,
      )
      return {transcript: outcome, outcome}
    })
    return outcomes.length === 1 ? outcomes[0]! : wholeOf(parts, outcomes, wanted.format ?? 'json')
  }

  protected override async print(output: OperationOutput<typeof audioTranscribe>, typed: Typed): Promise<void> {
    const {out, force = false} = typed.values as {out?: string; force?: boolean}
    const isJson = typed.format !== undefined || output.document === null
    const text = isJson ? `${JSON.stringify(output, null, 2)}\n` : output.document!
    this.stopProgress()
    const {stdout, stderr} = this.terminal
    if (out !== undefined && out !== '-') {
      const context = await this.context(audioTranscribe.id, typed)
      const {writeOutput} = await import('../../media/write-output.ts')
      await writeOutput(out, Buffer.from(isJson && typed.format === undefined ? text : (output.document ?? text)), {
        ...context,
        force,
      })
      stderr.write(`${out}: ${output.model}, ${costOf(output.cost_usd)}\n`)
      if (typed.format !== undefined) await super.print(output, typed)
      return
    }
    if (typed.format !== undefined) return super.print(output, typed)
    stdout.write(isJson ? text : printable(text))
  }
}

async function wholeOf(
  parts: readonly PartialTranscript[],
  outcomes: readonly OperationOutput<typeof audioTranscribe>[],
  format: 'json' | 'text' | 'srt' | 'vtt',
): Promise<OperationOutput<typeof audioTranscribe>> {
  const [{stitchTranscripts}, {transcriptDocument}, {sumOfDollars}] = await Promise.all([
    import('../../audio/transcript.ts'),
    import('../../audio/subtitles.ts'),
    import('../../providers/dollars.ts'),
  ])
  const transcript = stitchTranscripts(parts)
  const [first] = outcomes
  return {
    ...first!,
    ...transcript,
    segments: [...transcript.segments],
    words: [...transcript.words],
    document: transcriptDocument(transcript, format) ?? null,
    pieces: outcomes.reduce((sum, {pieces}) => sum + pieces, 0),
    request_ids: outcomes.flatMap(({request_ids: ids}) => ids),
    cost_usd: sumOfDollars(outcomes.map(({cost_usd: cost}) => cost)),
  }
}

function costOf(dollars: string | null): string {
  return dollars === null ? 'price unknown' : `$${dollars}`
}

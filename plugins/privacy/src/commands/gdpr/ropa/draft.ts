import {fieldsOf, Flags, OperationCommand, openSink, type Typed} from '@omni-ops/core/cli'
import type {OperationOutput} from '@omni-ops/core/operation'
import {ropaDraft} from '../../../operations/ropa-draft.ts'

/** Writes the draft as the YAML file that `omni gdpr ropa` reads, with what is left to its keeper. */
export default class GdprRopaDraft extends OperationCommand<typeof ropaDraft> {
  static override summary = ropaDraft.summary
  static override description = ropaDraft.description ?? ''
  static override examples = [...ropaDraft.cli.examples]
  static override flags = {
    out: Flags.string({description: 'Write a YAML file to complete, or - for stdout', helpValue: 'FILE'}),
  }
  protected readonly operation = ropaDraft
  protected readonly fields = fieldsOf(ropaDraft)

  protected override async print(output: OperationOutput<typeof ropaDraft>, typed: Typed): Promise<void> {
    const out = typed.values.out as string | undefined
    if (out === undefined) return super.print(output, typed)
    this.stopProgress()
    const {draftFile} = await import('../../../registers/draft-file.ts')
    const {clock, settings} = await this.context(ropaDraft.id, typed)
    const text = draftFile(output.activities, clock.now(), settings.get('privacy.time_zone') as string)
    const sink = await openSink(out)
    try {
      await sink.write(text)
      await sink.finish()
    } catch (error) {
      await sink.discard()
      throw error
    }
    if (out !== '-') this.terminal.stderr.write(`Wrote ${out}\n`)
  }
}

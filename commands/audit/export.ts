import {auditExport} from '@omni-ops/core/audit/operations'
import {Flags, OmniCommand, openSink, type Typed, UsageError} from '@omni-ops/core/cli'
import {CancelledError, ExitCode, invoke} from '@omni-ops/core/operation'

/** Writes page after page, so that a log of any length passes through constant memory. */
export default class AuditExport extends OmniCommand {
  static override summary = auditExport.summary
  static override description = auditExport.description ?? ''
  static override examples = [...auditExport.cli.examples]
  static override flags = {
    after: Flags.string({description: 'Begin after the entry with this number', helpValue: 'N', default: '0'}),
    out: Flags.string({description: 'Write to this file instead of stdout', helpValue: 'FILE', default: '-'}),
  }

  protected async execute(typed: Typed): Promise<ExitCode> {
    const context = await this.context(auditExport.id, typed)
    const after = Number(typed.values.after)
    if (!Number.isInteger(after) || after < 0) throw new UsageError('--after expects the number of an entry')
    const sink = await openSink(typed.values.out as string)
    let next: number | null = after
    try {
      while (next !== null) {
        if (this.signal.aborted) throw new CancelledError()
        const page: {items: readonly unknown[]; next: number | null} = await invoke(auditExport, {after: next}, context)
        for (const entry of page.items) await sink.write(`${JSON.stringify(entry)}\n`)
        next = page.next
      }
      await sink.finish()
    } catch (error) {
      await sink.discard()
      throw error
    }
    return ExitCode.done
  }
}

import {Flags, OmniCommand, openSink, type Typed} from '@omni-ops/core/cli'
import {CancelledError, ExitCode, invoke} from '@omni-ops/core/operation'
import {describeWithheld} from '../../handlers/passage-output.ts'
import {exportPassages} from '../../operations/export.ts'

/** Writes page after page, so that a collection of any size passes through constant memory. */
export default class RagExport extends OmniCommand {
  static override summary = exportPassages.summary
  static override description =
    'One JSON object per line, in the order of the sources. A file is replaced only when it is complete.'
  static override examples = [...exportPassages.cli.examples]
  static override flags = {
    collection: Flags.string({
      char: 'c',
      description: 'The collection of documents [default: default]',
      helpValue: 'NAME',
    }),
    out: Flags.string({description: 'Write to this file instead of stdout', helpValue: 'FILE', default: '-'}),
  }

  protected async execute(typed: Typed): Promise<ExitCode> {
    const context = await this.context(exportPassages.id, typed)
    const collection = (typed.values.collection as string | undefined) ?? 'default'
    let page = await invoke(exportPassages, {collection}, context)
    const sink = await openSink(typed.values.out as string)
    let written = 0
    let withheld = 0
    try {
      for (;;) {
        for (const passage of page.items) await sink.write(`${JSON.stringify(passage)}\n`)
        written += page.items.length
        withheld += page.withheld
        context.emit({type: 'progress', label: 'Exporting', done: written, unit: 'passages'})
        if (page.next === null) break
        if (this.signal.aborted) throw new CancelledError()
        page = await invoke(exportPassages, {collection, cursor: page.next}, context)
      }
      await sink.finish()
      if (withheld > 0) context.emit({type: 'note', level: 'warn', message: describeWithheld(withheld)})
    } catch (error) {
      await sink.discard()
      throw error
    }
    return ExitCode.done
  }
}

import {fieldsOf, flagsFor, globalFlags, OperationCommand, type Typed} from '@omni-ops/core/cli'
import {pictureArgument, picturesOf} from '../../presentation/picture-argument.ts'
import {ocr} from '../../operations/ocr.ts'

const fields = fieldsOf(ocr)

/** Reads files, stdin and URLs where the user is. */
export default class VisionOcr extends OperationCommand<typeof ocr> {
  static override summary = ocr.summary
  static override description = ocr.description ?? ''
  static override usage = '<%= command.id %> FILE... [FLAGS]'
  static override examples = [...ocr.cli.examples]
  static override strict = true
  static override baseFlags = globalFlags
  static override args = pictureArgument
  static override flags = flagsFor(fields)
  protected readonly operation = ocr
  protected readonly fields = fields
  protected override readonly options = {present: () => import('../../presentation/ocr.ts')}

  protected override async input(typed: Typed): Promise<Record<string, unknown>> {
    const sources = picturesOf(typed, `${this.commandLine} scan.pdf`)
    const input = await super.input(typed)
    const {filesToSend} = await import('../../media/files-to-send.ts')
    const context = await this.context(ocr.id, typed)
    input.files = await filesToSend(sources, {keepMetadata: false}, context)
    // A person is shown the text alone.
    if (typed.format === undefined) input.words = false
    return input
  }
}

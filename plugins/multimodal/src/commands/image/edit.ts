import {Args, fieldsOf, Flags, readStandardInput, type Typed, UsageError} from '@omni-ops/core/cli'
import {DrawingCommand, drawingFlags, drawingGlobalFlags} from '../../presentation/drawing-command.ts'
import {imageEdit} from '../../operations/image-edit.ts'

const fields = fieldsOf(imageEdit)

/** Reads pictures where the user is, and sends them without what a camera wrote into them. */
export default class ImageEdit extends DrawingCommand<typeof imageEdit> {
  static override summary = imageEdit.summary
  static override description = imageEdit.description ?? ''
  static override usage = '<%= command.id %> IMAGE PROMPT -o FILE [FLAGS]'
  static override examples = [...imageEdit.cli.examples]
  static override baseFlags = drawingGlobalFlags
  static override args = {
    image: Args.string({description: 'A picture: a path or an http(s) URL', required: true, ignoreStdin: true}),
    prompt: Args.string({
      description: 'What is to be otherwise; - reads it from stdin',
      required: true,
      ignoreStdin: true,
    }),
  }
  static override flags = {
    ...drawingFlags(fields),
    with: Flags.string({
      summary: 'A further picture that goes in',
      helpValue: 'FILE',
      multiple: true,
      multipleNonGreedy: true,
    }),
    mask: Flags.string({summary: 'A PNG, transparent where it is to be drawn anew', helpValue: 'FILE'}),
  }
  protected readonly operation = imageEdit
  protected readonly fields = fields

  protected override async input(typed: Typed): Promise<Record<string, unknown>> {
    const {
      image,
      prompt,
      mask,
      with: more = [],
    } = typed.values as {
      image?: string
      prompt?: string
      mask?: string
      with?: string[]
    }
    if (image === undefined) throw new UsageError('IMAGE is missing: which picture?')
    if (prompt === undefined) throw new UsageError('PROMPT is missing: what is to be otherwise?')
    const input = await super.input(typed)
    const {filesToSend} = await import('../../media/files-to-send.ts')
    const context = await this.context(imageEdit.id, typed)
    const keepMetadata = input.keep_exif === true
    const masked = mask === undefined ? [] : await filesToSend([mask], {keepMetadata: true}, context)
    return {
      ...input,
      prompt: prompt === '-' ? await readStandardInput(this.signal) : prompt,
      pictures: await filesToSend([image, ...more], {keepMetadata}, context),
      ...(masked[0] ? {mask: masked[0].data} : {}),
    }
  }
}

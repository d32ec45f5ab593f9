import {Args, fieldsOf, type Typed, UsageError} from '@omni-ops/core/cli'
import {DrawingCommand, drawingFlags, drawingGlobalFlags} from '../../presentation/drawing-command.ts'
import {imageVary} from '../../operations/image-vary.ts'

const fields = fieldsOf(imageVary)

/** Reads the picture where the user is, and sends it without what a camera wrote into it. */
export default class ImageVary extends DrawingCommand<typeof imageVary> {
  static override summary = imageVary.summary
  static override description = imageVary.description ?? ''
  static override usage = '<%= command.id %> IMAGE -o FILE [FLAGS]'
  static override examples = [...imageVary.cli.examples]
  static override baseFlags = drawingGlobalFlags
  static override args = {
    image: Args.string({description: 'A picture: a path or an http(s) URL', required: true, ignoreStdin: true}),
  }
  static override flags = drawingFlags(fields)
  protected readonly operation = imageVary
  protected readonly fields = fields

  protected override async input(typed: Typed): Promise<Record<string, unknown>> {
    const {image} = typed.values as {image?: string}
    if (image === undefined) throw new UsageError('IMAGE is missing: which picture?')
    const input = await super.input(typed)
    const {filesToSend} = await import('../../media/files-to-send.ts')
    const context = await this.context(imageVary.id, typed)
    const [picture] = await filesToSend([image], {keepMetadata: input.keep_exif === true}, context)
    return {...input, picture}
  }
}

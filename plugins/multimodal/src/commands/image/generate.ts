import {argsFor, fieldsOf} from '@omni-ops/core/cli'
import {DrawingCommand, drawingFlags, drawingGlobalFlags} from '../../presentation/drawing-command.ts'
import {imageGenerate} from '../../operations/image-generate.ts'

const fields = fieldsOf(imageGenerate)

export default class ImageGenerate extends DrawingCommand<typeof imageGenerate> {
  static override summary = imageGenerate.summary
  static override description = imageGenerate.description ?? ''
  static override usage = '<%= command.id %> PROMPT -o FILE [FLAGS]'
  static override examples = [...imageGenerate.cli.examples]
  static override baseFlags = drawingGlobalFlags
  static override args = argsFor(fields, imageGenerate.cli.args ?? [])
  static override flags = drawingFlags(fields)
  protected readonly operation = imageGenerate
  protected readonly fields = fields
}

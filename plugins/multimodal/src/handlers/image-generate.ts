import {type Handler, InvalidInputError} from '@omni-ops/core/operation'
import {draw} from '../image/draw.ts'
import {PromptLibrary} from '../image/prompt-library.ts'
import type {imageGenerate} from '../operations/image-generate.ts'
import {drawingOutputOf} from './drawing-output.ts'

export const handle: Handler<typeof imageGenerate> = async (input, context) => {
  const kept = input.named === undefined ? undefined : await (await PromptLibrary.open(context)).show(input.named)
  const prompt = [input.prompt, kept?.prompt].filter(Boolean).join('. ')
  if (prompt.trim() === '') throw new InvalidInputError('PROMPT is missing: what is to be drawn?')
  const drawing = await draw(
    {
      task: 'generate',
      ...input,
      prompt,
      negative: input.negative_prompt,
      avoided: kept?.negativePrompt ?? undefined,
      size: input.size ?? kept?.size ?? undefined,
      sources: [],
      keepMetadata: false,
    },
    context,
  )
  return drawingOutputOf(drawing)
}

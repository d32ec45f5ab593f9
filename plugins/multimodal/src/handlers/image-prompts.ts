import type {Handler} from '@omni-ops/core/operation'
import {PromptLibrary} from '../image/prompt-library.ts'
import type {imagePrompts} from '../operations/image-prompts.ts'

export const handle: Handler<typeof imagePrompts> = async (_, context) => {
  const kept = await (await PromptLibrary.open(context)).list()
  return {
    prompts: kept.map(({negativePrompt, keptAt, ...prompt}) => ({
      ...prompt,
      negative_prompt: negativePrompt,
      kept_at: keptAt,
    })),
  }
}

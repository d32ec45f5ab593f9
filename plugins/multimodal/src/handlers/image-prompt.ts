import type {Handler} from '@omni-ops/core/operation'
import {composePrompt} from '../image/compose-prompt.ts'
import {PromptLibrary} from '../image/prompt-library.ts'
import type {imagePrompt} from '../operations/image-prompt.ts'

export const handle: Handler<typeof imagePrompt> = async ({idea, style, save, force, model}, context) => {
  const {
    prompt,
    negativePrompt,
    size,
    changes,
    writtenBy,
    style: look,
  } = await composePrompt({idea, style, model}, context)
  if (save !== undefined) {
    const library = await PromptLibrary.open(context)
    await library.keep({name: save, idea, prompt, negativePrompt, style: look, size}, force)
  }
  return {
    prompt,
    negative_prompt: negativePrompt,
    style: look,
    size,
    changes: [...changes],
    written_by: writtenBy,
    saved: save ?? null,
  }
}

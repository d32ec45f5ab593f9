import type {Handler} from '@omni-ops/core/operation'
import {PromptLibrary} from '../image/prompt-library.ts'
import type {imageForgetPrompt} from '../operations/image-forget-prompt.ts'

export const handle: Handler<typeof imageForgetPrompt> = async ({name}, context) => {
  await (await PromptLibrary.open(context)).remove(name)
  return {removed: name}
}

import type {Context} from '@omni-ops/core/operation'
import * as z from 'zod'
import {endpoint, exchange, jsonOf, UnusableAnswerError} from '../providers/exchange.ts'
import {textOf} from '../providers/openai-access.ts'
import {drawByComfy} from './comfy-images.ts'
import {sidesOf} from './image-models.ts'
import {type ImageProvider, type PictureAsked, variationPrompt} from './image-provider.ts'

const largestAnswer = 200_000_000
/** What the model was trained on. */
const ordinarySize = '1024x1024'
/** Steps of the sampler, and how far an edit or a variation may be from its picture. */
const steps = 30
const editStrength = 0.75
const variationStrength = 0.6

const answerSchema = z.object({images: z.array(z.string().min(1)).min(1), info: z.string().nullish()})

/**
 * Stable Diffusion on a server of the user's own, over the API of AUTOMATIC1111's web interface
 * (github.com/AUTOMATIC1111/stable-diffusion-webui, `/docs` of a running one) or of ComfyUI. It costs nothing here.
 */
export function sdxlImages(settings: Context['settings']): ImageProvider | undefined {
  const base = textOf(settings, 'image.sdxl_url')
  if (base === undefined) return undefined
  const isComfy = settings.get('image.sdxl_api') === 'comfyui'
  return {
    name: 'sdxl',
    pricing: 'own-machine',
    secrets: [],
    isVendor: false,
    most: ({count}) => ({images: count}),
    async draw(asked, signal) {
      if (isComfy) {
        const pictures = await drawByComfy(base, asked, signal)
        return {pictures, used: {images: pictures.length}}
      }
      const answer = await exchange({
        url: endpoint(base, asked.task === 'generate' ? 'sdapi/v1/txt2img' : 'sdapi/v1/img2img'),
        headers: {'content-type': 'application/json'},
        body: JSON.stringify(webUiRequest(asked)),
        signal,
        largest: largestAnswer,
      })
      const parsed = answerSchema.safeParse(jsonOf(answer))
      if (!parsed.success) throw new UnusableAnswerError('The answer has no pictures in it')
      const seeds = seedsOf(parsed.data.info)
      const pictures = parsed.data.images.slice(0, asked.count).map((image, index) => ({
        // Some versions put the beginning of a data URL in front.
        bytes: Buffer.from(image.replace(/^data:[^,]*,/, ''), 'base64'),
        revisedPrompt: null,
        seed: seeds[index] ?? null,
      }))
      return {pictures, used: {images: pictures.length}}
    },
  }
}

export function webUiRequest(asked: PictureAsked) {
  const {task, prompt, negative, size = ordinarySize, count, seed, sources, mask} = asked
  const [width, height] = sidesOf(size) ?? sidesOf(ordinarySize)!
  const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')
  return {
    prompt: prompt === '' ? variationPrompt : prompt,
    ...(negative === undefined ? {} : {negative_prompt: negative}),
    steps,
    batch_size: count,
    seed: seed ?? -1,
    ...(task === 'generate' || asked.size !== undefined ? {width, height} : {}),
    ...(task === 'generate'
      ? {}
      : {
          init_images: sources.map(({bytes}) => base64(bytes)),
          denoising_strength: task === 'vary' ? variationStrength : editStrength,
        }),
    ...(mask ? {mask: base64(mask.bytes), inpaint_full_res: false} : {}),
  }
}

const infoSchema = z.object({all_seeds: z.array(z.int())})

function seedsOf(info: string | null | undefined): readonly number[] {
  try {
    return infoSchema.parse(JSON.parse(info ?? '')).all_seeds
  } catch {
    return []
  }
}

import type {Context} from '@omni-ops/core/operation'
import {endpoint, exchange} from '../providers/exchange.ts'
import {textOf} from '../providers/openai-access.ts'
import {shapeOf} from './image-models.ts'
import {type ImageProvider, type PictureAsked, variationPrompt} from './image-provider.ts'
import {fileOf} from './openai-images.ts'

const vendorUrl = 'https://api.stability.ai'
const largestPicture = 60_000_000
/** How far a variation may be from its picture: 0 is the picture, 1 has nothing of it. */
const variationStrength = '0.65'

/** Stability AI over its REST API, v2beta (https://platform.stability.ai/docs/api-reference): forms in, a picture out. */
export function stabilityImages(settings: Context['settings']): ImageProvider | undefined {
  const apiKey = textOf(settings, 'image.stability_api_key')
  if (apiKey === undefined) return undefined
  const own = textOf(settings, 'image.stability_base_url')
  return {
    name: 'stability',
    pricing: own === undefined ? 'list' : 'unknown',
    secrets: [apiKey],
    isVendor: own === undefined,
    most: () => ({images: 1}),
    async draw(asked, signal) {
      const {bytes, headers} = await exchange({
        url: endpoint(own ?? vendorUrl, `v2beta/stable-image/${pathOf(asked)}`),
        headers: {authorization: `Bearer ${apiKey}`, accept: 'image/*'},
        body: stabilityForm(asked),
        signal,
        largest: largestPicture,
      })
      const seed = Number(headers.get('seed') ?? Number.NaN)
      const picture = {bytes, revisedPrompt: null, seed: Number.isSafeInteger(seed) ? seed : (asked.seed ?? null)}
      return {pictures: [picture], used: {images: 1}}
    },
  }
}

function pathOf({model}: Pick<PictureAsked, 'model'>): string {
  switch (model.name) {
    case 'stable-image-core':
      return 'generate/core'
    case 'stable-image-ultra':
      return 'generate/ultra'
    case 'stable-image-inpaint':
      return 'edit/inpaint'
    default:
      return 'generate/sd3'
  }
}

export function stabilityForm(asked: PictureAsked): FormData {
  const {task, model, prompt, negative, size, seed, format, sources, mask} = asked
  const form = new FormData()
  form.append('prompt', prompt === '' ? variationPrompt : prompt)
  form.append('output_format', format)
  if (model.name.startsWith('sd3')) form.append('model', model.name)
  if (negative !== undefined) form.append('negative_prompt', negative)
  if (seed !== undefined) form.append('seed', String(seed))
  if (task === 'vary') {
    form.append('mode', 'image-to-image')
    form.append('strength', variationStrength)
  } else if (task === 'generate' && size !== undefined) form.append('aspect_ratio', shapeOf(size) ?? size)
  if (sources[0]) form.append('image', fileOf(sources[0], 'picture'))
  if (mask) form.append('mask', fileOf(mask, 'mask'))
  return form
}

import type {Quantities} from '@omni-ops/core/llm'
import {type AddressRules, downloadPublic, hostAddresses, isPublicAddress} from '@omni-ops/core/net'
import type {Context} from '@omni-ops/core/operation'
import type {ImageGenerateParamsNonStreaming} from 'openai/resources/images'
import * as z from 'zod'
import type {Media} from '../media/read-media.ts'
import {endpoint, exchange, jsonOf, UnusableAnswerError} from '../providers/exchange.ts'
import {authorization, type OpenAiAccess, openAiAccess} from '../providers/openai-access.ts'
import {sidesOf} from './image-models.ts'
import {type DrawnPicture, type ImageProvider, type PictureAsked, variationPrompt} from './image-provider.ts'

/** Ten pictures of 3,840 × 2,160 in base64 are some hundred million bytes. */
const largestAnswer = 400_000_000
const largestPicture = 60_000_000

/**
 * No formula says how many tokens a picture takes: it is by size, quality and model. 1,024 × 1,024 at the highest
 * ordinary quality has been seen to take some 7,000, and a token for 64 pixels reserves 16,384; what it did take is in the
 * answer.
 */
const pixelsPerToken = 64
const likelyPixels = 1_536 * 1_024
/** Of a picture that is given: 6,240 for the largest at high fidelity (https://platform.openai.com/docs/guides/images-vision). */
const tokensOfSource = 8_000
const writtenTokens = 2_000

const count = z.int().min(0)
const answerSchema = z.object({
  data: z
    .array(z.object({b64_json: z.string().nullish(), url: z.url().nullish(), revised_prompt: z.string().nullish()}))
    .min(1),
  usage: z
    .object({
      input_tokens: count,
      output_tokens: count,
      input_tokens_details: z.object({text_tokens: count.nullish(), image_tokens: count.nullish()}).nullish(),
      output_tokens_details: z.object({text_tokens: count.nullish(), image_tokens: count.nullish()}).nullish(),
    })
    .nullish(),
})

/** OpenAI's pictures, or another server that speaks its protocol. */
export function openAiImages(settings: Context['settings'], addresses: AddressRules = {}): ImageProvider | undefined {
  const access = openAiAccess(settings, 'image.openai_base_url')
  if (access === undefined) return undefined
  return {
    name: 'openai',
    pricing: access.isVendor ? 'list' : 'unknown',
    secrets: access.apiKey === undefined ? [] : [access.apiKey],
    isVendor: access.isVendor,
    most,
    async draw(asked, signal) {
      const answer = await exchange({
        ...requestFor(access, asked),
        signal,
        largest: largestAnswer,
      })
      const parsed = answerSchema.safeParse(jsonOf(answer))
      if (!parsed.success) throw new UnusableAnswerError('The answer has no pictures in it')
      const {data, usage} = parsed.data
      const pictures = await Promise.all(
        data.map(async ({b64_json: base64, url, revised_prompt: revised}): Promise<DrawnPicture> => ({
          bytes: base64 ? Buffer.from(base64, 'base64') : await downloaded(url, access, addresses, signal),
          revisedPrompt: revised ?? null,
          seed: null,
        })),
      )
      return {
        pictures,
        used: usage ? usedOf(usage, pictures.length) : isGptImage(asked) ? null : {images: pictures.length},
      }
    },
  }
}

/** The request: JSON to draw, a form to change. */
export function requestFor(access: OpenAiAccess, asked: PictureAsked) {
  const headers = authorization(access)
  if (asked.task === 'generate') {
    return {
      url: endpoint(access.baseUrl, 'images/generations'),
      headers: {...headers, 'content-type': 'application/json'},
      body: JSON.stringify(generation(asked)),
    }
  }
  const isVariation = asked.task === 'vary' && !isGptImage(asked)
  return {
    url: endpoint(access.baseUrl, isVariation ? 'images/variations' : 'images/edits'),
    headers,
    body: isVariation ? variationForm(asked) : editForm(asked),
  }
}

/** Checked by the SDK's own type. GPT models answer in base64 and take no `response_format`; the others would send URLs. */
function generation(asked: PictureAsked): ImageGenerateParamsNonStreaming {
  const {model, prompt, count: n, size, quality, transparent, format} = asked
  return {
    model: model.name,
    prompt,
    n,
    ...(size === undefined ? {} : {size}),
    ...(quality === undefined ? {} : {quality: quality as NonNullable<ImageGenerateParamsNonStreaming['quality']>}),
    ...(isGptImage(asked)
      ? {output_format: format, ...(transparent ? {background: 'transparent' as const} : {})}
      : {response_format: 'b64_json' as const}),
  }
}

function editForm(asked: PictureAsked): FormData {
  const {model, prompt, count: n, size, quality, transparent, format, sources, mask} = asked
  const form = new FormData()
  form.append('model', model.name)
  form.append('prompt', prompt === '' ? variationPrompt : prompt)
  form.append('n', String(n))
  if (size !== undefined) form.append('size', size)
  if (quality !== undefined) form.append('quality', quality)
  if (isGptImage(asked)) {
    form.append('output_format', format)
    if (transparent) form.append('background', 'transparent')
  } else form.append('response_format', 'b64_json')
  const name = isGptImage(asked) ? 'image[]' : 'image'
  for (const [index, source] of sources.entries()) form.append(name, fileOf(source, `picture-${index + 1}`))
  if (mask) form.append('mask', fileOf(mask, 'mask'))
  return form
}

function variationForm({model, count: n, size, sources}: PictureAsked): FormData {
  const form = new FormData()
  form.append('model', model.name)
  form.append('n', String(n))
  form.append('response_format', 'b64_json')
  if (size !== undefined) form.append('size', size)
  form.append('image', fileOf(sources[0]!, 'picture'))
  return form
}

export function fileOf({bytes, mediaType}: Media, name: string): File {
  return new File([bytes as Uint8Array<ArrayBuffer>], `${name}.${mediaType.split('/')[1]}`, {type: mediaType})
}

/**
 * Addresses of pictures are good for an hour: they are fetched at once. They lead where their server wants, so that only
 * the public internet is reached through them, or that server itself.
 */
async function downloaded(
  url: string | null | undefined,
  {baseUrl}: OpenAiAccess,
  addresses: AddressRules,
  signal: AbortSignal,
): Promise<Uint8Array> {
  if (url == null) throw new UnusableAnswerError('The answer has a picture without content')
  const isOwn = new URL(url).host === new URL(baseUrl).host
  return downloadPublic(url, {
    ...(isOwn ? await alsoOwn(baseUrl) : addresses),
    signal,
    largest: largestPicture,
    timeout: 60_000,
    accept: 'image/png,image/jpeg,image/webp',
  })
}

/** The server that was asked may be one of this network; what it leads to further on may not. */
async function alsoOwn(baseUrl: string): Promise<AddressRules> {
  const own = await hostAddresses(new URL(baseUrl), {isAllowed: () => true})
  const known = new Set('allowed' in own ? own.allowed : [])
  return {isAllowed: address => known.has(address) || isPublicAddress(address)}
}

function isGptImage({model}: Pick<PictureAsked, 'model'>): boolean {
  return !model.name.startsWith('dall-e')
}

function most(asked: PictureAsked): Quantities {
  const {prompt, size, count: n, sources, mask} = asked
  if (!isGptImage(asked)) return {images: n}
  const [width, height] = (size === undefined ? undefined : sidesOf(size)) ?? []
  const pixels = width === undefined || height === undefined ? likelyPixels : width * height
  return {
    images: n,
    input_text_tokens: Buffer.byteLength(prompt) + writtenTokens,
    input_image_tokens: (sources.length + (mask ? 1 : 0)) * tokensOfSource,
    output_image_tokens: n * Math.ceil(pixels / pixelsPerToken),
    output_text_tokens: n * writtenTokens,
  }
}

function usedOf(usage: NonNullable<z.output<typeof answerSchema>['usage']>, images: number): Quantities {
  const {input_tokens: input, output_tokens: output, input_tokens_details: ins, output_tokens_details: outs} = usage
  const sourceTokens = ins?.image_tokens ?? 0
  const written = outs?.text_tokens ?? 0
  return {
    images,
    input_text_tokens: ins?.text_tokens ?? Math.max(0, input - sourceTokens),
    input_image_tokens: sourceTokens,
    output_image_tokens: outs?.image_tokens ?? Math.max(0, output - written),
    output_text_tokens: written,
  }
}

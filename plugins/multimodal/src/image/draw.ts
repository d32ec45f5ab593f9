import type {Context} from '@omni-ops/core/operation'
import {UnusableMediaError} from '../media/errors.ts'
import {loadSharp} from '../media/load-sharp.ts'
import {mediaTypeOf} from '../media/media-type.ts'
import {decoded, defaultPictureLimits, inspectPicture} from '../media/picture.ts'
import {pictureForUpload} from '../media/picture-for-upload.ts'
import type {Media} from '../media/read-media.ts'
import {UnusableAnswerError} from '../providers/exchange.ts'
import {textOf} from '../providers/openai-access.ts'
import {geminiImages} from './gemini-images.ts'
import {
  type ImageModel,
  imageModelFor,
  imageModels,
  type ImageProviderName,
  imageProviders,
  type ImageTask,
  UnsupportedPictureError,
} from './image-models.ts'
import {type ImageProvider, ImagesNotConfiguredError, type PictureAsked, type PictureFormat} from './image-provider.ts'
import {openAiImages} from './openai-images.ts'
import {sdxlImages} from './sdxl-images.ts'
import {stabilityImages} from './stability-images.ts'

export interface DrawRequest {
  readonly task: ImageTask
  readonly prompt: string
  readonly negative?: string | undefined
  /** What a kept prompt leaves out: said in the prompt where the model takes no negative one. */
  readonly avoided?: string | undefined
  /** `provider/model`, or a model's own name. */
  readonly model?: string | undefined
  readonly size?: string | undefined
  readonly count: number
  readonly seed?: number | undefined
  readonly quality?: string | undefined
  readonly transparent: boolean
  readonly format: PictureFormat
  /** Pictures that it starts from. */
  readonly sources: readonly Media[]
  readonly mask?: Media | undefined
  /** Send along what a camera wrote into the pictures, such as the place. */
  readonly keepMetadata: boolean
}

export interface Picture {
  readonly bytes: Uint8Array
  readonly mediaType: string
  readonly width: number
  readonly height: number
  readonly seed: number | null
  readonly revisedPrompt: string | null
}

export interface Drawing {
  readonly pictures: readonly Picture[]
  readonly provider: ImageProviderName
  readonly model: string
  readonly requestIds: readonly string[]
  /** 10⁻⁹ US dollars; null where a price is not known. */
  readonly costNanoUsd: bigint | null
}

/** The dearest pictures take minutes. */
const timeout = 300_000

/**
 * Draws, changes or varies. What the model cannot do is refused before anything is sent, with the models that can; what
 * nobody knows the outcome of, as after a timeout, is never sent again: it may be paid for.
 *
 * @throws ImagesNotConfiguredError, UnsupportedPictureError, UnusableMediaError, and the errors of `Meter.run`
 */
export async function draw(request: DrawRequest, context: Context): Promise<Drawing> {
  const {provider, named} = chosen(request, context)
  const model = imageModelFor(
    provider.name,
    named,
    {
      ...request,
      size: request.size,
      quality: request.quality,
      sources: request.sources.length,
      mask: request.mask !== undefined,
      seed: request.seed !== undefined,
      negative: request.negative !== undefined,
    },
    provider.isVendor,
  )
  if (request.transparent && request.format === 'jpeg') {
    throw new UnsupportedPictureError('A JPEG has no transparent background', {hint: 'take png or webp'})
  }
  const {sources, mask} = await prepared(request, provider.name)
  const meter = await context.meter()
  const drawn: {pictures: readonly Picture[]; requestId: string; costNanoUsd: bigint | null}[] = []
  for (const [index, count] of portions(request.count, model).entries()) {
    if (request.count > model.atOnce) progress(context, index * model.atOnce, request.count)
    const asked: PictureAsked = {
      ...request,
      model,
      ...worded(request, model),
      size: request.size,
      quality: request.quality,
      seed: seedOf(request, provider, index, context),
      count,
      sources,
      mask,
    }
    const {answer, requestId, costNanoUsd} = await meter.run(
      {
        provider: provider.pricing === 'unknown' ? `${provider.name}-compatible` : provider.name,
        model: model.name,
        pricing: provider.pricing,
        most: provider.most(asked),
        repeatable: false,
        timeout,
        secrets: provider.secrets,
        signal: context.signal,
      },
      async signal => {
        const {pictures, used} = await provider.draw(asked, signal)
        return {answer: pictures, used}
      },
    )
    const pictures = await Promise.all(
      answer.map(async ({bytes, ...facts}) => ({...(await finished(bytes, request.format)), ...facts})),
    )
    drawn.push({pictures, requestId, costNanoUsd})
  }
  const costs = drawn.map(({costNanoUsd}) => costNanoUsd)
  return {
    pictures: drawn.flatMap(({pictures}) => pictures),
    provider: provider.name,
    model: model.name,
    requestIds: drawn.map(({requestId}) => requestId),
    costNanoUsd: costs.some(cost => cost === null) ? null : costs.reduce((sum, cost) => sum! + cost!, 0n)!,
  }
}

function chosen({model}: DrawRequest, {settings}: Context): {provider: ImageProvider; named: string | undefined} {
  const [, prefix, rest] = /^(openai|gemini|stability|sdxl)\/(.+)$/.exec(model ?? '') ?? []
  const known = imageModels.find(({name}) => name === model)
  const preferred = settings.get('image.provider') as ImageProviderName | undefined
  const name =
    (prefix as ImageProviderName | undefined) ?? known?.provider ?? (model === undefined ? preferred : undefined)
  if (name !== undefined) {
    const provider = openProvider(name, settings)
    if (provider) return {provider, named: rest ?? model ?? configuredModel(settings, preferred, name)}
    throw new ImagesNotConfiguredError(`${name} is asked to draw, but it is not configured`, {
      hint: `set ${setBy[name]}`,
    })
  }
  const first = imageProviders.map(each => openProvider(each, settings)).find(each => each !== undefined)
  if (first) return {provider: first, named: model ?? configuredModel(settings, preferred, first.name)}
  throw new ImagesNotConfiguredError('Nothing is configured that draws', {
    hint: `set one of ${Object.values(setBy).join(', ')}`,
  })
}

const setBy: Readonly<Record<ImageProviderName, string>> = {
  openai: 'OPENAI_API_KEY',
  gemini: 'GEMINI_API_KEY',
  stability: 'STABILITY_API_KEY',
  sdxl: 'image.sdxl_url',
}

/** The profile's model is one of the profile's provider, or of the only one that there is. */
function configuredModel(
  settings: Context['settings'],
  preferred: ImageProviderName | undefined,
  name: ImageProviderName,
): string | undefined {
  return preferred === undefined || preferred === name ? textOf(settings, 'image.model') : undefined
}

function openProvider(name: ImageProviderName, settings: Context['settings']): ImageProvider | undefined {
  switch (name) {
    case 'openai':
      return openAiImages(settings)
    case 'gemini':
      return geminiImages(settings)
    case 'stability':
      return stabilityImages(settings)
    case 'sdxl':
      return sdxlImages(settings)
  }
}

function worded({prompt, negative, avoided}: DrawRequest, {takesNegative}: ImageModel) {
  if (negative !== undefined || avoided === undefined) return {prompt, negative}
  return takesNegative ? {prompt, negative: avoided} : {prompt: `${prompt}. Not in the picture: ${avoided}`, negative}
}

function portions(count: number, {atOnce}: ImageModel): readonly number[] {
  return Array.from({length: Math.ceil(count / atOnce)}, (_, index) => Math.min(atOnce, count - index * atOnce))
}

/** A server of one's own gets its seed from here, so that it can be told; requests for more pictures get the next ones. */
function seedOf(
  {seed}: DrawRequest,
  {name}: ImageProvider,
  index: number,
  {random}: Pick<Context, 'random'>,
): number | undefined {
  if (seed !== undefined) return seed + index
  if (name !== 'sdxl') return undefined
  return Buffer.from(random.bytes(4)).readUInt32BE(0) >>> 1
}

function progress({emit}: Pick<Context, 'emit'>, done: number, total: number): void {
  emit({type: 'progress', label: 'Drawing', done, total, unit: 'pictures'})
}

/** Pictures as they may leave: upright, without what a camera wrote into them, and a mask that fits the first. */
async function prepared(
  {sources, mask, keepMetadata}: DrawRequest,
  provider: ImageProviderName,
): Promise<{sources: readonly Media[]; mask: Media | undefined}> {
  const ready = await Promise.all(
    sources.map(source =>
      pictureForUpload(source, {
        limits: defaultPictureLimits,
        types: ['image/png', 'image/jpeg', 'image/webp'],
        keepMetadata,
        longestSide: Number.POSITIVE_INFINITY,
      }),
    ),
  )
  if (mask === undefined) return {sources: ready, mask: undefined}
  const [picture, over] = await Promise.all([
    inspectPicture(ready[0]!, defaultPictureLimits),
    inspectPicture(mask, defaultPictureLimits),
  ])
  if (picture.width !== over.width || picture.height !== over.height) {
    throw new UnusableMediaError(
      `${mask.source} has ${over.width} × ${over.height} pixels, and the picture ${picture.width} × ${picture.height}`,
      {hint: 'a mask is as large as its picture'},
    )
  }
  return {sources: ready, mask: await preparedMask(mask, provider)}
}

/** What is open is transparent in a mask; Stable Diffusion wants it white on black. */
async function preparedMask(mask: Media, provider: ImageProviderName): Promise<Media> {
  const sharp = await loadSharp()
  const {isOpaque} = await decoded(mask.source, () => sharp(mask.bytes, {}).stats())
  if (mask.mediaType !== 'image/png' || isOpaque) {
    throw new UnusableMediaError(`${mask.source} is no PNG with transparent parts`, {
      hint: 'make transparent in it what is to be drawn anew',
    })
  }
  const image = sharp(mask.bytes, {})
  const out = provider === 'openai' ? image.png() : image.extractChannel('alpha').negate().png()
  const bytes = await decoded(mask.source, () => out.toBuffer())
  return {source: mask.source, mediaType: 'image/png', bytes: new Uint8Array(bytes)}
}

/** What a vendor sent is looked at like any file of a stranger, and becomes the kind that was asked for. */
async function finished(
  bytes: Uint8Array,
  format: PictureFormat,
): Promise<Pick<Picture, 'bytes' | 'mediaType' | 'width' | 'height'>> {
  const mediaType = mediaTypeOf(bytes)
  if (mediaType !== 'image/png' && mediaType !== 'image/jpeg' && mediaType !== 'image/webp') {
    throw new UnusableAnswerError('The answer has something else than a picture in it')
  }
  const media = {source: 'The picture', mediaType, bytes}
  const {width, height} = await inspectPicture(media, defaultPictureLimits)
  if (mediaType === `image/${format}`) return {bytes, mediaType, width, height}
  const sharp = await loadSharp()
  const converted = await decoded('The picture', () => sharp(bytes, {}).toFormat(format).toBuffer())
  return {bytes: new Uint8Array(converted), mediaType: `image/${format}`, width, height}
}

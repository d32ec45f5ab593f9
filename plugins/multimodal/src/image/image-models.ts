import {InvalidInputError} from '@omni-ops/core/operation'

export const imageProviders = ['openai', 'gemini', 'stability', 'sdxl'] as const
export type ImageProviderName = (typeof imageProviders)[number]

/** What is done: a picture of words, a picture changed, or another one like it. */
export type ImageTask = 'generate' | 'edit' | 'vary'

/** Which sizes a model draws. */
export type SizeRule =
  /** These and no others. */
  | {readonly kind: 'list'; readonly sizes: readonly string[]}
  /** Any, within bounds, in pixels. */
  | {
      readonly kind: 'free'
      readonly multipleOf: number
      readonly ratio: number
      readonly pixels: number
      readonly side: number
    }
  /** A shape; how many pixels it has is the model's own. */
  | {readonly kind: 'ratio'; readonly ratios: readonly string[]}

export interface ImageModel {
  readonly provider: ImageProviderName
  readonly name: string
  /** Pictures that an edit may be made of; 0 where it makes none. */
  readonly editsOf: number
  /** Changes only what a mask leaves open. */
  readonly takesMask: boolean
  readonly needsMask?: true
  readonly varies: boolean
  /** Pictures of one request. */
  readonly atOnce: number
  readonly sizes: SizeRule
  readonly takesSeed: boolean
  readonly takesNegative: boolean
  readonly qualities: readonly string[]
  readonly transparent: boolean
  /** At its vendor it is no more; a server of one's own may still have it. */
  readonly retired?: {readonly since: string; readonly instead: string}
}

/** What is asked of a model. */
export interface ImageWish {
  readonly task: ImageTask
  /** Pictures that it starts from. */
  readonly sources: number
  readonly mask: boolean
  readonly size: string | undefined
  readonly seed: boolean
  readonly negative: boolean
  readonly quality: string | undefined
  readonly transparent: boolean
}

/** A model cannot do what is asked of it, and is not asked. */
export class UnsupportedPictureError extends InvalidInputError {
  override readonly code = 'image_unsupported_request'
}

/** "Width and height must both be divisible by 16 and the requested aspect ratio must be between 1:3 and 3:1 … the
 * maximum supported resolution is 3840x2160" (openai 7.57.0, `ImageGenerateParams.size`). */
const free: SizeRule = {kind: 'free', multipleOf: 16, ratio: 3, pixels: 3_840 * 2_160, side: 3_840}
const threeSizes: SizeRule = {kind: 'list', sizes: ['1024x1024', '1536x1024', '1024x1536', 'auto']}
const ordinary = ['low', 'medium', 'high', 'auto']

const gptImage = {
  provider: 'openai',
  editsOf: 16,
  takesMask: true,
  varies: true,
  atOnce: 10,
  takesSeed: false,
  takesNegative: false,
  transparent: true,
} as const

const dallE = {
  provider: 'openai',
  takesSeed: false,
  takesNegative: false,
  transparent: false,
  retired: {since: '2026-05-12', instead: 'gpt-image-2.5-flare'},
} as const

/** https://ai.google.dev/gemini-api/docs/image-generation: one picture an answer, of several others. */
const gemini = {
  provider: 'gemini',
  editsOf: 14,
  takesMask: false,
  varies: true,
  atOnce: 1,
  sizes: {kind: 'ratio', ratios: ['1:1', '2:3', '3:2', '3:4', '4:3', '4:5', '5:4', '9:16', '16:9', '21:9']},
  takesSeed: true,
  takesNegative: false,
  qualities: [],
  transparent: false,
} as const satisfies Omit<ImageModel, 'name'>

/** https://platform.stability.ai/docs/api-reference (v2beta, Stable Image). */
const stability = {
  provider: 'stability',
  editsOf: 0,
  takesMask: false,
  varies: false,
  atOnce: 1,
  sizes: {kind: 'ratio', ratios: ['16:9', '1:1', '21:9', '2:3', '3:2', '4:5', '5:4', '9:16', '9:21']},
  takesSeed: true,
  takesNegative: true,
  qualities: [],
  transparent: false,
} as const satisfies Omit<ImageModel, 'name'>

/**
 * Who draws what, on 2026-11-23: the types of openai 7.57.0 (resources/images) with the dates of
 * https://developers.openai.com/api/docs/deprecations, https://ai.google.dev/gemini-api/docs/deprecations (Imagen ended on
 * 2026-08-17), and Stability's API reference.
 */
export const imageModels: readonly ImageModel[] = [
  {...gptImage, name: 'gpt-image-2.5-flare', sizes: free, qualities: [...ordinary, 'xhigh', 'max']},
  {...gptImage, name: 'gpt-image-2.5-sunburst', sizes: free, qualities: [...ordinary, 'xhigh', 'max']},
  {...gptImage, name: 'gpt-image-2.6-flare', sizes: free, qualities: ordinary},
  {...gptImage, name: 'gpt-image-2.6-sunburst', sizes: free, qualities: ordinary},
  {...gptImage, name: 'gpt-image-2', sizes: free, qualities: ordinary},
  {...gptImage, name: 'gpt-image-1.5', sizes: threeSizes, qualities: ordinary},
  {...gptImage, name: 'gpt-image-1-mini', sizes: threeSizes, qualities: ordinary},
  {
    ...gptImage,
    name: 'gpt-image-1',
    sizes: threeSizes,
    qualities: ordinary,
    retired: {since: '2026-10-23', instead: 'gpt-image-2.5-flare'},
  },
  {
    ...dallE,
    name: 'dall-e-2',
    editsOf: 1,
    takesMask: true,
    varies: true,
    atOnce: 10,
    sizes: {kind: 'list', sizes: ['256x256', '512x512', '1024x1024']},
    qualities: ['standard'],
  },
  {
    ...dallE,
    name: 'dall-e-3',
    editsOf: 0,
    takesMask: false,
    varies: false,
    atOnce: 1,
    sizes: {kind: 'list', sizes: ['1024x1024', '1792x1024', '1024x1792']},
    qualities: ['standard', 'hd'],
  },
  {...gemini, name: 'gemini-3.1-flash-image'},
  {...gemini, name: 'gemini-3-pro-image'},
  {...gemini, name: 'gemini-3.1-flash-image-preview'},
  {...gemini, name: 'gemini-3-pro-image-preview'},
  {...gemini, name: 'gemini-2.5-flash-image', retired: {since: '2026-10-02', instead: 'gemini-3.1-flash-image'}},
  {
    ...gemini,
    name: 'imagen-4.0-generate-001',
    editsOf: 0,
    varies: false,
    retired: {since: '2026-08-17', instead: 'gemini-3.1-flash-image'},
  },
  {...stability, name: 'stable-image-core'},
  {...stability, name: 'stable-image-ultra'},
  {...stability, name: 'sd3.5-large', varies: true},
  {...stability, name: 'sd3.5-large-turbo', varies: true},
  {...stability, name: 'sd3.5-medium', varies: true},
  {...stability, name: 'stable-image-inpaint', editsOf: 1, takesMask: true, needsMask: true},
  {
    provider: 'sdxl',
    name: 'sdxl',
    editsOf: 1,
    takesMask: true,
    varies: true,
    atOnce: 4,
    sizes: {kind: 'free', multipleOf: 8, ratio: 4, pixels: 2_048 * 2_048, side: 2_048},
    takesSeed: true,
    takesNegative: true,
    qualities: [],
    transparent: false,
  },
]

/** A model of this name, or one that nobody here knows: its vendor says what it cannot do. */
export function imageModelNamed(provider: ImageProviderName, name: string): ImageModel {
  const known = imageModels.find(model => model.provider === provider && model.name === name)
  if (known) return known
  const like = provider === 'openai' ? imageModels[0]! : imageModels.find(model => model.provider === provider)!
  const {retired: _, ...rest} = like
  return {...rest, name}
}

/**
 * The model that draws: the named one, else the provider's first that can.
 * @param isVendor Whether it is asked at the vendor itself, where some models are no more.
 * @throws UnsupportedPictureError with the models that can
 */
export function imageModelFor(
  provider: ImageProviderName,
  named: string | undefined,
  wish: ImageWish,
  isVendor: boolean,
): ImageModel {
  const able = imageModels.filter(model => (!model.retired || !isVendor) && lack(model, wish) === undefined)
  const own = able.filter(model => model.provider === provider && !model.retired)
  const model = named === undefined ? own[0] : imageModelNamed(provider, named)
  const first = imageModels.find(each => each.provider === provider)!
  const wrong = model === undefined ? lack(first, wish) : lackOf(model, wish, isVendor)
  if (model !== undefined && wrong === undefined) return model
  const names = (own.length > 0 ? own : able.filter(each => !each.retired)).map(each => each.name)
  const near = nearestSize((model ?? first).sizes, wish.size)
  throw new UnsupportedPictureError(`${(model ?? first).name} ${wrong}`, {
    hint: near === undefined ? ableHint(names) : `--size ${near}`,
    details: {model: (model ?? first).name, able: names},
  })
}

/** A size that a model draws and that is next to the one that was asked for, where only its multiples are wrong. */
function nearestSize(rule: SizeRule, size: string | undefined): string | undefined {
  const sides = size === undefined ? undefined : sidesOf(size)
  if (rule.kind !== 'free' || sides === undefined || wrongFreeSize(rule, size!) === undefined) return undefined
  const [width, height] = sides.map(side => Math.max(1, Math.round(side / rule.multipleOf)) * rule.multipleOf)
  const near = `${width}x${height}`
  return wrongFreeSize(rule, near) === undefined ? near : undefined
}

function ableHint(names: readonly string[]): string {
  return names.length > 0 ? `these can: ${names.slice(0, 8).join(', ')}` : 'no model that is known here can'
}

function lackOf(model: ImageModel, wish: ImageWish, isVendor: boolean): string | undefined {
  if (model.retired && isVendor)
    return `is no more since ${model.retired.since}; ${model.retired.instead} took its place`
  return lack(model, wish)
}

/** What a model lacks for a wish; undefined where it can. */
function lack(model: ImageModel, wish: ImageWish): string | undefined {
  if (wish.task === 'edit' && model.editsOf === 0) return 'changes no pictures'
  if (wish.task === 'edit' && wish.sources > model.editsOf) return `is made of at most ${model.editsOf} pictures`
  if (wish.task === 'edit' && model.needsMask && !wish.mask) return 'changes only what a mask leaves open: --mask FILE'
  if (wish.task === 'generate' && model.needsMask) return 'draws nothing of its own'
  if (wish.task === 'vary' && !model.varies) return 'makes no variations'
  if (wish.mask && !model.takesMask) return 'takes no mask'
  if (wish.seed && !model.takesSeed) return 'takes no seed'
  if (wish.negative && !model.takesNegative) return 'takes no negative prompt: say it in the prompt'
  if (wish.transparent && !model.transparent) return 'has no transparent background'
  if (wish.quality !== undefined && !model.qualities.includes(wish.quality)) {
    return model.qualities.length === 0
      ? 'has no qualities to choose from'
      : `has not the quality ${wish.quality}: ${model.qualities.join(', ')}`
  }
  return wish.size === undefined ? undefined : wrongSize(model.sizes, wish.size)
}

/** What is wrong with a size; undefined where it fits. */
export function wrongSize(rule: SizeRule, size: string): string | undefined {
  switch (rule.kind) {
    case 'list':
      return rule.sizes.includes(size) ? undefined : `has not the size ${size}: ${rule.sizes.join(', ')}`
    case 'ratio':
      return rule.ratios.includes(shapeOf(size) ?? size)
        ? undefined
        : `has not the shape ${size}: ${rule.ratios.join(', ')}`
    case 'free':
      return size === 'auto' ? undefined : wrongFreeSize(rule, size)
  }
}

function wrongFreeSize(rule: SizeRule & {readonly kind: 'free'}, size: string): string | undefined {
  const [width, height] = sidesOf(size) ?? []
  if (width === undefined || height === undefined) return `takes a size as 1024x1024, not ${size}`
  if (width % rule.multipleOf !== 0 || height % rule.multipleOf !== 0) {
    return `has not the size ${size}: both sides must be multiples of ${rule.multipleOf}`
  }
  const ratio = Math.max(width, height) / Math.min(width, height)
  if (ratio > rule.ratio) return `has not the size ${size}: no side is more than ${rule.ratio} times the other`
  if (Math.max(width, height) > rule.side || width * height > rule.pixels) {
    return `has not the size ${size}: at most ${rule.side} pixels a side, and ${rule.pixels} in all`
  }
  return undefined
}

/** Width and height in pixels. */
export function sidesOf(size: string): readonly [number, number] | undefined {
  const [, width, height] = /^([1-9]\d{0,4})x([1-9]\d{0,4})$/.exec(size) ?? []
  return width === undefined ? undefined : [Number(width), Number(height)]
}

/** The shape of a size: `1920x1080` is `16:9`; undefined for what is no size. */
export function shapeOf(size: string): string | undefined {
  const sides = sidesOf(size)
  if (sides === undefined) return undefined
  let [large, small]: readonly [number, number] = sides
  while (small > 0) [large, small] = [small, large % small]
  return `${sides[0] / large}:${sides[1] / large}`
}

import type {Quantities} from '@omni-ops/core/llm'
import {NotConfiguredError} from '@omni-ops/core/operation'
import type {Media} from '../media/read-media.ts'
import type {ImageModel, ImageProviderName, ImageTask} from './image-models.ts'

/** What one request asks for. */
export interface PictureAsked {
  readonly task: ImageTask
  readonly model: ImageModel
  /** Empty for a variation that says nothing. */
  readonly prompt: string
  readonly negative: string | undefined
  readonly size: string | undefined
  readonly count: number
  readonly seed: number | undefined
  readonly quality: string | undefined
  readonly transparent: boolean
  readonly format: PictureFormat
  readonly sources: readonly Media[]
  /** A PNG whose transparent parts are to be drawn anew. */
  readonly mask: Media | undefined
}

export const pictureFormats = ['png', 'jpeg', 'webp'] as const
export type PictureFormat = (typeof pictureFormats)[number]

/** A picture as its vendor sent it. What it is, its bytes say. */
export interface DrawnPicture {
  readonly bytes: Uint8Array
  /** What the vendor made of the prompt, where it says. */
  readonly revisedPrompt: string | null
  readonly seed: number | null
}

/** One vendor's way to draw: a single request, as it is. */
export interface ImageProvider {
  readonly name: ImageProviderName
  readonly pricing: 'list' | 'own-machine' | 'unknown'
  readonly secrets: readonly string[]
  /** It is the vendor itself, where some models are no more. */
  readonly isVendor: boolean
  /** The most that a request can use. */
  most(asked: PictureAsked): Quantities
  draw(
    asked: PictureAsked,
    signal: AbortSignal,
  ): Promise<{readonly pictures: readonly DrawnPicture[]; readonly used: Quantities | null}>
}

/** Nobody is configured that could draw. */
export class ImagesNotConfiguredError extends NotConfiguredError {
  override readonly code = 'image_not_configured'
}

/** What a variation is asked for where its user says nothing more. */
export const variationPrompt = 'Another picture like this one: the same subject and style, composed anew.'

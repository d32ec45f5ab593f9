import type {Quantities} from '@omni-ops/core/llm'
import type {Context} from '@omni-ops/core/operation'
import * as z from 'zod'
import {endpoint, exchange, jsonOf, UnusableAnswerError} from '../providers/exchange.ts'
import {textOf} from '../providers/openai-access.ts'
import {shapeOf} from './image-models.ts'
import {type ImageProvider, type PictureAsked, variationPrompt} from './image-provider.ts'

const vendorUrl = 'https://generativelanguage.googleapis.com'
const largestAnswer = 100_000_000

/** 4K at the dearest is 2,000 tokens (https://ai.google.dev/gemini-api/docs/pricing); what it thinks is text besides. */
const pictureTokens = 2_600
const thoughtTokens = 8_192
const sourceTokens = 2_600

const count = z.int().min(0)
const details = z.array(z.object({modality: z.string().nullish(), tokenCount: count.nullish()})).nullish()
const answerSchema = z.object({
  candidates: z
    .array(
      z.object({
        content: z
          .object({
            parts: z
              .array(
                z.object({
                  thought: z.boolean().nullish(),
                  text: z.string().nullish(),
                  inlineData: z.object({mimeType: z.string(), data: z.string()}).nullish(),
                }),
              )
              .nullish(),
          })
          .nullish(),
        finishReason: z.string().nullish(),
      }),
    )
    .nullish(),
  promptFeedback: z.object({blockReason: z.string().nullish()}).nullish(),
  usageMetadata: z
    .object({
      promptTokenCount: count.nullish(),
      promptTokensDetails: details,
      candidatesTokenCount: count.nullish(),
      candidatesTokensDetails: details,
      thoughtsTokenCount: count.nullish(),
    })
    .nullish(),
})

/**
 * Google's pictures by `generateContent` (https://ai.google.dev/api/generate-content), whose request and answer the types
 * of @google/genai 3.1.0 describe. The SDK itself is not loaded for one request.
 */
export function geminiImages(settings: Context['settings']): ImageProvider | undefined {
  const apiKey = textOf(settings, 'llm.gemini_api_key')
  if (apiKey === undefined) return undefined
  const own = textOf(settings, 'llm.gemini_base_url')
  return {
    name: 'gemini',
    pricing: own === undefined ? 'list' : 'unknown',
    secrets: [apiKey],
    isVendor: own === undefined,
    most: ({prompt, sources}) => ({
      images: 1,
      input_text_tokens: Buffer.byteLength(prompt) + 100,
      input_image_tokens: sources.length * sourceTokens,
      output_image_tokens: pictureTokens,
      output_text_tokens: thoughtTokens,
    }),
    async draw(asked, signal) {
      const model = encodeURIComponent(asked.model.name)
      const answer = await exchange({
        url: endpoint(own ?? vendorUrl, `v1beta/models/${model}:generateContent`),
        headers: {'x-goog-api-key': apiKey, 'content-type': 'application/json'},
        body: JSON.stringify(geminiRequest(asked)),
        signal,
        largest: largestAnswer,
      })
      const parsed = answerSchema.safeParse(jsonOf(answer))
      if (!parsed.success) throw new UnusableAnswerError('Gemini answered in another form than its protocol says')
      const pictures = picturesOf(parsed.data).map(bytes => ({bytes, revisedPrompt: null, seed: asked.seed ?? null}))
      return {pictures, used: usedOf(parsed.data.usageMetadata, pictures.length)}
    },
  }
}

export function geminiRequest({prompt, size, seed, sources}: PictureAsked) {
  const shape = size === undefined ? undefined : (shapeOf(size) ?? size)
  return {
    contents: [
      {
        role: 'user',
        parts: [
          ...sources.map(({mediaType, bytes}) => ({
            inlineData: {mimeType: mediaType, data: Buffer.from(bytes).toString('base64')},
          })),
          {text: prompt === '' ? variationPrompt : prompt},
        ],
      },
    ],
    generationConfig: {
      responseModalities: ['IMAGE'],
      ...(seed === undefined ? {} : {seed}),
      ...(shape === undefined ? {} : {imageConfig: {aspectRatio: shape}}),
    },
  }
}

/** Pictures that it thought of on the way are not the answer. */
function picturesOf({candidates, promptFeedback}: z.output<typeof answerSchema>): readonly Uint8Array[] {
  const parts = (candidates ?? []).flatMap(({content}) => content?.parts ?? [])
  const pictures = parts.flatMap(({inlineData, thought}) =>
    inlineData && thought !== true ? [Buffer.from(inlineData.data, 'base64')] : [],
  )
  if (pictures.length > 0) return pictures
  const reason = promptFeedback?.blockReason ?? candidates?.[0]?.finishReason
  throw new UnusableAnswerError(`Gemini drew nothing${reason ? ` (${reason})` : ''}`, {
    hint: 'say it in other words; a filter may have refused it',
  })
}

function usedOf(usage: z.output<typeof answerSchema>['usageMetadata'], images: number): Quantities | null {
  if (usage?.promptTokenCount == null || usage.candidatesTokenCount == null) return null
  const sources = tokensOf(usage.promptTokensDetails, 'IMAGE')
  const drawn = tokensOf(usage.candidatesTokensDetails, 'IMAGE') ?? usage.candidatesTokenCount
  return {
    images,
    input_text_tokens: Math.max(0, usage.promptTokenCount - (sources ?? 0)),
    input_image_tokens: sources ?? 0,
    output_image_tokens: drawn,
    output_text_tokens: Math.max(0, usage.candidatesTokenCount - drawn) + (usage.thoughtsTokenCount ?? 0),
  }
}

function tokensOf(list: z.output<typeof details>, wanted: string): number | undefined {
  return list?.find(({modality}) => modality === wanted)?.tokenCount ?? undefined
}

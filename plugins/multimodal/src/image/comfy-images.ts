import {setTimeout as delay} from 'node:timers/promises'
import * as z from 'zod'
import {endpoint, exchange, jsonOf, UnusableAnswerError} from '../providers/exchange.ts'
import {sidesOf, UnsupportedPictureError} from './image-models.ts'
import type {DrawnPicture, PictureAsked} from './image-provider.ts'

const largestAnswer = 20_000_000
const largestPicture = 60_000_000
const ordinarySize = '1024x1024'
/** How often a server is asked whether it is done, in milliseconds. */
const patience = 500

const loaderSchema = z.object({
  CheckpointLoaderSimple: z.object({
    input: z.object({required: z.object({ckpt_name: z.array(z.unknown()).min(1)})}),
  }),
})
const queuedSchema = z.object({prompt_id: z.string().min(1)})
const imageSchema = z.object({filename: z.string(), subfolder: z.string(), type: z.string()})
const historySchema = z.record(
  z.string(),
  z.object({
    status: z.object({completed: z.boolean().nullish(), status_str: z.string().nullish()}).nullish(),
    outputs: z.record(z.string(), z.object({images: z.array(imageSchema).nullish()})).nullish(),
  }),
)

/**
 * A picture by ComfyUI: its graph of the default workflow is queued, and fetched when it is drawn (github.com/comfyanonymous/
 * ComfyUI, script_examples/basic_api_example.py, and the routes of server.py: `/prompt`, `/history/{id}`, `/view`,
 * `/interrupt`). What is cancelled here is interrupted there.
 */
export async function drawByComfy(
  base: string,
  asked: PictureAsked,
  signal: AbortSignal,
): Promise<readonly DrawnPicture[]> {
  if (asked.task !== 'generate') {
    throw new UnsupportedPictureError('Pictures are changed and varied over the API of AUTOMATIC1111 alone', {
      hint: 'omni config set image.sdxl_api automatic1111, with a server that speaks it',
    })
  }
  const get = async (path: string) =>
    jsonOf(await exchange({url: endpoint(base, path), method: 'GET', signal, largest: largestAnswer}))
  const checkpoint = checkpointOf(await get('object_info/CheckpointLoaderSimple'))
  const seed = asked.seed ?? 0
  const queued = queuedSchema.safeParse(
    jsonOf(
      await exchange({
        url: endpoint(base, 'prompt'),
        headers: {'content-type': 'application/json'},
        body: JSON.stringify({prompt: comfyGraph(asked, checkpoint, seed)}),
        signal,
        largest: largestAnswer,
      }),
    ),
  )
  if (!queued.success) throw new UnusableAnswerError('ComfyUI queued nothing')
  const {prompt_id: id} = queued.data
  try {
    const images = await drawn(() => get(`history/${encodeURIComponent(id)}`), id, signal)
    return await Promise.all(
      images.map(async image => {
        const query = new URLSearchParams(image)
        const url = `${endpoint(base, 'view')}?${query.toString()}`
        const {bytes} = await exchange({url, method: 'GET', signal, largest: largestPicture})
        return {bytes, revisedPrompt: null, seed}
      }),
    )
  } catch (error) {
    if (signal.aborted) await interrupt(base)
    throw error
  }
}

/** The default workflow of ComfyUI: a checkpoint, two prompts, an empty latent, a sampler, a decoder, a file. */
export function comfyGraph(
  {prompt, negative = '', size = ordinarySize, count}: PictureAsked,
  checkpoint: string,
  seed: number,
) {
  const [width, height] = sidesOf(size) ?? sidesOf(ordinarySize)!
  return {
    4: {class_type: 'CheckpointLoaderSimple', inputs: {ckpt_name: checkpoint}},
    5: {class_type: 'EmptyLatentImage', inputs: {width, height, batch_size: count}},
    6: {class_type: 'CLIPTextEncode', inputs: {text: prompt, clip: ['4', 1]}},
    7: {class_type: 'CLIPTextEncode', inputs: {text: negative, clip: ['4', 1]}},
    3: {
      class_type: 'KSampler',
      inputs: {
        seed,
        steps: 30,
        cfg: 7,
        sampler_name: 'euler',
        scheduler: 'normal',
        denoise: 1,
        model: ['4', 0],
        positive: ['6', 0],
        negative: ['7', 0],
        latent_image: ['5', 0],
      },
    },
    8: {class_type: 'VAEDecode', inputs: {samples: ['3', 0], vae: ['4', 2]}},
    9: {class_type: 'SaveImage', inputs: {filename_prefix: 'omni', images: ['8', 0]}},
  }
}

/** The first checkpoint for SDXL by its name, else the first. */
function checkpointOf(info: unknown): string {
  const parsed = loaderSchema.safeParse(info)
  const [names] = parsed.success ? parsed.data.CheckpointLoaderSimple.input.required.ckpt_name : []
  const list = Array.isArray(names) ? names.filter(name => typeof name === 'string') : []
  const found = list.find(name => /xl/i.test(name)) ?? list[0]
  if (found === undefined) throw new UnusableAnswerError('ComfyUI has no checkpoint to draw with')
  return found
}

async function drawn(history: () => Promise<unknown>, id: string, signal: AbortSignal) {
  for (;;) {
    const parsed = historySchema.safeParse(await history())
    const entry = parsed.success ? parsed.data[id] : undefined
    if (entry?.status?.status_str === 'error') throw new UnusableAnswerError('ComfyUI failed to draw')
    const images = Object.values(entry?.outputs ?? {}).flatMap(output => output.images ?? [])
    if (images.length > 0) return images
    if (entry?.status?.completed === true) throw new UnusableAnswerError('ComfyUI drew nothing')
    await delay(patience, undefined, {signal})
  }
}

async function interrupt(base: string): Promise<void> {
  const signal = AbortSignal.timeout(2_000)
  await exchange({url: endpoint(base, 'interrupt'), signal, largest: largestAnswer}).catch(() => undefined)
}

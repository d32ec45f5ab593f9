import {LLMock} from '@copilotkit/aimock'
import sharp from 'sharp'
import {afterAll, beforeAll, beforeEach, describe, expect, it} from 'vitest'
import {draw, type DrawRequest} from '../../plugins/multimodal/src/image/draw.ts'
import type {Media} from '../../plugins/multimodal/src/media/read-media.ts'
import {meteredContext, recorded} from './support/metered-context.ts'
import {complaints} from './support/vendor-schemas.ts'
import {documented, formOf, type VendorAnswer, type VendorRequest, vendorServer} from './support/vendor-server.ts'

const asked = (over: Partial<DrawRequest> = {}): DrawRequest => ({
  task: 'generate',
  prompt: 'a lighthouse in fog',
  count: 1,
  transparent: false,
  format: 'png',
  sources: [],
  keepMetadata: false,
  ...over,
})

let png: Buffer
let photo: Media
let mask: Media
let opaque: Media
beforeAll(async () => {
  const colour = {width: 64, height: 48, channels: 4 as const, background: {r: 30, g: 60, b: 90, alpha: 1}}
  png = await sharp({create: colour}).png().toBuffer()
  const jpeg = await sharp({create: colour})
    .jpeg()
    .withExif({IFD0: {Artist: 'Ana Novak'}, IFD3: {GPSLatitudeRef: 'N', GPSLatitude: '46/1 3/1 0/1'}})
    .toBuffer()
  const open = await sharp({create: {...colour, background: {r: 0, g: 0, b: 0, alpha: 0}}})
    .png()
    .toBuffer()
  photo = {source: 'photo.jpg', mediaType: 'image/jpeg', bytes: new Uint8Array(jpeg)}
  mask = {source: 'mask.png', mediaType: 'image/png', bytes: new Uint8Array(open)}
  opaque = {source: 'opaque.png', mediaType: 'image/png', bytes: new Uint8Array(png)}
})

const usage = {
  input_tokens: 60,
  output_tokens: 1_000,
  input_tokens_details: {text_tokens: 10, image_tokens: 50},
}
const pictures = (count = 1, more: object = {}): VendorAnswer => ({
  body: JSON.stringify({data: Array.from({length: count}, () => ({b64_json: png.toString('base64')})), ...more}),
})

async function openAi(answer: (request: VendorRequest) => VendorAnswer | Promise<VendorAnswer>, settings = {}) {
  const vendor = await vendorServer(answer)
  const own = {'llm.openai_api_key': 'sk-secret', 'image.openai_base_url': `${vendor.url}/v1`}
  return {...vendor, context: await meteredContext({settings: {...own, ...settings}})}
}

/** The file of a form. */
const fileIn = (form: Awaited<ReturnType<typeof formOf>>, name: string) =>
  form.find(([field]) => field === name)?.[1] as File | undefined

describe('OpenAI is asked as its document says', () => {
  it.each([
    {},
    {size: '1536x1024', quality: 'high', count: 3, format: 'webp', transparent: true, model: 'gpt-image-2'},
    {size: '1024x1792', quality: 'hd', model: 'dall-e-3'},
  ] as const)('to draw: %o', async over => {
    const {requests, context} = await openAi(() => pictures())
    await draw(asked(over), context)
    const body = JSON.parse(String(requests[0]!.body)) as Record<string, unknown>
    expect(requests[0]).toMatchObject({path: '/v1/images/generations', headers: {authorization: 'Bearer sk-secret'}})
    expect(complaints.image(body)).toEqual([])
    // GPT models answer in base64 and take no response_format; the others would send addresses.
    expect('response_format' in body).toBe(String(body.model).startsWith('dall-e'))
  })

  it('to change several pictures where a mask is open', async () => {
    const {requests, context} = await openAi(() => pictures())
    await draw(asked({task: 'edit', sources: [photo, opaque], mask, model: 'gpt-image-2', size: '1024x1024'}), context)
    const form = await formOf(requests[0]!)
    expect(requests[0]!.path).toBe('/v1/images/edits')
    expect(complaints.imageEdit(documented(form, ['n']))).toEqual([])
    expect(form.filter(([name]) => name === 'image[]')).toHaveLength(2)
  })

  it('for a variation: of DALL·E 2 by its own route, of a GPT model by an edit', async () => {
    const {requests, context} = await openAi(() => pictures())
    await draw(asked({task: 'vary', prompt: '', sources: [opaque], model: 'dall-e-2', size: '512x512'}), context)
    expect(requests[0]!.path).toBe('/v1/images/variations')
    expect(complaints.imageVariation(documented(await formOf(requests[0]!), ['n']))).toEqual([])
    await draw(asked({task: 'vary', prompt: '', sources: [opaque]}), context)
    expect(requests[1]!.path).toBe('/v1/images/edits')
    expect(documented(await formOf(requests[1]!))).toMatchObject({prompt: expect.stringContaining('like this one')})
  })
})

describe('what a camera wrote into a picture', () => {
  it('is not sent, unless that is asked for', async () => {
    const {requests, context} = await openAi(() => pictures())
    for (const keepMetadata of [false, true]) {
      await draw(asked({task: 'edit', sources: [photo], keepMetadata}), context)
    }
    const sent = await Promise.all(
      requests.map(async request => Buffer.from(await fileIn(await formOf(request), 'image[]')!.arrayBuffer())),
    )
    const exif = await Promise.all(sent.map(async bytes => (await sharp(bytes).metadata()).exif))
    expect(exif.map(each => each !== undefined)).toEqual([false, true])
    expect(sent[0]!.includes('Ana Novak')).toBe(false)
    expect(sent[1]!.includes('Ana Novak')).toBe(true)
  })
})

describe('what a model cannot do is refused before it is sent, with those that can', () => {
  it.each([
    [{size: '1000x1000'}, 'multiples of 16'],
    [{size: '4096x1024'}, 'no side is more than 3 times'],
    [{size: '3840x3840'}, 'pixels a side'],
    [{size: '512x512', model: 'gpt-image-1.5'}, '1024x1024, 1536x1024, 1024x1536'],
    [{size: '1536x1024', model: 'dall-e-3'}, '1792x1024'],
    [{seed: 7}, 'takes no seed'],
    [{negative: 'people'}, 'takes no negative prompt'],
    [{quality: 'max', model: 'gpt-image-2'}, 'low, medium, high'],
    [{task: 'vary' as const, model: 'dall-e-3'}, 'makes no variations'],
    [{task: 'edit' as const, model: 'dall-e-3'}, 'changes no pictures'],
    [{task: 'edit' as const, model: 'dall-e-2', sources: 2}, 'at most 1 pictures'],
    [{task: 'edit' as const, sources: 17}, 'at most 16 pictures'],
    [{transparent: true, format: 'jpeg' as const}, 'no transparent background'],
  ])('%o', async (over, message) => {
    const {requests, context} = await openAi(() => pictures())
    const sources = Array.from({length: 'sources' in over ? (over.sources as number) : 1}, () => opaque)
    const isDrawn = !('task' in over)
    const failing = draw(asked({...over, sources: isDrawn ? [] : sources}), context)
    await expect(failing).rejects.toMatchObject({
      code: 'image_unsupported_request',
      message: expect.stringContaining(message),
      hint: expect.any(String),
    })
    expect(requests).toEqual([])
  })

  it('a model that its vendor has ended is named with what took its place', async () => {
    const context = await meteredContext({settings: {'llm.openai_api_key': 'sk-x'}})
    await expect(draw(asked({model: 'dall-e-3'}), context)).rejects.toMatchObject({
      message: 'dall-e-3 is no more since 2026-05-12; gpt-image-2.5-flare took its place',
      hint: expect.stringContaining('gpt-image'),
    })
    const google = await meteredContext({settings: {'llm.gemini_api_key': 'x'}})
    await expect(draw(asked({model: 'imagen-4.0-generate-001'}), google)).rejects.toThrow('gemini-3.1-flash-image')
  })

  it('nobody is configured', async () => {
    const context = await meteredContext()
    await expect(draw(asked(), context)).rejects.toMatchObject({code: 'image_not_configured', exitCode: 9})
    await expect(draw(asked({model: 'stability/sd3.5-large'}), context)).rejects.toMatchObject({
      hint: 'set STABILITY_API_KEY',
    })
  })

  it('a mask has to be as large as its picture, and open somewhere', async () => {
    const {requests, context} = await openAi(() => pictures())
    const small = {...mask, bytes: new Uint8Array(await sharp(mask.bytes).resize(32, 32).png().toBuffer())}
    const edit = {task: 'edit', sources: [photo]} as const
    await expect(draw(asked({...edit, mask: small}), context)).rejects.toThrow(
      '32 × 32 pixels, and the picture 64 × 48',
    )
    await expect(draw(asked({...edit, mask: opaque}), context)).rejects.toThrow('transparent parts')
    expect(requests).toEqual([])
  })
})

describe('what comes back', () => {
  it('is a picture of the kind that was asked for, with what it cost', async () => {
    const {context} = await openAi(() => pictures(2, {usage}))
    const {meter} = context
    const listed = {
      ...context,
      meter: async () => {
        const own = await meter()
        return {
          run: ((call, send) => own.run({...call, provider: 'openai', pricing: 'list'}, send)) as typeof own.run,
        }
      },
    }
    const drawing = await draw(asked({count: 2, format: 'webp', model: 'gpt-image-2'}), listed)
    expect(drawing.pictures).toMatchObject([
      {mediaType: 'image/webp', width: 64, height: 48},
      {mediaType: 'image/webp'},
    ])
    // $5, $8 and $30 for a million tokens of text, of given pictures and of drawn ones.
    expect(drawing.costNanoUsd).toBe(50_000n + 400_000n + 30_000_000n)
  })

  it('is fetched at once where it is an address, of the server itself or of the public internet alone', async () => {
    const {url, context, requests} = await openAi(({path}) =>
      path.startsWith('/files/')
        ? {headers: {'content-type': 'image/png'}, body: png}
        : {body: JSON.stringify({data: [{url: `${url}/files/1.png?se=soon`}]})},
    )
    const drawing = await draw(asked({model: 'dall-e-3'}), context)
    expect(drawing.pictures[0]!.bytes.length).toBe(png.length)
    expect(requests.map(({path}) => path)).toEqual(['/v1/images/generations', '/files/1.png?se=soon'])
    const inner = await openAi(() => ({body: JSON.stringify({data: [{url: 'http://169.254.169.254/latest/'}]})}))
    await expect(draw(asked({model: 'dall-e-3'}), inner.context)).rejects.toThrow('not of the public internet')
    // Nor by a detour over the server itself.
    const detour = await openAi(({path}) =>
      path.startsWith('/files/')
        ? {status: 302, headers: {location: 'http://10.0.0.1/secret'}, body: ''}
        : {body: JSON.stringify({data: [{url: `${detour.url}/files/1.png`}]})},
    )
    await expect(draw(asked({model: 'dall-e-3'}), detour.context)).rejects.toThrow('not of the public internet')
  })

  it.each([
    ['no pictures', '{"data": []}'],
    ['a page', '<html>'],
    ['something else than a picture', JSON.stringify({data: [{b64_json: Buffer.from('<svg/>').toString('base64')}]})],
    ['a picture that is cut off', () => JSON.stringify({data: [{b64_json: png.subarray(0, 60).toString('base64')}]})],
  ])('is not believed where it is %s', async (_, body) => {
    const {context} = await openAi(() => ({body: typeof body === 'string' ? body : body()}))
    await expect(draw(asked(), context)).rejects.toMatchObject({code: expect.stringMatching(/^media_/)})
  })
})

describe('a request that may have been paid for', () => {
  it('is not sent again when its server in between gives up waiting, but is where nothing ran', async () => {
    const late = await openAi(() => ({status: 504, body: '{}'}))
    await expect(draw(asked(), late.context)).rejects.toMatchObject({details: {attempts: [{status: 504}]}})
    expect(late.requests).toHaveLength(1)
    const answers = [{status: 429, headers: {'retry-after': '0'}, body: '{}'}, pictures()]
    const busy = await openAi(() => answers.shift()!)
    await draw(asked(), busy.context)
    expect(busy.requests).toHaveLength(2)
  })

  it('is ended upstream when its caller cancels', async () => {
    const cancel = new AbortController()
    const gone = Promise.withResolvers<void>()
    const vendor = await vendorServer(async ({left}) => {
      cancel.abort()
      await left
      gone.resolve()
      return pictures()
    })
    const context = await meteredContext({
      signal: cancel.signal,
      settings: {'llm.openai_api_key': 'sk-x', 'image.openai_base_url': vendor.url},
    })
    await expect(draw(asked(), context)).rejects.toMatchObject({code: 'cancelled'})
    await gone.promise
    expect(vendor.requests).toHaveLength(1)
    expect(await recorded(await context.store())).toMatchObject([{outcome: 'cancelled', estimated: true}])
  })
})

describe('the other vendors', () => {
  it('Google: a request for each picture, with its shape and seed, and what its tokens cost', async () => {
    const vendor = await vendorServer(() => ({
      body: JSON.stringify({
        candidates: [
          {
            content: {
              parts: [
                {thought: true, inlineData: {mimeType: 'image/png', data: 'AAAA'}},
                {inlineData: {mimeType: 'image/png', data: png.toString('base64')}},
              ],
            },
          },
        ],
        usageMetadata: {
          promptTokenCount: 20,
          candidatesTokenCount: 1_120,
          candidatesTokensDetails: [{modality: 'IMAGE', tokenCount: 1_120}],
          thoughtsTokenCount: 100,
        },
      }),
    }))
    const context = await meteredContext({
      settings: {'llm.gemini_api_key': 'AIza-x', 'llm.gemini_base_url': vendor.url},
    })
    const drawing = await draw(asked({count: 2, seed: 7, size: '1920x1080', sources: [photo], task: 'edit'}), context)
    expect(drawing.pictures).toHaveLength(2)
    const bodies = vendor.requests.map(({body}) => JSON.parse(String(body)) as Record<string, never>)
    expect(vendor.requests[0]).toMatchObject({
      path: '/v1beta/models/gemini-3.1-flash-image:generateContent',
      headers: {'x-goog-api-key': 'AIza-x'},
    })
    expect(bodies[0]).toMatchObject({
      generationConfig: {responseModalities: ['IMAGE'], seed: 7, imageConfig: {aspectRatio: '16:9'}},
      contents: [{parts: [{inlineData: {mimeType: 'image/jpeg'}}, {text: 'a lighthouse in fog'}]}],
    })
    expect(bodies[1]).toMatchObject({generationConfig: {seed: 8}})
    const refused = await vendorServer(() => ({body: '{"promptFeedback": {"blockReason": "SAFETY"}}'}))
    const other = await meteredContext({settings: {'llm.gemini_api_key': 'x', 'llm.gemini_base_url': refused.url}})
    await expect(draw(asked(), other)).rejects.toThrow('SAFETY')
  })

  it('Stability: forms with a seed, a shape, and a mask that is white where it is open', async () => {
    const vendor = await vendorServer(() => ({headers: {'content-type': 'image/png', seed: '42'}, body: png}))
    const settings = {'image.stability_api_key': 'sk-stab', 'image.stability_base_url': vendor.url}
    const context = await meteredContext({settings})
    const drawing = await draw(asked({size: '16:9', negative: 'people', count: 2, seed: 42}), context)
    expect(drawing.pictures.map(({seed}) => seed)).toEqual([42, 42])
    expect(vendor.requests[0]).toMatchObject({
      path: '/v2beta/stable-image/generate/core',
      headers: {authorization: 'Bearer sk-stab', accept: 'image/*'},
    })
    expect(documented(await formOf(vendor.requests[1]!))).toEqual({
      prompt: 'a lighthouse in fog',
      output_format: 'png',
      negative_prompt: 'people',
      seed: '43',
      aspect_ratio: '16:9',
    })
    await draw(asked({task: 'vary', sources: [opaque], model: 'sd3.5-large'}), context)
    expect(documented(await formOf(vendor.requests[2]!))).toMatchObject({
      mode: 'image-to-image',
      strength: '0.65',
      model: 'sd3.5-large',
    })
    await draw(asked({task: 'edit', sources: [opaque], mask, model: 'stability/stable-image-inpaint'}), context)
    const sent = fileIn(await formOf(vendor.requests[3]!), 'mask')!
    const {dominant} = await sharp(Buffer.from(await sent.arrayBuffer())).stats()
    expect(dominant.r).toBeGreaterThan(240)
  })

  it('a Stable Diffusion server of one’s own costs nothing, and tells its seeds', async () => {
    const vendor = await vendorServer(() => ({
      body: JSON.stringify({
        images: [png.toString('base64'), `data:image/png;base64,${png.toString('base64')}`],
        info: JSON.stringify({all_seeds: [7, 8]}),
      }),
    }))
    const context = await meteredContext({settings: {'image.sdxl_url': vendor.url}})
    const drawing = await draw(asked({count: 2, seed: 7, negative: 'people', size: '1024x768'}), context)
    expect(JSON.parse(String(vendor.requests[0]!.body))).toMatchObject({
      prompt: 'a lighthouse in fog',
      negative_prompt: 'people',
      batch_size: 2,
      seed: 7,
      width: 1_024,
      height: 768,
    })
    expect(drawing).toMatchObject({provider: 'sdxl', costNanoUsd: 0n, pictures: [{seed: 7}, {seed: 8}]})
    await draw(asked({task: 'edit', sources: [opaque], mask}), context)
    expect(vendor.requests[1]!.path).toBe('/sdapi/v1/img2img')
    expect(JSON.parse(String(vendor.requests[1]!.body))).toMatchObject({
      init_images: [expect.any(String)],
      mask: expect.any(String),
    })
  })

  it('ComfyUI draws a graph, and is interrupted when its caller cancels', async () => {
    const cancel = new AbortController()
    const interrupted = Promise.withResolvers<void>()
    let isCancelling = false
    const vendor = await vendorServer(async ({path, left}) => {
      if (path.startsWith('/object_info/')) {
        const required = {ckpt_name: [['v1-5.safetensors', 'sd_xl_base_1.0.safetensors']]}
        return {body: JSON.stringify({CheckpointLoaderSimple: {input: {required}}})}
      }
      if (path === '/prompt') return {body: '{"prompt_id": "p-1"}'}
      if (path === '/interrupt') {
        interrupted.resolve()
        return {body: ''}
      }
      if (path.startsWith('/view?')) return {headers: {'content-type': 'image/png'}, body: png}
      if (isCancelling) {
        cancel.abort()
        await left
      }
      return {
        body: JSON.stringify({'p-1': {outputs: {9: {images: [{filename: 'a.png', subfolder: '', type: 'output'}]}}}}),
      }
    })
    const settings = {'image.sdxl_url': vendor.url, 'image.sdxl_api': 'comfyui'}
    const context = await meteredContext({signal: cancel.signal, settings})
    const drawing = await draw(asked({seed: 7}), context)
    expect(drawing.pictures).toMatchObject([{seed: 7, width: 64}])
    const {prompt} = JSON.parse(String(vendor.requests[1]!.body)) as {prompt: Record<string, {inputs: object}>}
    expect(prompt['4']!.inputs).toEqual({ckpt_name: 'sd_xl_base_1.0.safetensors'})
    expect(prompt['3']!.inputs).toMatchObject({seed: 7})
    isCancelling = true
    await expect(draw(asked(), context)).rejects.toMatchObject({code: 'cancelled'})
    await interrupted.promise
  })
})

describe('against a mock of OpenAI that others wrote', () => {
  const mock = new LLMock({port: 0})
  beforeAll(() => mock.start())
  afterAll(() => mock.stop())
  beforeEach(() => void mock.reset())

  it('draws and changes; and hears that variations are no more', async () => {
    mock.onImage(/.*/, {images: [{b64Json: png.toString('base64')}]})
    const context = await meteredContext({
      settings: {'llm.openai_api_key': 'sk-x', 'image.openai_base_url': `${mock.url}/v1`},
    })
    expect((await draw(asked(), context)).pictures).toHaveLength(1)
    expect((await draw(asked({task: 'edit', sources: [photo]}), context)).pictures).toHaveLength(1)
    const varied = draw(asked({task: 'vary', sources: [opaque], model: 'dall-e-2'}), context)
    await expect(varied).rejects.toMatchObject({details: {status: 404}})
  })
})

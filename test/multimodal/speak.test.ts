import {LLMock} from '@copilotkit/aimock'
import {execFileSync} from 'node:child_process'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {listVoices, speak, type SpeechRequest} from '../../plugins/multimodal/src/audio/speak.ts'
import {mp3Stream} from '../../plugins/multimodal/src/audio/mp3-frames.ts'
import {readWav, wavDuration} from '../../plugins/multimodal/src/audio/wav.ts'
import {meteredContext, recorded} from './support/metered-context.ts'
import {type VendorAnswer, vendorServer} from './support/vendor-server.ts'
import {complaints} from './support/vendor-schemas.ts'

const asked = (over: Partial<SpeechRequest> = {}): SpeechRequest => ({
  text: 'Good morning.',
  timestamps: false,
  ...over,
})
const sound = (bytes: Uint8Array): VendorAnswer => ({headers: {'content-type': 'audio/mpeg'}, body: bytes})

/** Frames of MPEG 1, layer III, 128 kbit/s at 44,100 Hz: 417 bytes and 1,152 samples each. */
function mp3(frames: number, {tag = false, info = false} = {}): Buffer {
  const frame = (filled: number) => Buffer.concat([Buffer.from([0xff, 0xfb, 0x90, 0x00]), Buffer.alloc(413, filled)])
  const counted = frame(0)
  counted.write('Info', 36)
  const id3 = Buffer.concat([Buffer.from('ID3'), Buffer.from([4, 0, 0, 0, 0, 0, 5]), Buffer.from('title')])
  return Buffer.concat([
    ...(tag ? [id3] : []),
    ...(info ? [counted] : []),
    ...Array.from({length: frames}, (_, index) => frame((index % 250) + 1)),
  ])
}

const elevenLabs = async (answer: Parameters<typeof vendorServer>[0], text: Record<string, unknown> = {}) => {
  const vendor = await vendorServer(answer)
  const settings = {'audio.elevenlabs_api_key': 'xi-secret', 'audio.elevenlabs_base_url': vendor.url, ...text}
  return {...vendor, context: await meteredContext({settings})}
}

const openAi = async (answer: Parameters<typeof vendorServer>[0]) => {
  const vendor = await vendorServer(answer)
  const settings = {'llm.openai_api_key': 'sk-secret', 'audio.base_url': `${vendor.url}/v1`}
  return {...vendor, context: await meteredContext({settings})}
}

describe('ElevenLabs', () => {
  it('is asked as its document says', async () => {
    const {requests, context} = await elevenLabs(() => sound(mp3(10)))
    const voice = '21m00Tcm4TlvDq8ikWAM'
    const speech = await speak(asked({voice, speed: 1.1}), context)
    const [request] = requests
    const url = new URL(request!.path, 'http://x')
    expect(url.pathname).toBe(`/v1/text-to-speech/${voice}`)
    expect(request!.headers['xi-api-key']).toBe('xi-secret')
    expect(complaints.elevenLabsSpeech(JSON.parse(String(request!.body)))).toEqual([])
    expect(complaints.elevenLabsQuery(Object.fromEntries(url.searchParams))).toEqual([])
    expect(speech).toMatchObject({
      format: 'mp3',
      provider: 'elevenlabs',
      model: 'eleven_multilingual_v2',
      voice,
      parts: 1,
    })
    expect(speech.duration).toBeCloseTo((10 * 1_152) / 44_100, 6)
    expect(speech.costNanoUsd).toBeNull()
  })

  it('tells when each word is spoken, also in the parts of a long text', async () => {
    const long = `${'One two three. '.repeat(900)}`
    const {requests, context} = await elevenLabs(({body}) => {
      const {text} = JSON.parse(String(body)) as {text: string}
      const characters = [...text]
      const alignment = {
        characters,
        character_start_times_seconds: characters.map((_, index) => index / 100),
        character_end_times_seconds: characters.map((_, index) => (index + 1) / 100),
      }
      const audio = mp3(4_000, {tag: true, info: true})
      return {body: JSON.stringify({audio_base64: audio.toString('base64'), alignment})}
    })
    const speech = await speak(asked({text: long, timestamps: true}), context)
    expect(requests.length).toBeGreaterThan(1)
    expect(requests[0]!.path).toContain('/with-timestamps?')
    const bodies = requests.map(({body}) => JSON.parse(String(body)) as Record<string, string>)
    for (const body of bodies) {
      expect(body.text!.length).toBeLessThanOrEqual(10_000)
      expect(body.text!.endsWith('.')).toBe(true)
      expect(complaints.elevenLabsSpeech(body)).toEqual([])
    }
    // The voice knows what stands before and after its part.
    expect(bodies[1]!.previous_text).toContain('three.')
    expect(speech.words.filter(({word}) => word === 'three.')).toHaveLength(900)
    const partLength = (4_000 * 1_152) / 44_100
    const second = speech.words.find(({start}) => start >= partLength)!
    expect(second.word).toBe('One')
    expect(second.start).toBeCloseTo(partLength, 2)
    // One stream without the tags in the middle.
    expect(mp3Stream(speech.bytes)?.frames.length).toBe(speech.bytes.length)
    expect(speech.duration).toBeCloseTo(partLength * requests.length, 3)
  })

  it('makes a WAV of the PCM that it sends', async () => {
    const {requests, context} = await elevenLabs(() => sound(Buffer.from(Int16Array.of(1, 2, 3, 4).buffer)))
    const speech = await speak(asked({format: 'wav'}), context)
    expect(requests[0]!.path).toContain('output_format=pcm_24000')
    expect([...readWav(speech.bytes, 'x')][0]!.sampleRate).toBe(24_000)
    expect(wavDuration(speech.bytes, 'x')).toBe(4 / 24_000)
  })

  it('knows voices by their names, page by page', async () => {
    const page = (name: string, id: string, token?: string) => ({
      voices: [{voice_id: id, name, labels: {accent: 'british'}, category: 'premade'}],
      has_more: token !== undefined,
      total_count: 2,
      next_page_token: token ?? null,
    })
    const {requests, context} = await elevenLabs(({path}) => {
      if (path.startsWith('/v1/text-to-speech/')) return sound(mp3(2))
      const isNext = path.includes('next_page_token=t%2F2')
      return {body: JSON.stringify(isNext ? page('Daniel - news', 'onwK4e9ZLuTAKqWW03F9') : page('Ana', 'x', 't/2'))}
    })
    expect(await listVoices(undefined, context)).toMatchObject([
      {name: 'Ana', description: 'british, premade'},
      {name: 'Daniel - news', id: 'onwK4e9ZLuTAKqWW03F9'},
    ])
    expect(await speak(asked({voice: 'daniel'}), context)).toMatchObject({voice: 'onwK4e9ZLuTAKqWW03F9'})
    expect(requests.at(-1)!.path).toContain('/onwK4e9ZLuTAKqWW03F9?')
    await expect(speak(asked({voice: 'Nobody'}), context)).rejects.toMatchObject({code: 'audio_unsupported_request'})
  })

  it('says that the key is wrong, and not what the vendor said of it', async () => {
    const body = JSON.stringify({detail: {status: 'invalid_api_key', message: 'Invalid API key xi-secret'}})
    const {context} = await elevenLabs(() => ({status: 401, body}))
    const failing = speak(asked(), context)
    await expect(failing).rejects.toMatchObject({code: 'llm_denied', exitCode: 4})
    await expect(failing).rejects.not.toThrow('xi-secret')
    await expect(listVoices('elevenlabs', context)).rejects.toMatchObject({code: 'llm_denied'})
  })
})

describe('OpenAI', () => {
  it.each([{}, {speed: 2, format: 'opus', model: 'tts-1-hd', voice: 'nova'}, {format: 'flac'}] as const)(
    'is asked as its document says: %o',
    async over => {
      const {requests, context} = await openAi(() => sound(mp3(2)))
      const speech = await speak(asked(over), context)
      expect(requests[0]).toMatchObject({path: '/v1/audio/speech', headers: {authorization: 'Bearer sk-secret'}})
      expect(complaints.speech(JSON.parse(String(requests[0]!.body)))).toEqual([])
      expect(speech).toMatchObject({provider: 'openai', parts: 1})
    },
  )

  it('speaks a long text in parts of at most 4,096 characters, and refuses files that cannot be joined', async () => {
    const text = 'A sentence of some length, to be spoken. '.repeat(250)
    const {requests, context} = await openAi(() => sound(mp3(3, {tag: true})))
    const speech = await speak(asked({text}), context)
    expect(requests).toHaveLength(3)
    for (const {body} of requests) expect(complaints.speech(JSON.parse(String(body)))).toEqual([])
    expect(speech.bytes.length).toBe(3 * 3 * 417)
    await expect(speak(asked({text, format: 'flac'}), context)).rejects.toMatchObject({
      code: 'audio_unsupported_request',
    })
    expect(requests).toHaveLength(3)
  })

  it('does not tell times, and says who does', async () => {
    const {requests, context} = await openAi(() => sound(mp3(1)))
    await expect(speak(asked({timestamps: true}), context)).rejects.toMatchObject({
      code: 'audio_unsupported_request',
      hint: 'set ELEVENLABS_API_KEY',
    })
    expect(requests).toEqual([])
  })
})

describe('against a mock of both that others wrote', () => {
  const mock = new LLMock({port: 0})
  beforeAll(() => mock.start())
  afterAll(() => mock.stop())

  it('speaks with the one that is named', async () => {
    const audio = mp3(4).toString('base64')
    mock.onSpeech(/.*/, {audio, format: 'mp3'})
    mock.onElevenLabsTTS(/.*/, {audio, format: 'mp3'})
    const context = await meteredContext({
      settings: {
        'llm.openai_api_key': 'sk-x',
        'audio.base_url': `${mock.url}/v1`,
        'audio.elevenlabs_api_key': 'xi-x',
        'audio.elevenlabs_base_url': mock.url,
      },
    })
    for (const provider of ['openai', 'elevenlabs'] as const) {
      const speech = await speak(asked({provider, voice: '21m00Tcm4TlvDq8ikWAM'}), context)
      expect([speech.provider, speech.bytes.length]).toEqual([provider, 4 * 417])
    }
    const calls = await recorded(await context.store())
    expect(calls.map(({provider}) => provider).toSorted()).toEqual(['elevenlabs-compatible', 'openai-compatible'])
    expect(calls.map(each => each.cost_nano_usd)).toEqual([null, null])
  })
})

const hasEspeak = (() => {
  try {
    execFileSync('espeak-ng', ['--version'], {stdio: 'ignore'})
    return true
  } catch {
    process.stderr.write('Skipped: speech by espeak-ng, which is not on the PATH. apt-get install espeak-ng\n')
    return false
  }
})()

describe.skipIf(!hasEspeak)('espeak-ng of this machine', () => {
  it('speaks where nothing is configured, for nothing, and says so', async () => {
    const context = await meteredContext()
    const speech = await speak(asked({text: 'Good morning, this is a test.'}), context)
    expect(speech).toMatchObject({format: 'wav', provider: 'espeak-ng', costNanoUsd: 0n})
    expect(speech.duration).toBeGreaterThan(1)
    expect(wavDuration(speech.bytes, 'x')).toBe(speech.duration)
    // Its header says how long it is, which a pipe does not let the program itself do.
    expect(Buffer.from(speech.bytes).readUInt32LE(4)).toBe(speech.bytes.length - 8)
    expect(context.events).toContainEqual(expect.objectContaining({message: expect.stringContaining('espeak-ng')}))
    expect(await recorded(await context.store())).toMatchObject([{provider: 'espeak-ng', cost_nano_usd: 0n}])
  })

  it('speaks slower and faster, and other languages', async () => {
    const context = await meteredContext()
    const of = async (over: Partial<SpeechRequest>) => (await speak(asked(over), context)).duration!
    expect(await of({speed: 0.5})).toBeGreaterThan(await of({speed: 2}))
    expect(await of({text: 'Dober dan.', voice: 'sl'})).toBeGreaterThan(0.3)
  })

  it('lists its voices, and refuses one that it has not and a format that it does not make', async () => {
    const context = await meteredContext()
    const voices = await listVoices(undefined, context)
    expect(voices).toContainEqual(expect.objectContaining({id: 'sl', name: 'Slovenian'}))
    await expect(speak(asked({voice: 'klingon-of-old'}), context)).rejects.toMatchObject({code: 'audio_espeak_failed'})
    await expect(speak(asked({format: 'mp3'}), context)).rejects.toMatchObject({code: 'audio_unsupported_request'})
  })
})

describe('nothing', () => {
  it('is not spoken', async () => {
    const {requests, context} = await openAi(() => sound(mp3(1)))
    await expect(speak(asked({text: ' \n '}), context)).rejects.toMatchObject({code: 'audio_unsupported_request'})
    expect(requests).toEqual([])
  })
})

describe('nobody', () => {
  it('who is named but has no key', async () => {
    const context = await meteredContext()
    await expect(speak(asked({provider: 'elevenlabs'}), context)).rejects.toMatchObject({
      code: 'audio_speech_not_configured',
      hint: 'set ELEVENLABS_API_KEY',
    })
  })
})

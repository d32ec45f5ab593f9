import {LLMock} from '@copilotkit/aimock'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {transcribe, type TranscriptionRequest} from '../../plugins/multimodal/src/audio/transcribe.ts'
import {writeWav} from '../../plugins/multimodal/src/audio/wav.ts'
import {documented, formOf, type VendorAnswer, type VendorRequest, vendorServer} from './support/vendor-server.ts'
import {meteredContext, recorded} from './support/metered-context.ts'
import {flac} from '../../plugins/multimodal/test/support/encoded-sound.ts'
import {recording, sound} from '../../plugins/multimodal/test/support/sound.ts'
import {complaints} from './support/vendor-schemas.ts'

/** More bytes than one request takes, of which a decoder makes nothing. */
function padded(bytes: Uint8Array): Uint8Array {
  const large = new Uint8Array(26_000_000)
  large.set(bytes)
  return large
}

const asked = (over: Partial<TranscriptionRequest> = {}): TranscriptionRequest => ({
  timestamps: 'none',
  diarize: false,
  keywords: [],
  speakers: [],
  ...over,
})

const three = recording(sound([{seconds: 3, loud: true}]))
const key = {'llm.openai_api_key': 'sk-test-secret'}

async function server(answer: (form: Awaited<ReturnType<typeof formOf>>) => VendorAnswer) {
  const vendor = await vendorServer(async request => answer(await formOf(request)))
  const context = await meteredContext({settings: {...key, 'audio.base_url': `${vendor.url}/v1`}})
  return {...vendor, context}
}

const json = (value: unknown): VendorAnswer => ({body: JSON.stringify(value)})
const verbose = {
  language: 'slovenian',
  duration: 3,
  text: 'Dober dan.',
  segments: [{start: 0, end: 2.5, text: ' Dober dan.'}],
}

/** Every way to ask, each with what its answer looks like. */
const ways: Readonly<Record<string, readonly [Partial<TranscriptionRequest>, unknown]>> = {
  'text alone': [{}, {text: 'Dober dan.'}],
  'a language and what it is about': [{language: 'sl', prompt: 'Odpovedni rok', model: 'whisper-1'}, {text: 'x'}],
  'terms that are spoken': [
    {keywords: ['Ljubljana', 'omni'], model: 'gpt-transcribe'},
    {text: 'x', languages: [{code: 'sl'}]},
  ],
  'times of sentences': [{timestamps: 'segment'}, verbose],
  'times of words': [{timestamps: 'word'}, {...verbose, words: [{start: 0, end: 1, word: 'Dober'}]}],
  speakers: [
    {diarize: true, model: 'gpt-4o-transcribe-diarize', speakers: [{name: 'Ana', sample: three}]},
    {text: 'x', duration: 3, segments: [{start: 0, end: 1, text: 'x', speaker: 'Ana'}]},
  ],
}

describe('what is sent', () => {
  it.each(Object.keys(ways))('%s: keeps to OpenAI’s document', async name => {
    const [over, answer] = ways[name]!
    const {requests, context} = await server(() => json(answer))
    await transcribe(three, asked(over), context)
    const form = await formOf(requests[0]!)
    expect(requests[0]).toMatchObject({
      path: '/v1/audio/transcriptions',
      headers: {authorization: 'Bearer sk-test-secret'},
    })
    expect(complaints.transcription(documented(form))).toEqual([])
    const file = form.find(([field]) => field === 'file')![1] as File
    // A name that says what it is: vendors go by it.
    expect([file.name, file.type, file.size]).toEqual(['recording.wav', 'audio/wav', three.bytes.length])
  })

  it('asks for times with verbose_json, and never for a stream', async () => {
    const {requests, context} = await server(() => json({...verbose, words: []}))
    await transcribe(three, asked({timestamps: 'word'}), context)
    const fields = documented(await formOf(requests[0]!))
    expect(fields).toMatchObject({
      response_format: 'verbose_json',
      timestamp_granularities: ['segment', 'word'],
      model: 'whisper-1',
    })
    expect(fields).not.toHaveProperty('stream')
  })

  it('lets a diarising model cut long recordings, and gives it neither prompt nor granularities', async () => {
    const answer = {text: 'x', duration: 3, segments: [{start: 0, end: 1, text: 'x', speaker: 'A'}]}
    const {requests, context} = await server(() => json(answer))
    await transcribe(three, asked({diarize: true, model: 'gpt-4o-transcribe-diarize', before: 'as was said'}), context)
    const fields = documented(await formOf(requests[0]!))
    expect(fields).toMatchObject({response_format: 'diarized_json', chunking_strategy: 'auto'})
    expect(fields).not.toHaveProperty('prompt')
    expect(fields).not.toHaveProperty('timestamp_granularities')
  })
})

describe('what a model cannot do', () => {
  it.each([
    ['gpt-4o-transcribe', {timestamps: 'word'}, 'tells no times of words', '--model whisper-1'],
    ['whisper-1', {diarize: true}, 'does not tell speakers apart', '--model gpt-4o-transcribe-diarize'],
    ['gpt-4o-transcribe-diarize', {diarize: true, prompt: 'x'}, 'takes no prompt', 'no model can'],
    ['whisper-1', {keywords: ['x']}, 'takes no keywords', '--model gpt-transcribe'],
  ] as const)('%s is refused before it is sent, with those that can', async (model, over, message, hint) => {
    const {requests, context} = await server(() => json({text: 'x'}))
    await expect(transcribe(three, asked({...over, model}), context)).rejects.toMatchObject({
      code: 'audio_unsupported_request',
      message: expect.stringContaining(message),
      hint: expect.stringContaining(hint),
    })
    expect(requests).toEqual([])
  })

  it('is asked of nobody where nothing is configured', async () => {
    const context = await meteredContext()
    await expect(transcribe(three, asked(), context)).rejects.toMatchObject({
      code: 'audio_transcription_not_configured',
      exitCode: 9,
      hint: expect.stringContaining('OPENAI_API_KEY'),
    })
    expect(await recorded(await context.store())).toEqual([])
  })

  it('refuses a recording that is longer than is allowed', async () => {
    const vendor = await vendorServer(() => json({text: 'x'}))
    const context = await meteredContext({
      settings: {...key, 'audio.base_url': vendor.url, 'audio.longest_recording': 0.04},
    })
    await expect(transcribe(three, asked(), context)).rejects.toMatchObject({code: 'media_too_large'})
    expect(vendor.requests).toEqual([])
  })
})

describe('what comes back', () => {
  it('is a transcript with the code of the language that was heard', async () => {
    const {context} = await server(() => json(verbose))
    expect(await transcribe(three, asked({timestamps: 'segment'}), context)).toMatchObject({
      text: 'Dober dan.',
      language: 'sl',
      duration: 3,
      segments: [{start: 0, end: 2.5, text: 'Dober dan.', speaker: null}],
      pieces: 1,
      provider: 'openai-compatible',
      costNanoUsd: null,
    })
  })

  it.each([
    ['no JSON', '<html>'],
    ['another shape', '{"text": 7}'],
    ['no times', '{"text": "Dober dan."}'],
    ['times that are none', '{"text": "x", "segments": [{"start": -1, "end": "x", "text": "x"}]}'],
  ])('is not believed where it is %s', async (_, body) => {
    const {context} = await server(() => ({body}))
    await expect(transcribe(three, asked({timestamps: 'segment'}), context)).rejects.toMatchObject({
      code: 'media_unusable_answer',
    })
  })

  it('costs what OpenAI’s list says, by the second or by the token that it counted', async () => {
    const answers: VendorAnswer[] = [
      json({text: 'x', usage: {type: 'duration', seconds: 3}}),
      json({
        text: 'x',
        usage: {
          type: 'tokens',
          input_tokens: 32,
          output_tokens: 10,
          input_token_details: {audio_tokens: 30, text_tokens: 2},
        },
      }),
    ]
    const vendor = await vendorServer(() => answers.shift()!)
    const context = await meteredContext({settings: {...key, 'audio.base_url': vendor.url}})
    const {meter} = context
    // The list is of the vendor itself, at whose address nobody is asked here.
    const listed = {
      ...context,
      meter: async () => {
        const own = await meter()
        return {run: ((call, send) => own.run({...call, provider: 'openai', pricing: 'list'}, send)) as typeof own.run}
      },
    }
    const costOf = async (model: string) => (await transcribe(three, asked({model}), listed)).costNanoUsd
    expect(await costOf('whisper-1')).toBe(300_000n)
    expect(await costOf('gpt-4o-transcribe')).toBe(180_000n + 5_000n + 100_000n)
  })
})

describe('a recording that is too large for one request', () => {
  /** Longer than the 1,400 seconds that a model of gpt-4o takes, with a pause in each half minute. */
  const rate = 1_000
  const long = () => {
    const halfMinutes = Array.from({length: 60}, () => [
      {seconds: 29, loud: true},
      {seconds: 1, loud: false},
    ]).flat()
    return {...recording(sound(halfMinutes, rate), rate), bytes: writeWav(sound(halfMinutes, rate), rate)}
  }

  const lengthOf = async (request: VendorRequest) => {
    const form = await formOf(request)
    return ((form.find(([field]) => field === 'file')![1] as File).size - 44) / 2 / rate
  }

  it('is cut at silence and put together with the times of the whole', async () => {
    const {requests, context} = await server(form => {
      const seconds = ((form.find(([field]) => field === 'file')![1] as File).size - 44) / 2 / rate
      const text = `part of ${Math.round(seconds)} s`
      const segments = [
        {start: 0, end: 1, text, speaker: 'A'},
        {start: seconds - 5, end: seconds, text: 'end', speaker: 'B'},
      ]
      return json({text, duration: seconds, segments})
    })
    const events = context.events
    const transcript = await transcribe(long(), asked({diarize: true, model: 'gpt-4o-transcribe-diarize'}), context)
    const lengths = await Promise.all(requests.map(lengthOf))
    expect(lengths).toHaveLength(2)
    expect(lengths[0]! + lengths[1]!).toBeCloseTo(1_800, 6)
    for (const length of lengths) expect(length).toBeLessThanOrEqual(1_400)
    // The cut lies in a pause: the last second of a half minute.
    expect(lengths[0]! % 30).toBeGreaterThan(29)
    expect(transcript).toMatchObject({pieces: 2, duration: 1_800})
    expect(transcript.segments[2]!.start).toBeCloseTo(lengths[0]!, 3)
    expect(transcript.segments.at(-1)!.end).toBeCloseTo(1_800, 3)
    // The second part knows the voices of the first, so that A stays A.
    const second = documented(await formOf(requests[1]!))
    expect(complaints.transcription(second)).toEqual([])
    expect(second.known_speaker_names).toEqual(['B'])
    expect((second.known_speaker_references as string[])[0]).toMatch(/^data:audio\/wav;base64,/)
    expect(events.filter(({type}) => type === 'progress')).not.toEqual([])
    expect(await recorded(await context.store())).toHaveLength(2)
  })

  it('is not paid for where it unpacks to more than its header says and than is allowed', async () => {
    const {requests, url} = await server(() => json({text: 'x'}))
    const context = await meteredContext({
      settings: {...key, 'audio.base_url': `${url}/v1`, 'audio.longest_recording': 0.1},
    })
    const whole = flac(sound([{seconds: 9, loud: true}], 8_000), 8_000)
    // Of its samples the header tells 8,000: one second.
    Buffer.from(whole.buffer, whole.byteOffset).writeUInt32BE(8_000, 22)
    const lying = {source: 'lying.flac', mediaType: 'audio/flac' as const, bytes: padded(whole)}
    await expect(transcribe(lying, asked({model: 'whisper-1'}), context)).rejects.toMatchObject({
      code: 'media_too_large',
    })
    expect(requests).toEqual([])
  })

  it('tells the next part how the last one ended', async () => {
    const {requests, context} = await server(() => json({text: 'and so it ended'}))
    await transcribe(long(), asked({model: 'gpt-4o-transcribe', prompt: 'A trial.'}), context)
    expect(documented(await formOf(requests[1]!))).toMatchObject({prompt: 'A trial. and so it ended'})
  })

  it('ends with its caller, and leaves no request behind', async () => {
    const cancel = new AbortController()
    const gone = Promise.withResolvers<void>()
    const vendor = await vendorServer(async ({left}) => {
      cancel.abort()
      await left
      gone.resolve()
      return json({})
    })
    const context = await meteredContext({
      signal: cancel.signal,
      settings: {...key, 'audio.base_url': vendor.url},
    })
    await expect(transcribe(three, asked(), context)).rejects.toMatchObject({code: 'cancelled'})
    await gone.promise
    expect(vendor.requests).toHaveLength(1)
    expect(await recorded(await context.store())).toMatchObject([{outcome: 'cancelled'}])
  })
})

describe('against a mock of OpenAI that others wrote', () => {
  const mock = new LLMock({port: 0})
  beforeAll(() => mock.start())
  afterAll(() => mock.stop())

  it('transcribes, and tries again what was refused for a while', async () => {
    mock.onTranscription({
      transcription: {text: 'The notice period is three months.', language: 'english', duration: 3},
    })
    mock.nextRequestError(429, {message: 'slow down', type: 'rate_limit_error'})
    const context = await meteredContext({settings: {...key, 'audio.base_url': `${mock.url}/v1`}})
    expect(await transcribe(three, asked(), context)).toMatchObject({text: 'The notice period is three months.'})
    expect(await recorded(await context.store())).toMatchObject([{outcome: 'answered', cost_nano_usd: null}])
  })
})

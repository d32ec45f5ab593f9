import {readdirSync, readFileSync} from 'node:fs'
import sharp from 'sharp'
import {beforeAll, describe, expect, it} from 'vitest'
import {writeWav} from '../../plugins/multimodal/src/audio/wav.ts'
import {testApp} from '../support/app.ts'
import {Workspace} from '../support/workspace.ts'
import {type VendorAnswer, type VendorRequest, vendorServer} from './support/vendor-server.ts'

let png: Buffer
beforeAll(async () => {
  png = await sharp({create: {width: 32, height: 32, channels: 4, background: '#3366cc'}})
    .png()
    .toBuffer()
})

const wav = writeWav(
  Int16Array.from({length: 16_000}, (_, index) => Math.sin(index / 5) * 9_000),
  8_000,
)
const spoken = Buffer.concat([Buffer.from([0xff, 0xfb, 0x90, 0x00]), Buffer.alloc(413, 1)])

const answers = ({path}: VendorRequest): VendorAnswer => {
  if (path.endsWith('/audio/speech')) return {headers: {'content-type': 'audio/mpeg'}, body: spoken}
  if (path.includes('/images/')) return {body: JSON.stringify({data: [{b64_json: png.toString('base64')}]})}
  const segments = [{start: 0, end: 1.5, text: 'The notice period is three months.'}]
  return {body: JSON.stringify({text: segments[0]!.text, language: 'english', duration: 2, segments})}
}

async function workspace(answer: Parameters<typeof vendorServer>[0] = answers) {
  const vendor = await vendorServer(answer)
  const files = new Workspace({env: {OPENAI_API_KEY: 'sk-test', OPENAI_BASE_URL: `${vendor.url}/v1`}})
  files.write('talk.wav', wav)
  files.write('photo.png', png)
  const names = () =>
    readdirSync(files.directory)
      .filter(name => name !== '.home')
      .toSorted()
  return {...vendor, files, names}
}

describe('omni audio transcribe', () => {
  it('prints what is said, or writes subtitles', async () => {
    const {files} = await workspace()
    expect(await files.omni(['audio', 'transcribe', 'talk.wav'])).toMatchObject({
      code: 0,
      stdout: 'The notice period is three months.\n',
    })
    const written = await files.omni(['audio', 'transcribe', 'talk.wav', '--format', 'srt', '-o', 'talk.srt'])
    expect(written).toMatchObject({code: 0, stdout: ''})
    expect(readFileSync(files.path('talk.srt'), 'utf8')).toBe(
      '1\n00:00:00,000 --> 00:00:01,500\nThe notice period is three months.\n',
    )
    expect(await files.omni(['audio', 'transcribe', 'talk.wav', '-o', 'talk.srt'])).toMatchObject({code: 6})
    expect(await files.json(['audio', 'transcribe', 'talk.wav', '--timestamps', 'segment'])).toMatchObject({
      language: 'en',
      segments: [{start: 0, end: 1.5}],
      document: null,
    })
  })

  it('goes by what a file is, and not by its name', async () => {
    const {files, requests} = await workspace()
    files.write('picture.wav', png)
    expect(await files.omni(['audio', 'transcribe', 'picture.wav'])).toMatchObject({code: 2})
    expect(await files.omni(['audio', 'transcribe', 'nothing.wav'])).toMatchObject({code: 5})
    files.write('talk.txt', wav)
    expect(await files.omni(['audio', 'transcribe', 'talk.txt'])).toMatchObject({code: 0})
    expect(requests).toHaveLength(1)
  })

  it('goes in pieces where one request cannot carry it, with the times of the whole', async () => {
    const {files, requests} = await workspace()
    const rate = 16_000
    // Half minutes of a tone, each with a second of silence at its end.
    const isLoud = (index: number) => Math.floor(index / rate) % 30 !== 29
    const long = Int16Array.from({length: rate * 800}, (_, index) => (isLoud(index) ? (index % 40) * 200 : 0))
    files.write('long.wav', writeWav(long, rate))
    const finished = await files.omni(['audio', 'transcribe', 'long.wav', '--format', 'srt'])
    expect(finished).toMatchObject({code: 0, stderr: expect.stringContaining('Transcribing')})
    expect(requests).toHaveLength(2)
    for (const {body} of requests) expect(body.length).toBeLessThan(16_100_000)
    const starts = finished.stdout.split('\n').filter(line => line.includes('-->'))
    expect(starts[0]).toMatch(/^00:00:00,000 /)
    // The second piece begins in a pause before 500 s, which is what 16 MB hold.
    expect(starts[1]).toMatch(/^00:0[78]:(?:29|59),\d{3} /)
  })

  it('is served to those who may, with the keys of the server', async () => {
    const {requests, url} = await workspace()
    const server = await testApp({
      workspace: new Workspace({env: {OPENAI_API_KEY: 'sk-there', OPENAI_BASE_URL: `${url}/v1`}}),
    })
    const key = await server.key(['audio:use'])
    const audio = {name: 'talk.wav', data: Buffer.from(wav).toString('base64')}
    const answer = await server.request('/api/v1/multimodal/audio/transcribe', {key, body: {audio, format: 'vtt'}})
    expect(answer.json).toMatchObject({
      document: expect.stringMatching(/^WEBVTT\n/),
      text: 'The notice period is three months.',
    })
    expect(requests[0]!.headers.authorization).toBe('Bearer sk-there')
  })
})

describe('omni audio speak', () => {
  it('writes a file whose name says its kind, and reads the text from stdin', async () => {
    const {files, requests, names} = await workspace()
    expect(await files.omni(['audio', 'speak', '-', '-o', 'a.mp3'], {input: 'Good morning.\n'})).toMatchObject({
      code: 0,
    })
    expect(JSON.parse(String(requests[0]!.body))).toMatchObject({input: 'Good morning.', response_format: 'mp3'})
    expect(readFileSync(files.path('a.mp3'))).toEqual(spoken)
    const before = requests.length
    // Nothing is paid for where the file cannot be written.
    expect(await files.omni(['audio', 'speak', 'x', '-o', 'a.mp3'])).toMatchObject({code: 6})
    expect(await files.omni(['audio', 'speak', 'x', '-o', 'no/such/a.mp3'])).toMatchObject({code: 2})
    expect(await files.omni(['audio', 'speak', 'x', '-o', 'a.docx'])).toMatchObject({code: 2})
    expect(await files.omni(['audio', 'speak', 'x'])).toMatchObject({code: 2})
    expect(requests).toHaveLength(before)
    expect(names()).toEqual(['a.mp3', 'photo.png', 'talk.wav'])
  })

  it('leaves no file and no request behind when it is interrupted', async () => {
    const asked = Promise.withResolvers<void>()
    const gone = Promise.withResolvers<void>()
    const {files, names} = await workspace(async ({left}) => {
      asked.resolve()
      await left
      gone.resolve()
      return {body: ''}
    })
    const started = files.start(['audio', 'speak', 'x', '-o', 'a.mp3'])
    await asked.promise
    started.child.kill('SIGINT')
    expect(await started.finished).toMatchObject({code: 130})
    await gone.promise
    expect(names()).toEqual(['photo.png', 'talk.wav'])
  })
})

describe('omni image', () => {
  it('writes pictures, numbered where there are several, and what they cost shows in the usage', async () => {
    const {files, names} = await workspace()
    expect(await files.omni(['image', 'generate', 'a lighthouse', '-o', 'a.png', '--n', '2'])).toMatchObject({
      code: 0,
      stdout: 'a-1.png\t32x32\n',
      stderr: expect.stringContaining('Only 1 of 2'),
    })
    await files.omni(['image', 'edit', 'photo.png', 'make it night', '-o', 'night.jpg'])
    await files.omni(['image', 'vary', 'photo.png', '-o', 'other.webp'])
    expect(names()).toEqual(['a-1.png', 'night.jpg', 'other.webp', 'photo.png', 'talk.wav'])
    expect((await sharp(files.path('night.jpg')).metadata()).format).toBe('jpeg')
    const {rows} = await files.json<{rows: object[]}>(['llm', 'usage'])
    expect(rows).toMatchObject([
      {name: 'openai-compatible/gpt-image-2.5-flare', calls: 3, unpriced: 3, cost_usd: '0.00'},
    ])
  })

  it('is refused by a hard budget where nobody knows the price, before anything is sent', async () => {
    const {files, requests} = await workspace()
    await files.json(['llm', 'budget', 'set', '5'])
    const refused = await files.omni(['image', 'generate', 'a lighthouse', '-o', 'a.png'])
    expect(refused).toMatchObject({code: 7, stderr: expect.stringContaining('price is unknown')})
    expect(requests).toEqual([])
  })

  it('keeps prompts by their names', async () => {
    const draft = {
      prompt: 'A red kettle, studio photograph',
      negative_prompt: 'people',
      style: 'studio',
      size: '1024x1024',
    }
    const {files, requests} = await workspace(request => {
      if (!request.path.endsWith('/chat/completions')) return answers(request)
      const content = JSON.stringify({...draft, changes: []})
      const events = [
        {choices: [{index: 0, delta: {content}, finish_reason: null}]},
        {choices: [{index: 0, delta: {}, finish_reason: 'stop'}]},
        {choices: [], usage: {prompt_tokens: 5, completion_tokens: 5, total_tokens: 10}},
      ].map(
        event =>
          `data: ${JSON.stringify({id: 'x', object: 'chat.completion.chunk', created: 1, model: 'm', ...event})}\n\n`,
      )
      return {headers: {'content-type': 'text/event-stream'}, body: `${events.join('')}data: [DONE]\n\n`}
    })
    const idea = ['image', 'prompt', 'a kettle', '--save', 'product-shot']
    expect(await files.json(idea)).toMatchObject({prompt: draft.prompt, saved: 'product-shot'})
    expect(await files.omni(idea)).toMatchObject({code: 6})
    const {prompts} = await files.json<{prompts: object[]}>(['image', 'prompts'])
    expect(prompts).toMatchObject([{name: 'product-shot', idea: 'a kettle', negative_prompt: 'people'}])
    await files.omni(['image', 'generate', '--named', 'product-shot', '-o', 'kettle.png'])
    expect(JSON.parse(String(requests.at(-1)!.body))).toMatchObject({
      prompt: 'A red kettle, studio photograph. Not in the picture: people',
      size: '1024x1024',
    })
    expect(await files.omni(['image', 'forget-prompt', 'product-shot', '--yes'])).toMatchObject({code: 0})
    expect(await files.omni(['image', 'generate', '--named', 'product-shot', '-o', 'b.png'])).toMatchObject({code: 5})
  })
})

import {describe, expect, it} from 'vitest'
import {search} from '../../plugins/rag/src/operations/search.ts'
import {writeWav} from '../../plugins/multimodal/src/audio/wav.ts'
import {placeOf} from '../../plugins/rag/src/presentation/place.ts'
import {Workspace} from '../support/workspace.ts'
import {vendorServer} from './support/vendor-server.ts'

const meeting = writeWav(new Int16Array(8_000 * 200), 8_000)

const segments = [
  {start: 2, end: 9, text: ' The notice period is three months.'},
  {start: 61.5, end: 70, text: ' Holidays are agreed with the manager.'},
  {start: 185, end: 190, text: ' The kettle is in the kitchen.'},
]

async function workspace() {
  const vendor = await vendorServer(() => ({
    body: JSON.stringify({language: 'english', duration: 200, text: segments.map(({text}) => text).join(''), segments}),
  }))
  const files = new Workspace({
    env: {OPENAI_API_KEY: 'sk-test', RAG_LLM_BACKEND: 'none', OMNI_AUDIO_BASE_URL: `${vendor.url}/v1`},
  })
  files.write('meeting.wav', meeting)
  return {...vendor, files}
}

describe('recordings in a collection', () => {
  it('are found by what is said in them, and cited by the minute', async () => {
    const {files, requests} = await workspace()
    const summary = await files.ingest(['meeting.wav'], {media: 'all'})
    expect(summary).toMatchObject({added: 1, failed: []})
    expect(requests).toHaveLength(1)
    expect(String(requests[0]!.body)).toContain('verbose_json')
    const {results} = await files.call(search, {query: 'where is the kettle?'})
    expect(results[0]).toMatchObject({source: 'meeting.wav', text: expect.stringContaining('kettle')})
    const found = await files.omni(['rag', 'query', 'What is the notice period?', '--json'])
    const {citations} = JSON.parse(found.stdout) as {citations: {page: number; quote: string; source: string}[]}
    expect(citations[0]).toMatchObject({source: 'meeting.wav', page: 1, quote: expect.stringContaining('three months')})
    // The same recording is not sent a second time.
    expect(await files.ingest(['meeting.wav'], {media: 'all'})).toMatchObject({unchanged: 1})
    expect(requests).toHaveLength(1)
  })

  it('are not sent to anybody without being asked for, and the ingest says how', async () => {
    const {files, requests} = await workspace()
    const finished = await files.omni(['rag', 'ingest', 'meeting.wav'])
    expect(finished.stderr + finished.stdout).toContain('--media all')
    expect(requests).toEqual([])
  })
})

it('a minute of a recording is told as a time', () => {
  const place = {commit: null, line_start: 3, line_end: 3}
  expect(placeOf({...place, source: 'meeting.mp3', page: 73})).toBe('meeting.mp3:01:12:00')
  expect(placeOf({...place, source: 'scan.pdf', page: 2})).toBe('scan.pdf:p2:3')
})

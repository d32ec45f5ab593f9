import {describe, expect, it} from 'vitest'
import {transcriptDocument} from '../../src/audio/subtitles.ts'
import {stitchTranscripts, type Transcript} from '../../src/audio/transcript.ts'

const transcript = (segments: Transcript['segments'], text = ''): Transcript => ({
  text,
  language: 'en',
  duration: 10,
  segments,
  words: [],
})
const said = (start: number, end: number, text: string, speaker: string | null = null) => ({start, end, text, speaker})

describe('SubRip', () => {
  it('has numbers, times with commas, and empty lines between cues and nowhere else', () => {
    const document = transcriptDocument(
      transcript([said(0, 1.5, ' Hello.\n\n There. '), said(59.9996, 3_661.5, 'Bye')]),
      'srt',
    )
    expect(document).toBe('1\n00:00:00,000 --> 00:00:01,500\nHello. There.\n\n2\n00:01:00,000 --> 01:01:01,500\nBye\n')
  })

  it('leaves out what is empty, names speakers, breaks long lines and keeps arrows from being times', () => {
    const long = 'This is a sentence that is much longer than a line on a screen'
    const document = transcriptDocument(
      transcript([said(0, 1, '  '), said(1, 1, long, 'A'), said(2, 3, 'a --> b')]),
      'srt',
    )!
    expect(document).toBe(
      '1\n00:00:01,000 --> 00:00:01,001\nA: This is a sentence that is much\nlonger than a line on a screen\n\n' +
        '2\n00:00:02,000 --> 00:00:03,000\na → b\n',
    )
  })
})

describe('WebVTT', () => {
  it('begins with its name, has times with points, escapes, and says who speaks', () => {
    const document = transcriptDocument(transcript([said(0.25, 2, 'R&D <3', 'A <b>'), said(2, 3, 'Yes')]), 'vtt')
    expect(document).toBe(
      'WEBVTT\n\n00:00:00.250 --> 00:00:02.000\n<v A &lt;b&gt;>R&amp;D &lt;3\n\n00:00:02.000 --> 00:00:03.000\nYes\n',
    )
  })

  it('of nothing is still a document', () => {
    expect(transcriptDocument(transcript([]), 'vtt')).toBe('WEBVTT\n')
    expect(transcriptDocument(transcript([]), 'srt')).toBe('')
  })
})

describe('text', () => {
  it('is what was said, by turns where speakers are told apart', () => {
    expect(transcriptDocument(transcript([], ' Hello. '), 'text')).toBe('Hello.\n')
    const turns = [said(0, 1, 'Hello.', 'A'), said(1, 2, 'Who is it?', 'A'), said(2, 3, 'Me.', 'B')]
    expect(transcriptDocument(transcript(turns, 'x'), 'text')).toBe('A: Hello. Who is it?\n\nB: Me.\n')
  })

  it('is not made of json', () => {
    expect(transcriptDocument(transcript([]), 'json')).toBeUndefined()
  })
})

describe('a transcript of parts', () => {
  it('has the times of the whole, none of them behind its part', () => {
    const part = (text: string, end: number, language: string | null): Transcript => ({
      text,
      language,
      duration: null,
      segments: [said(0.5, end, text)],
      words: [{start: 0.5, end, word: text}],
    })
    const whole = stitchTranscripts([
      {start: 0, duration: 10, transcript: part('one ', 10.4, 'sl')},
      {start: 10, duration: 5.5, transcript: part(' two', 3, 'en')},
      {start: 15.5, duration: 2, transcript: part('', 1, 'en')},
    ])
    expect(whole).toMatchObject({text: 'one two', language: 'en', duration: 17.5})
    expect(whole.segments.map(({start, end}) => [start, end])).toEqual([
      [0.5, 10],
      [10.5, 13],
      [16, 16.5],
    ])
    expect(whole.words.map(({start}) => start)).toEqual([0.5, 10.5, 16])
  })
})

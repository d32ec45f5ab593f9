import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {jsonLogger} from './logger.ts'
import {redact, redactFields} from './redact.ts'

const secret = 'Zx9Qw8Er7Ty6Ui5Op4As3'

describe('redact', () => {
  test.each([
    `sk-${secret}`,
    `sk-ant-api03-${secret}`,
    `omni_0123456789ab_${secret}`,
    `ghp_${secret}`,
    `xoxb-${secret}`,
    `Authorization: Bearer ${secret}`,
    `authorization: basic ${secret}==`,
    `postgres://user:${secret}@host/db`,
    `api_key=${secret}`,
    `"apiKey": "${secret}"`,
    `OPENAI_API_KEY=${secret}`,
    `password: ${secret}`,
    `client-secret = '${secret}'`,
    `eyJhbGciOiJIUzI1NiJ9.${secret}.${secret}`,
  ])('%s', text => {
    expect(redact(`before ${text} after`)).not.toContain(secret)
  })

  test('leaves ordinary text alone', () => {
    for (const text of [
      'the token count is high',
      'https://example.org/a:b@c',
      'sk-short',
      'a secret garden',
      'Basic English',
    ]) {
      expect(redact(text)).toBe(text)
    }
  })

  test('is linear: long runs that nearly match take no time to speak of', () => {
    const text = [
      'a'.repeat(200_000),
      `${'a+'.repeat(100_000)}://`,
      'token'.repeat(40_000),
      `x://${':'.repeat(200_000)}`,
      'eyJ'.repeat(60_000),
    ]
    for (const each of text) expect(redact(each).length).toBeGreaterThan(0)
  }, 10_000)
})

describe('redactFields', () => {
  test('hides by name and by shape, at any depth, and keeps the rest', () => {
    const fields = {
      user: 'ada',
      password: secret,
      nested: [{note: `Bearer ${secret}`, tokens: 12, max_token: 5}],
      ok: true,
    }
    expect(redactFields(fields)).toEqual({
      user: 'ada',
      password: '[redacted]',
      nested: [{note: 'Bearer [redacted]', tokens: 12, max_token: 5}],
      ok: true,
    })
  })

  test('survives a structure that contains itself', () => {
    const loop: Record<string, unknown> = {}
    loop.self = loop
    expect(JSON.stringify(redactFields(loop))).toContain('…')
  })
})

test('every line of the log is one JSON object, whatever is logged', () => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.dictionary(fc.string(), fc.anything({withBigInt: true, withDate: true})),
      (message, fields) => {
        let line = ''
        const log = jsonLogger(
          'debug',
          text => void (line += text),
          () => new Date(0),
        )
        log.info(message, fields)
        expect(line.endsWith('\n')).toBe(true)
        expect(line.trimEnd()).not.toContain('\n')
        expect(JSON.parse(line)).toMatchObject({})
      },
    ),
  )
})

test('less than the level is not logged', () => {
  const lines: string[] = []
  const log = jsonLogger(
    'warn',
    line => void lines.push(line),
    () => new Date(0),
  )
  log.debug('no')
  log.info('no')
  log.warn('yes')
  log.error('yes')
  expect(lines).toHaveLength(2)
  jsonLogger(
    'off',
    line => void lines.push(line),
    () => new Date(0),
  ).error('no')
  expect(lines).toHaveLength(2)
})

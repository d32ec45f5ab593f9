import {mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import {omni, temporaryHome} from '../cli/program.ts'
import {startServer} from '../support/server.ts'

/** Documents of our own, Slovenian ones among them. */
const documents = {
  'lease.md':
    '# Lease\n\nThe notice period is three months to the end of a quarter.\n\n## Rent\n\nRent is due on the 3rd.\n',
  'najem.md': '# Najem\n\nOdpovedni rok je tri mesece. Najemnina zapade tretji dan v mesecu.\n',
  'prices.csv': 'item,price\nchair,40\ntable,120\n',
}

/** The home of a deployment, and that of somebody who uses it. */
async function twoPlaces() {
  const there = temporaryHome()
  const here = temporaryHome()
  mkdirSync(join(here, 'docs'))
  for (const [name, text] of Object.entries(documents)) writeFileSync(join(here, 'docs', name), text)
  const server = await startServer(there)
  const remote = async (scopes: readonly string[]) => ({OMNI_URL: server.url, OMNI_API_KEY: await server.key(scopes)})
  return {there, here, server, remote}
}

test('a command answers the same bytes over there as here, errors and exit codes included', async () => {
  const {there, here, remote} = await twoPlaces()
  const env = await remote(['*'])
  const ingested = await omni(['rag', 'ingest', './docs', '--json'], {home: here, cwd: here, env})
  expect(JSON.parse(ingested.stdout)).toMatchObject({added: 3, failures: 0})
  const commands = [
    ['rag', 'search', 'notice period', '-k', '2'],
    ['rag', 'search', 'odpovedni rok', '--json'],
    ['rag', 'query', 'How long is the notice period?'],
    ['rag', 'query', 'Who won the chess tournament?', '--json'],
    ['rag', 'list', '-o', 'csv'],
    ['rag', 'list', '--limit', '1', '--json'],
    ['rag', 'show', 'docs/lease.md', '--json'],
    ['rag', 'status', '--json'],
    ['rag', 'collections', '-o', 'yaml'],
    ['rag', 'export'],
    ['rag', 'query', 'x', '--collection', 'none'],
    ['rag', 'show', 'docs/nothing.md', '--json'],
    ['rag', 'remove', 'docs/lease.md', '--dry-run', '--json'],
    ['rag', 'search', 'x', '-k', '99'],
    ['audit', 'list', '--json'],
    ['audit', 'verify', '--json'],
    ['privacy', 'budget', 'list', '--json'],
    ['gdpr', 'ropa', 'draft', '--json'],
    ['gdpr', 'rules', '--law', 'zvop-2'],
    ['gdpr', 'deadline', 'access', '--received', '2026-01-31T10:00:00Z', '--json'],
    ['gdpr', 'consent', 'check', 'ana@example.com', 'newsletter'],
    ['gdpr', 'breach'],
    ['keys', 'list', '--json'],
    ['webhooks', 'add', 'http://example.com/', '--events', '*'],
    ['webhooks', 'list', '--json'],
    ['webhooks', 'events'],
    ['doctor', '--bogus'],
  ]
  for (const command of commands) {
    const local = await omni(command, {home: there, cwd: here})
    const distant = await omni(command, {home: here, cwd: here, env})
    expect({command, ...distant}).toEqual({command, ...local})
  }
})

test('a second ingest sends nothing again, and --prune removes over there what vanished here', async () => {
  const {there, here, remote} = await twoPlaces()
  const env = await remote(['rag:*'])
  const ingest = async (...flags: string[]) =>
    JSON.parse(
      (await omni(['rag', 'ingest', './docs', '--json', ...flags], {home: here, cwd: here, env})).stdout,
    ) as object
  expect(await ingest()).toMatchObject({added: 3})
  expect(await ingest()).toMatchObject({added: 0, unchanged: 3, chunks: 0})
  writeFileSync(join(here, 'docs/.omniignore'), 'prices.csv\n')
  expect(await ingest('--prune')).toMatchObject({unchanged: 2})
  expect((await omni(['rag', 'list', '-o', 'csv'], {home: there})).stdout).toContain('najem.md')
})

test('what a key may not do is refused over there, whatever this machine thinks', async () => {
  const {here, remote} = await twoPlaces()
  const env = await remote(['rag:read'])
  const refused = await omni(['rag', 'ingest', './docs', '--json'], {home: here, cwd: here, env})
  expect(refused.code).toBe(4)
  expect(JSON.parse(refused.stdout)).toMatchObject({
    error: {code: 'denied', message: expect.stringContaining('rag:write')},
  })
  const wrong = await omni(['rag', 'list'], {home: here, env: {...env, OMNI_API_KEY: 'omni_wrong'}})
  expect(wrong.code).toBe(4)
  expect(wrong.stderr).not.toContain('omni_wrong')
})

test('a tenant of its own is not seen by another, over there either', async () => {
  const {here, server} = await twoPlaces()
  const envOf = async (tenant: string) => ({
    OMNI_URL: server.url,
    OMNI_API_KEY: await server.key(['rag:*'], ['--tenant', tenant]),
  })
  const [acme, globex] = await Promise.all([envOf('acme'), envOf('globex')])
  expect((await omni(['rag', 'ingest', './docs'], {home: here, cwd: here, env: acme})).code).toBe(0)
  expect((await omni(['rag', 'query', 'notice period'], {home: here, env: acme})).code).toBe(0)
  expect((await omni(['rag', 'query', 'notice period'], {home: here, env: globex})).code).toBe(5)
  expect((await omni(['rag', 'list', '--tenant', 'acme'], {home: here, env: globex})).code).toBe(4)
})

test('what works on local data alone says so instead of working on the wrong data', async () => {
  const {here, remote} = await twoPlaces()
  const {code, stdout} = await omni(['serve', '--json'], {home: here, env: await remote(['*'])})
  expect(code).toBe(2)
  expect(JSON.parse(stdout)).toMatchObject({error: {code: 'local_data_only'}})
})

test('a profile is kept, tried, chosen and shown by doctor', async () => {
  const {here, server} = await twoPlaces()
  const input = await server.key(['rag:read', 'doctor:read'])
  const run = (...argv: string[]) => omni(argv, {home: here, input})
  expect((await run('profile', 'add', 'prod', '--url', server.url, '--key-stdin', '--use')).code).toBe(0)
  expect(JSON.parse((await run('profile', 'test', 'prod', '--json')).stdout)).toMatchObject({
    name: 'prod',
    url: server.url,
    tenant: 'default',
    scopes: ['rag:read', 'doctor:read'],
  })
  expect(JSON.parse((await run('whoami', '--json')).stdout)).toMatchObject({kind: 'key'})
  expect(JSON.parse((await run('--profile', 'default', 'whoami', '--json')).stdout)).toMatchObject({kind: 'local'})
  const {findings} = JSON.parse((await run('doctor', '--json')).stdout) as {findings: {name: string; status: string}[]}
  expect(findings).toContainEqual(expect.objectContaining({name: 'deployment', status: 'ok'}))
  expect(findings).toContainEqual(expect.objectContaining({name: 'deployment: database', status: 'ok'}))
})

test('questions from a file of this machine are measured over there, and results are kept here', async () => {
  const {here, remote} = await twoPlaces()
  const env = await remote(['rag:*'])
  await omni(['rag', 'ingest', './docs', '-q'], {home: here, cwd: here, env})
  writeFileSync(
    join(here, 'judged.jsonl'),
    [
      {question: 'How long is the notice period?', answers: ['three months'], source: 'lease.md'},
      {question: 'When is rent due?', answers: ['3rd'], source: 'lease.md'},
      {question: 'Who won the chess tournament?', answerable: false},
    ]
      .map(question => `${JSON.stringify(question)}\n`)
      .join(''),
  )
  const evaluate = async (...argv: string[]) => {
    const {stdout, code} = await omni(['rag', 'eval', 'judged.jsonl', '--json', ...argv], {home: here, cwd: here, env})
    return {code, ...(JSON.parse(stdout) as object)}
  }
  expect(await evaluate('--save', 'first')).toMatchObject({
    code: 0,
    queries: 3,
    accuracy: 1,
    'hit@5': 1,
    true_refusals: 1,
    saved: 'first',
  })
  const again = await evaluate('--compare', 'first', '--gate', 'accuracy>=first', '--gate', 'hit@1>=1.5')
  expect(again).toMatchObject({code: 7, passed: false, comparison: {with: 'first', unpaired: 0}})
  const few = await omni(['rag', 'tune', '--queries', 'judged.jsonl', '--json'], {home: here, cwd: here, env})
  expect(few.code).toBe(2)
  expect(JSON.parse(few.stdout)).toMatchObject({error: {code: 'rag_too_few_questions'}})
})

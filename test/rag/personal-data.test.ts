import {readFileSync, readdirSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {ingest} from '../../plugins/rag/src/operations/ingest.ts'
import {list} from '../../plugins/rag/src/operations/list.ts'
import {search} from '../../plugins/rag/src/operations/search.ts'
import {show} from '../../plugins/rag/src/operations/show.ts'
import {startServer} from '../support/server.ts'
import {Workspace, type WorkspaceOptions} from '../support/workspace.ts'

const address = 'tine.kobal@primer.si'
const iban = 'SI56 0203 6025 3863 406'
const letter = [
  '---',
  `author: ${address}`,
  'year: 2026',
  '---',
  '# Complaint of a customer',
  '',
  `Please answer to ${address} before the end of May.`,
  'The pump that was delivered does not turn.',
  `The money goes to the account ${iban}, as agreed.`,
  '',
].join('\n')

function letters(options: WorkspaceOptions = {}): Workspace {
  const workspace = new Workspace(options)
  workspace.write('docs/letter.md', letter)
  workspace.write('docs/menu.md', '# Menu\n\nOn Friday there is soup.\n')
  return workspace
}

/** Everything that a data directory holds, as bytes of UTF-8 and of UTF-16. */
function holds(directory: string, value: string): boolean {
  const forms = [Buffer.from(value, 'utf8'), Buffer.from(value, 'utf16le')]
  return readdirSync(directory, {recursive: true, withFileTypes: true})
    .filter(entry => entry.isFile())
    .some(entry => {
      const content = readFileSync(join(entry.parentPath, entry.name))
      return forms.some(form => content.includes(form))
    })
}

describe('omni rag ingest --pii', () => {
  test('flag tells kinds and counts, and changes nothing', async () => {
    const workspace = letters()
    const told = await workspace.omni(['rag', 'ingest', 'docs', '--pii', 'flag'])
    expect(told).toMatchObject({code: 0, stdout: expect.stringMatching(/Personal data: .*2 EMAIL_ADDRESS/)})
    expect(told.stdout).toContain('1 IBAN')
    const {document, passages} = await workspace.call(show, {source: 'docs/letter.md'})
    expect(document.metadata).toMatchObject({'pii.EMAIL_ADDRESS': 2, 'pii.IBAN': 1, author: address})
    expect(passages.map(({text}) => text).join()).toContain(address)
    const found = await workspace.call(search, {query: 'pump', filter_metadata: {'pii.IBAN': 1}})
    expect(found.results.map(({source}) => source)).toEqual(['docs/letter.md'])
    expect(await workspace.ingest(['docs'], {pii: 'flag'})).toMatchObject({unchanged: 2})
  })

  test('mask leaves no byte of a value anywhere, and every line where it was', async () => {
    const workspace = letters()
    expect(await workspace.json(['rag', 'ingest', 'docs', '--pii', 'mask'])).toMatchObject({
      added: 2,
      personal_data: {EMAIL_ADDRESS: 2, IBAN: 1},
    })
    for (const value of [address, iban, 'tine.kobal']) expect(holds(workspace.data, value), value).toBe(false)
    expect(holds(workspace.data, 'omni')).toBe(true)
    const {results} = await workspace.call(search, {query: 'which account does the money go to?'})
    const {text, line_start: first, start, end} = results[0]!
    expect(letter.slice(start, end)).toHaveLength(text.length)
    const lines = text.split('\n')
    expect(lines.findIndex(line => line.startsWith('The money goes')) + first).toBe(9)
    expect(lines.find(line => line.startsWith('The money goes'))).toBe(
      `The money goes to the account ${'█'.repeat(iban.length)}, as agreed.`,
    )
    // The same words are left where nobody is named.
    expect(letter.replaceAll(address, '█'.repeat(address.length)).replace(iban, '█'.repeat(iban.length))).toContain(
      text,
    )
  })

  test('block refuses the document and says what is where, never the value', async () => {
    const workspace = letters()
    const ran = await workspace.omni(['rag', 'ingest', 'docs', '--pii', 'block', '--json'])
    expect(ran.code).toBe(3)
    const {failed} = JSON.parse(ran.stdout) as {failed: {source: string; reason: string; message: string}[]}
    expect(failed).toMatchObject([{source: 'docs/letter.md', reason: 'personal_data'}])
    expect(failed[0]?.message).toMatch(/EMAIL_ADDRESS \(line 2, 7\).*IBAN \(line 9\)/)
    expect(ran.stdout + ran.stderr).not.toMatch(/kobal|0203/)
    expect(holds(workspace.data, address)).toBe(false)
    expect((await workspace.call(list, {})).items.map(({source}) => source)).toEqual(['docs/menu.md'])
  })

  test('a change of the policy reads again what is there', async () => {
    const workspace = letters()
    await workspace.ingest(['docs'])
    expect(holds(workspace.data, address)).toBe(true)
    expect(await workspace.ingest(['docs'], {pii: 'mask'})).toMatchObject({changed: 2})
    expect((await workspace.call(search, {query: 'answer to', lexical: true})).results[0]?.text).not.toContain(address)
  })
})

describe('the policy rag.pii', () => {
  test('is that of a collection, and cannot be softened by a caller', async () => {
    const workspace = letters({env: {OMNI_RAG_PII: 'flag,hr=block,open=off'}})
    expect(await workspace.ingest(['docs'], {collection: 'hr', pii: 'flag'})).toMatchObject({added: 1, failures: 1})
    expect(await workspace.ingest(['docs'], {collection: 'open'})).toMatchObject({added: 2, personal_data: {}})
    expect(await workspace.ingest(['docs'])).toMatchObject({added: 2, personal_data: {EMAIL_ADDRESS: 2}})
    // A program that calls the operation itself meets the same policy.
    const documents = [{source: 'a.txt', content: `Write to ${address}.`}]
    expect(await workspace.call(ingest, {documents, collection: 'hr', pii: 'flag'})).toMatchObject({
      documents: [{source: 'a.txt', status: 'refused', refusal: {reason: 'personal_data'}}],
    })
    const odd = letters({env: {OMNI_RAG_PII: 'sometimes'}})
    await expect(odd.ingest(['docs'])).rejects.toMatchObject({code: 'invalid_setting'})
  })

  test('is about the kinds that it names', async () => {
    const workspace = letters({env: {OMNI_RAG_PII: 'block', OMNI_RAG_PII_TYPES: 'CREDIT_CARD'}})
    expect(await workspace.ingest(['docs'])).toMatchObject({added: 2, failures: 0})
  })
})

test('with a deployment, values are hidden before anything leaves the machine', async () => {
  const there = new Workspace()
  const server = await startServer(there.home)
  const here = letters({env: {OMNI_URL: server.url, OMNI_API_KEY: await server.key(['rag:*'])}})
  const summary = await here.json(['rag', 'ingest', 'docs', '--pii', 'mask'])
  expect(summary).toMatchObject({added: 2, personal_data: {EMAIL_ADDRESS: 2, IBAN: 1}})
  const blocked = await here.json<{failed: object[]}>(['rag', 'ingest', 'docs', '--pii', 'block'], 3)
  expect(blocked.failed).toMatchObject([{source: 'docs/letter.md', reason: 'personal_data'}])
  for (const value of [address, iban]) expect(holds(there.home, value)).toBe(false)
})

import {Client, StreamableHTTPClientTransport} from '@modelcontextprotocol/client'
import {expect, test} from 'vitest'
import {detokenize} from '../../plugins/privacy/src/operations/detokenize.ts'
import {gdprRestrict} from '../../plugins/privacy/src/operations/gdpr-restrict.ts'
import {tokenize} from '../../plugins/privacy/src/operations/tokenize.ts'
import {chat} from '../../plugins/rag/src/operations/chat.ts'
import {conversations} from '../../plugins/rag/src/operations/conversations.ts'
import {draft} from '../../plugins/rag/src/operations/draft.ts'
import {exportPassages} from '../../plugins/rag/src/operations/export.ts'
import {list} from '../../plugins/rag/src/operations/list.ts'
import {query} from '../../plugins/rag/src/operations/query.ts'
import {sample} from '../../plugins/rag/src/operations/sample.ts'
import {search} from '../../plugins/rag/src/operations/search.ts'
import {show} from '../../plugins/rag/src/operations/show.ts'
import {surfaces} from '../../src/server/surfaces.ts'
import {testApp} from '../support/app.ts'
import {bystander, planted, plantDocuments} from '../support/planted-person.ts'
import {registry, Workspace} from '../support/workspace.ts'

const inLetters = {collection: 'letters'} as const

/** What no answer may say after the restriction. */
const secrets = [planted.email, planted.email.toUpperCase(), '040 987 654', planted.words]

async function restricted(): Promise<Workspace> {
  const workspace = new Workspace({env: {OMNI_PRIVACY_KEY: 'k'.repeat(40)}})
  await plantDocuments(workspace, ['letters'])
  return workspace
}

test('whatever hands out or uses what is stored leaves a restricted person out', async () => {
  const workspace = await restricted()
  const {tokens: made} = await workspace.call(tokenize, {values: [planted.email, bystander.email], domain: 'crm'})
  const tokens = made.map(({token}) => token)
  const about = `What about ${planted.email}?`
  const {conversation} = await workspace.call(chat, {...inLetters, message: about, extract: true})
  const before = await workspace.call(show, {...inLetters, source: 'docs/letter.md'})
  expect(before).toMatchObject({withheld: 0, passages: [{}]})
  const passage = before.passages[0]!.id
  const {request} = await workspace.call(gdprRestrict, {email: planted.email, phone: planted.phone})
  expect(request).toMatchObject({state: 'closed', outcome: 'fulfilled'})

  const answers = {
    search: await workspace.call(search, {...inLetters, query: 'Write to somebody', lexical: true}),
    query: await workspace.call(query, {...inLetters, query: 'Who answers the call?', extract: true}),
    show: await workspace.call(show, {...inLetters, source: 'docs/letter.md'}),
    showByMetadata: await workspace.call(show, {...inLetters, source: 'docs/property.md'}),
    export: await workspace.call(exportPassages, inLetters),
    list: await workspace.call(list, inLetters),
    conversations: await workspace.call(conversations, {}),
    chat: await workspace.call(chat, {conversation, message: 'And then?', extract: true}),
    detokenize: await workspace.call(detokenize, {tokens, reason: 'a test'}),
  }
  for (const [surface, answer] of Object.entries(answers)) {
    for (const secret of secrets) expect(JSON.stringify(answer), surface).not.toContain(secret)
  }
  expect(answers.show).toMatchObject({passages: [], withheld: 1})
  expect(answers.export).toMatchObject({withheld: 4, items: [{source: 'docs/other.md'}]})
  // It can still be named, and removed: storing goes on.
  expect(answers.list.items.map(({source}) => source)).toContain('docs/property.md')
  expect(answers.detokenize).toMatchObject({missing: 0, withheld: 1, values: [{value: null}, {value: bystander.email}]})
  expect((await workspace.call(sample, {...inLetters, size: 10})).passages).toHaveLength(1)
  await expect(workspace.call(draft, {...inLetters, passage, known: []})).rejects.toMatchObject({
    code: 'rag_unknown_passage',
  })
})

test('over GraphQL and MCP as well', async () => {
  const workspace = await restricted()
  await workspace.call(gdprRestrict, {email: planted.email, phone: planted.phone})
  const {app, request, key} = await testApp({
    workspace,
    mounts: [surfaces({topics: registry.topics(), allowDestructiveTools: false, introspection: false})],
  })
  const reader = await key(['rag:read'])
  const graphQl = await request('/graphql', {
    method: 'POST',
    key: reader,
    body: {query: '{ rag_export(collection: "letters") { withheld items { source text } } }'},
  })
  expect(graphQl.json.data?.rag_export, graphQl.text).toMatchObject({withheld: 4, items: [{source: 'docs/other.md'}]})
  const client = new Client({name: 'test', version: '1'})
  await client.connect(
    new StreamableHTTPClientTransport(new URL('http://omni.test/mcp'), {
      fetch: async (input: string | URL, init?: RequestInit) => app.fetch(new Request(input, init)),
      requestInit: {headers: {Authorization: `Bearer ${reader}`}},
    }),
  )
  const shown = await client.callTool({name: 'rag_show', arguments: {...inLetters, source: 'docs/letter.md'}})
  await client.close()
  expect(shown.structuredContent).toMatchObject({withheld: 1, passages: []})
  for (const secret of secrets) expect(graphQl.text + JSON.stringify(shown)).not.toContain(secret)
})

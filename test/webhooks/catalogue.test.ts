import {globSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import {budgetCreate} from '../../plugins/privacy/src/operations/budget-create.ts'
import {budgetDebit} from '../../plugins/privacy/src/operations/budget-debit.ts'
import {detokenize} from '../../plugins/privacy/src/operations/detokenize.ts'
import {tokenize} from '../../plugins/privacy/src/operations/tokenize.ts'
import {remove} from '../../plugins/rag/src/operations/remove.ts'
import {keysCreate, keysRevoke, keysRotate} from '../../src/keys/operations/index.ts'
import {claimEvents} from '../../src/store/outbox.ts'
import {root} from '../cli/program.ts'
import {registry, Workspace} from '../support/workspace.ts'

const events = await registry.events()
const sources = globSync(['src/**/*.ts', 'plugins/*/src/**/*.ts'], {cwd: root})
  .filter(path => !path.includes('node_modules') && !path.endsWith('.test.ts') && !path.startsWith('src/testing/'))
  .map(path => readFileSync(join(root, path), 'utf8'))

/** Every event that the code defines: the constant and the name. */
const defined = sources.flatMap(source =>
  [...source.matchAll(/const (\w+) = defineEvent\(\{\s*name: '([^']+)'/g)].map(([, constant = '', name = '']) => ({
    constant,
    name,
  })),
)

test('every event that is defined is in the catalogue', () => {
  expect(defined.map(({name}) => name).toSorted()).toEqual(events.map(({name}) => name))
})

test('every event of the catalogue is published somewhere', () => {
  // A test is sent at once and to one endpoint alone, so that nobody publishes it.
  const silent = defined.filter(
    ({constant, name}) =>
      name !== 'webhook.test' &&
      !sources.some(source => new RegExp(`\\bpublish\\w*\\([^;]*\\b${constant}\\b`).test(source)),
  )
  expect(silent).toEqual([])
})

test('the page on webhooks tells of every event, and of no other', () => {
  const page = readFileSync(join(root, 'docs', 'webhooks.md'), 'utf8')
  const section = /\n## Events\n(.*?)\n## /s.exec(page)?.[1] ?? ''
  const rows = [...section.matchAll(/^\| `([a-z_.]+)`\s*\| (.*?)\s*\| `?(.*?)`?\s*\|/gm)]
  expect(rows.map(([, name, summary]) => [name, summary])).toEqual(events.map(({name, summary}) => [name, summary]))
})

test('what the domains publish is what the catalogue says', async () => {
  const workspace = new Workspace({env: {OMNI_PRIVACY_KEY: 'p'.repeat(32)}})
  workspace.write('a.txt', 'The notice period is four weeks.')
  await workspace.ingest(['a.txt'])
  await workspace.call(remove, {sources: ['a.txt']})
  await workspace.call(keysCreate, {name: 'ci', scopes: ['rag:read']})
  await workspace.call(keysRotate, {key: 'ci'})
  await workspace.call(keysRevoke, {key: 'ci'})
  const {tokens} = await workspace.call(tokenize, {values: ['a']})
  await workspace.call(detokenize, {tokens: tokens.map(({token}) => token), reason: 'a test'})
  await workspace.call(budgetCreate, {name: 'b', epsilon: '1'})
  await workspace.call(budgetDebit, {budget: 'b', question: {kind: 'count'}, epsilon: '0.1', person: 'age'})
  const published = await workspace.within(async context =>
    claimEvents(await context.store(), {worker: 'w', limit: 100, lease: 1000}),
  )
  expect(published.map(({event}) => event)).toEqual([
    'rag.documents.ingested',
    'rag.documents.removed',
    'key.created',
    'key.rotated',
    'key.revoked',
    'privacy.tokens.revealed',
    'privacy.budget.created',
    'privacy.budget.debited',
  ])
  for (const {event, payload} of published) {
    const definition = events.find(({name}) => name === event)
    expect(definition?.payload.strict().safeParse(payload)).toMatchObject({success: true})
  }
})

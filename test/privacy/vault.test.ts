import {randomBytes, randomUUID} from 'node:crypto'
import {describe, expect, it} from 'vitest'
import type {Context} from '@omni-ops/core/operation'
import type {Store} from '@omni-ops/core/store'
import {migrations} from '../../plugins/privacy/src/vault/tables.ts'
import {declarations} from '../../plugins/privacy/src/vault/privacy.ts'
import {Vault} from '../../plugins/privacy/src/vault/vault.ts'
import {UnsealError} from '../../src/seal/seal.ts'
import {listAudit} from '../../src/audit/index.ts'
import {comparePrivacy, kernelPrivacy, readRealSchema} from '../../src/privacy/index.ts'
import {TestClock, unitContext} from '../../src/testing/context.ts'
import {describeOnEachDatabase} from '../../src/testing/store.ts'

const secret = 'a secret of at least thirty-two characters'

function contextOf(tenant = 'acme', clock = new TestClock(), key = secret): Context {
  const random = {bytes: (count: number) => randomBytes(count), id: () => randomUUID()}
  return {...unitContext({tenant, clock, random}), settings: {get: () => key}} as unknown as Context
}

describeOnEachDatabase('the vault', databases => {
  const open = async () => (await databases.create(migrations)).open()
  const tokens = (made: readonly {token: string}[]) => made.map(each => each.token)

  it('gives back what it was given, in order, and nothing for what it does not know', async () => {
    await using store = await open()
    const vault = new Vault(store, contextOf())
    const values = ['ana@example.com', 'č\n"', 'ana@example.com']
    const made = tokens(await vault.tokenize(values, {domain: 'x', mode: 'random'}))
    expect(new Set(made).size).toBe(3)
    for (const token of made) expect(token).toMatch(/^tok_[a-z2-7]{26}$/)
    const revealed = await vault.detokenize([...made.toReversed(), 'tok_unknown'], 'a test')
    expect(revealed.map(each => each.value)).toEqual([...values.toReversed(), undefined])
  })

  it('gives the same value the same convergent token in one domain of one tenant', async () => {
    await using store = await open()
    const vault = new Vault(store, contextOf())
    const options = {mode: 'convergent', domain: 'x'} as const
    const [one, two] = tokens(await vault.tokenize(['a', 'a'], options))
    expect(two).toBe(one)
    expect(tokens(await vault.tokenize(['a'], options))).toEqual([one])
    expect(tokens(await vault.tokenize(['a'], {...options, domain: 'y'}))).not.toEqual([one])
    expect(tokens(await new Vault(store, contextOf('other')).tokenize(['a'], options))).not.toEqual([one])
  })

  it('shows a tenant nothing of another', async () => {
    await using store = await open()
    const made = tokens(await new Vault(store, contextOf('acme')).tokenize(['a'], {domain: 'x', mode: 'random'}))
    const revealed = await new Vault(store, contextOf('other')).detokenize(made, 'a test')
    expect(revealed[0]?.value).toBeUndefined()
  })

  it('forgets a value when its time has come, and lets a convergent one live as long as the longest wish', async () => {
    await using store = await open()
    const clock = new TestClock()
    const vault = new Vault(store, contextOf('acme', clock))
    const made = await vault.tokenize(['a'], {domain: 'x', mode: 'random', timeToLive: 60})
    const kept = await vault.tokenize(['b'], {domain: 'x', mode: 'convergent', timeToLive: 60})
    await vault.tokenize(['b'], {domain: 'x', mode: 'convergent', timeToLive: 600})
    clock.advance(59_999)
    expect((await vault.detokenize(tokens(made), 'a test'))[0]?.value).toBe('a')
    clock.advance(1)
    expect((await vault.detokenize(tokens(made), 'a test'))[0]?.value).toBeUndefined()
    expect((await vault.detokenize(tokens(kept), 'a test'))[0]?.value).toBe('b')
    clock.advance(600_000)
    await vault.detokenize(['tok_any'], 'a test')
    expect(await rowsOf(store)).toEqual([])
  })

  it('keeps no value in the clear, and opens no row with another key or in another place', async () => {
    await using store = await open()
    const vault = new Vault(store, contextOf())
    const [first, second] = tokens(await vault.tokenize(['plain-value', 'other'], {domain: 'x', mode: 'convergent'}))
    const rows = await rowsOf(store)
    expect(JSON.stringify(rows.map(row => ({...row, sealed: row.sealed.toString('latin1')})))).not.toContain(
      'plain-value',
    )
    const other = new Vault(store, contextOf('acme', new TestClock(), 'another secret of thirty-two characters!'))
    await expect(other.detokenize([first as string], 'a test')).rejects.toBeInstanceOf(UnsealError)
    const stolen = rows.find(row => row.token === first)?.sealed as Buffer
    await store.unit(contextOf(), {audit: false}, async unit => {
      const database = unit.database<{privacy_tokens: {token: string; sealed: Buffer}}>()
      await database
        .updateTable('privacy_tokens')
        .set({sealed: stolen})
        .where('token', '=', second as string)
        .execute()
    })
    await expect(vault.detokenize([second as string], 'a test')).rejects.toBeInstanceOf(UnsealError)
  })

  it('writes every use to the audit log, without values', async () => {
    await using store = await open()
    const vault = new Vault(store, contextOf())
    const made = tokens(await vault.tokenize(['plain-value'], {domain: 'payroll', mode: 'random'}))
    await vault.detokenize([...made, 'tok_x'], 'refund 1042')
    const {items} = await listAudit(store, {tenant: 'acme'})
    expect(items.map(entry => [entry.action, entry.resource, entry.details])).toEqual([
      ['tokens.revealed', 'vault', {asked: 2, found: 1, reason: 'refund 1042'}],
      ['tokens.made', 'vault:payroll', {count: 1, mode: 'random', ttl_seconds: null}],
    ])
  })

  it('declares every column that it has', async () => {
    await using store = await open()
    expect(comparePrivacy([...kernelPrivacy, ...declarations], await readRealSchema(store))).toEqual([])
  })
})

interface Row {
  readonly token: string
  readonly sealed: Buffer
}

async function rowsOf(store: Store): Promise<Row[]> {
  return store.read<{privacy_tokens: Row}>('acme').selectFrom('privacy_tokens').selectAll().execute()
}

describe('a vault without a key', () => {
  it('says what to set', async () => {
    const context = {...contextOf(), settings: {get: () => undefined}} as unknown as Context
    const vault = new Vault({} as Store, context)
    await expect(vault.tokenize(['a'], {domain: 'x', mode: 'random'})).rejects.toMatchObject({
      code: 'no_privacy_key',
      hint: expect.stringContaining('OMNI_PRIVACY_KEY'),
    })
  })
})

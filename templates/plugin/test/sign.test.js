import assert from 'node:assert/strict'
import {test} from 'node:test'
import {openPlugin} from '@omni-ops/core/plugin-testing'
import plugin from '../index.js'
import {sign} from '../operations/sign.js'

test('an entry is kept, and counted', async () => {
  await using opened = await openPlugin(plugin)
  const first = await opened.invoke(sign, {guest: ' Ada '})
  assert.equal(first.guest, 'Ada')
  assert.equal(first.words, 'I was here.')
  assert.equal(first.entries, 1)
  const second = await opened.invoke(sign, {guest: 'Grace', words: 'So was I.'})
  assert.equal(second.entries, 2)
  assert.notEqual(second.id, first.id)
})

test('an entry that is too long is refused and not kept', async () => {
  await using opened = await openPlugin(plugin, {settings: {'guestbook.longest': 5}})
  const long = opened.invoke(sign, {guest: 'Ada', words: 'What a machine.'})
  await assert.rejects(long, {code: 'guestbook_entry_too_long'})
  assert.equal((await opened.invoke(sign, {guest: 'Ada', words: 'Oh.'})).entries, 1)
})

test('every column is declared for privacy', async () => {
  await using opened = await openPlugin(plugin)
  assert.deepEqual(await opened.privacyDifferences(), [])
})

import {rmSync} from 'node:fs'
import {describe, expect, test} from 'vitest'
import {retentionEnd} from '../../plugins/rag/src/collection/retention.ts'
import {hold} from '../../plugins/rag/src/operations/hold.ts'
import {list} from '../../plugins/rag/src/operations/list.ts'
import {remove} from '../../plugins/rag/src/operations/remove.ts'
import {removeTenant} from '../../plugins/rag/src/operations/remove-tenant.ts'
import {show} from '../../plugins/rag/src/operations/show.ts'
import {Workspace} from '../support/workspace.ts'

const matter = 'Acme v. us, 2026/114'

function files(): Workspace {
  const workspace = new Workspace()
  workspace.write('docs/contract.md', '# Contract\n\nAcme delivers forty pumps in May.\n')
  workspace.write('docs/menu.md', '# Menu\n\nOn Friday there is soup.\n')
  return workspace
}

const documentsOf = async (workspace: Workspace) =>
  Object.fromEntries((await workspace.call(list, {})).items.map(item => [item.source, item]))

describe('a document under legal hold', () => {
  test('is not removed by anything, and the error names the hold', async () => {
    const workspace = files()
    await workspace.json(['rag', 'ingest', 'docs/contract.md', '--legal-hold', matter])
    await workspace.ingest(['docs/menu.md'])
    for (const argv of [
      ['docs/contract.md'],
      ['docs/contract.md', 'docs/menu.md'],
      ['docs/contract.md', '--erase'],
      ['docs/contract.md', '--dry-run'],
      ['--all'],
    ]) {
      const said = await workspace.json<{error: {message: string}}>(['rag', 'remove', ...argv, '--yes'], 6)
      expect(said).toMatchObject({
        error: {code: 'document_held', details: {documents: [{source: 'docs/contract.md', reasons: [matter]}]}},
      })
      expect(said.error.message).toContain(matter)
    }
    for (const dry_run of [true, false]) {
      const removal = workspace.call(removeTenant, {tenant_id: 'default', dry_run})
      await expect(removal).rejects.toMatchObject({code: 'document_held'})
    }
    expect(Object.keys(await documentsOf(workspace))).toEqual(['docs/contract.md', 'docs/menu.md'])
    const shown = await workspace.call(show, {source: 'docs/contract.md'})
    expect(shown.document.holds).toMatchObject([{reason: matter, by: expect.any(String)}])
    expect(shown.passages[0]?.text).toContain('forty pumps')
  })

  test('stays as it was when its file changes or vanishes, and the rest goes on', async () => {
    const workspace = files()
    await workspace.ingest(['docs'], {legalHold: matter})
    workspace.write('docs/contract.md', '# Contract\n\nAcme delivers nothing.\n')
    workspace.write('docs/new.md', '# New\n\nA document that is free.\n')
    rmSync(workspace.path('docs/menu.md'))
    const ran = await workspace.omni(['rag', 'ingest', 'docs', '--prune', '--json'])
    expect(ran.code).toBe(3)
    const summary = JSON.parse(ran.stdout) as {failed: {source: string; reason: string; message: string}[]}
    expect(summary).toMatchObject({added: 1, changed: 0, removed: 0, failures: 2})
    expect(summary.failed.map(({source, reason}) => [source, reason])).toEqual([
      ['docs/contract.md', 'held'],
      ['docs/menu.md', 'held'],
    ])
    expect(summary.failed[0]?.message).toContain(matter)
    expect((await workspace.call(show, {source: 'docs/contract.md'})).passages[0]?.text).toContain('forty pumps')
    expect(await workspace.json(['rag', 'release', 'docs/contract.md'])).toMatchObject({changed: 1})
    expect(await workspace.ingest(['docs'], {prune: true})).toMatchObject({changed: 1, removed: 0, failures: 1})
  })

  test('is held for each matter until that one is lifted', async () => {
    const workspace = files()
    await workspace.ingest(['docs/contract.md'], {legalHold: matter})
    const sources = ['docs/contract.md']
    expect(await workspace.json(['rag', 'hold', ...sources, '--reason', 'Tax audit'])).toMatchObject({changed: 1})
    expect(await workspace.json(['rag', 'hold', ...sources, '--reason', 'Tax audit'])).toMatchObject({changed: 0})
    expect(await workspace.json(['rag', 'release', ...sources, '--reason', matter])).toMatchObject({changed: 1})
    await expect(workspace.call(remove, {sources})).rejects.toMatchObject({
      message: expect.stringContaining('Tax audit'),
    })
    expect((await workspace.call(list, {held: true})).items.map(({source}) => source)).toEqual(sources)
    expect(await workspace.json(['rag', 'release', ...sources])).toMatchObject({changed: 1})
    expect(await workspace.call(remove, {sources})).toMatchObject({removed: [{source: 'docs/contract.md'}], held: []})
    const {items} = await workspace.json<{items: {action: string; details: object}[]}>(['audit', 'list'])
    expect(
      items
        .filter(({action}) => /held|released/.test(action))
        .map(({action}) => action)
        .toSorted(),
    ).toEqual(['documents.held', 'documents.held', 'documents.released', 'documents.released'])
  })

  test('holds what is in it, and what it is in', async () => {
    const workspace = files()
    workspace.write(
      'mail/a.eml',
      'From: a@example.si\nSubject: Offer\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nbody of the message\n--b\nContent-Disposition: attachment; filename=a.txt\n\nThe saw costs 300 EUR.\n--b--\n',
    )
    await workspace.ingest(['mail'])
    const [attachment, message] = ['mail/a.eml!a.txt', 'mail/a.eml']
    await workspace.call(hold, {sources: [message!], reason: matter})
    await expect(workspace.call(remove, {sources: [attachment!]})).rejects.toMatchObject({code: 'document_held'})
    await workspace.json(['rag', 'release', message!])
    await workspace.call(hold, {sources: [attachment!], reason: matter})
    await expect(workspace.call(remove, {sources: [message!]})).rejects.toMatchObject({code: 'document_held'})
    expect(await workspace.call(remove, {sources: [message!], skip_held: true})).toMatchObject({
      removed: [],
      held: [{source: attachment}],
    })
  })

  test('needs a reason of one line', async () => {
    const workspace = files()
    for (const reason of ['', ' ', 'a\nb']) {
      expect((await workspace.omni(['rag', 'ingest', 'docs', '--legal-hold', reason])).code).toBe(2)
    }
  })
})

describe('retention', () => {
  test('what is over is listed, told, and removed by expire alone; a hold keeps it', async () => {
    const workspace = files()
    await workspace.json(['rag', 'ingest', 'docs', '--retain-until', '2020-01-01'])
    await workspace.json(['rag', 'hold', 'docs/contract.md', '--reason', matter])
    workspace.write('docs/cv.md', '# Ana\n\nAn application for the post.\n')
    await workspace.ingest(['docs/cv.md'], {retainUntil: 'P6M'})
    const expired = await workspace.json<{items: {source: string}[]}>(['rag', 'list', '--expired'])
    expect(expired.items.map(({source}) => source)).toEqual(['docs/menu.md'])
    const told = await workspace.json(['rag', 'expire', '--dry-run'])
    expect(told).toMatchObject({removed: [{source: 'docs/menu.md'}], held: [], dry_run: true})
    expect(Object.keys(await documentsOf(workspace))).toHaveLength(3)
    expect(await workspace.json(['rag', 'expire', '--yes'])).toMatchObject({removed: [{source: 'docs/menu.md'}]})
    expect(Object.keys(await documentsOf(workspace))).toEqual(['docs/contract.md', 'docs/cv.md'])
    expect(await workspace.json(['rag', 'expire', '--yes'])).toMatchObject({removed: []})
    await workspace.json(['rag', 'release', 'docs/contract.md'])
    expect(await workspace.json(['rag', 'expire', '--erase', '--yes'])).toMatchObject({
      removed: [{source: 'docs/contract.md'}],
    })
    const {items} = await workspace.json<{items: {action: string}[]}>(['audit', 'list'])
    expect(items.filter(({action}) => action === 'documents.removed')).toHaveLength(2)
  })

  test('a duration leaves an end alone that is there, a date does not, and no end is none', async () => {
    const workspace = files()
    await workspace.ingest(['docs'], {retainUntil: '2031-05-01'})
    await workspace.ingest(['docs'], {retainUntil: 'P1D'})
    const ends = async () => Object.values(await documentsOf(workspace)).map(document => document.retain_until)
    expect(await ends()).toEqual(['2031-05-01T00:00:00.000Z', '2031-05-01T00:00:00.000Z'])
    await workspace.ingest(['docs'], {retainUntil: '2032-05-01'})
    expect(new Set(await ends())).toEqual(new Set(['2032-05-01T00:00:00.000Z']))
    workspace.write('docs/menu.md', '# Menu\n\nOn Friday there is fish.\n')
    await workspace.ingest(['docs'])
    expect(new Set(await ends())).toEqual(new Set(['2032-05-01T00:00:00.000Z']))
    expect(await workspace.json(['rag', 'retain', 'docs/menu.md'])).toMatchObject({changed: 1, retain_until: null})
    expect((await documentsOf(workspace))['docs/menu.md']?.retain_until).toBeNull()
  })

  test.for(['soon', 'P', 'P3X', '2026-02-30', '2026-13-01', '1.1.2030'])('%s is no time', async until => {
    expect(await files().json(['rag', 'ingest', 'docs', '--retain-until', until], 2)).toMatchObject({
      error: {code: 'invalid_input'},
    })
  })

  test('durations are of the calendar', () => {
    const now = new Date('2028-01-31T10:00:00Z')
    expect(retentionEnd('P1M', now)).toBe('2028-02-29T10:00:00.000Z')
    expect(retentionEnd('P1Y1M', now)).toBe('2029-02-28T10:00:00.000Z')
    expect(retentionEnd('P90D', now)).toBe('2028-04-30T10:00:00.000Z')
    expect(retentionEnd('P2W', now)).toBe('2028-02-14T10:00:00.000Z')
    expect(retentionEnd('2030-06-01T12:00Z', now)).toBe('2030-06-01T12:00:00.000Z')
  })
})

import {describe, expect, test} from 'vitest'
import {list} from '../../plugins/rag/src/operations/list.ts'
import {remove} from '../../plugins/rag/src/operations/remove.ts'
import {search} from '../../plugins/rag/src/operations/search.ts'
import {Workspace} from '../support/workspace.ts'

const message = (...attachments: readonly (readonly [name: string, text: string])[]): string =>
  [
    'From: ana@example.si',
    'Subject: Ponudba',
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary=b',
    '',
    '--b',
    'Content-Type: text/plain; charset=utf-8',
    '',
    'V prilogi je ponudba.',
    ...attachments.flatMap(([name, text]) => [
      '--b',
      `Content-Type: text/plain; charset=utf-8; name="${name}"`,
      `Content-Disposition: attachment; filename="${name}"`,
      '',
      text,
    ]),
    '--b--',
    '',
  ].join('\r\n')

async function sources(workspace: Workspace): Promise<string[]> {
  const {items} = await workspace.call(list, {limit: 1000})
  return items.map(({source}) => source)
}

describe('files within files', () => {
  test('are found and cited on their own, and go with what holds them', async () => {
    const workspace = new Workspace()
    workspace.write('posta/a.eml', message(['cenik.txt', 'Žaga stane 300 EUR.'], ['pogoji.txt', 'Plačilo v 30 dneh.']))
    workspace.write('posta/b.txt', 'Ostane.')
    const first = await workspace.ingest(['posta'])
    expect(first).toMatchObject({found: 4, added: 4, failures: 0})
    const {results} = await workspace.call(search, {query: 'koliko stane žaga'})
    expect(results[0]).toMatchObject({source: 'posta/a.eml!cenik.txt', line_start: 1})
    expect(await workspace.ingest(['posta'], {prune: true})).toMatchObject({unchanged: 2, added: 0, removed: 0})

    workspace.write('posta/a.eml', message(['cenik.txt', 'Žaga stane 320 EUR.']))
    expect(await workspace.ingest(['posta'])).toMatchObject({changed: 2, removed: 1})
    expect(await sources(workspace)).toEqual(['posta/a.eml', 'posta/a.eml!cenik.txt', 'posta/b.txt'])

    const {removed} = await workspace.call(remove, {sources: ['posta/a.eml']})
    expect(removed.map(({source}) => source)).toEqual(['posta/a.eml', 'posta/a.eml!cenik.txt'])
    expect(await sources(workspace)).toEqual(['posta/b.txt'])
  })

  test('an attachment that cannot be read is reported, and the message is ingested', async () => {
    const workspace = new Workspace()
    workspace.write('a.eml', message(['a.pdf', 'no PDF\u0000']))
    const {added, failed} = await workspace.ingest(['a.eml'])
    expect(added).toBe(1)
    expect(failed).toEqual([expect.objectContaining({source: 'a.eml!a.pdf', reason: 'corrupt'})])
  })
})

import {describe, expect, test} from 'vitest'
import {duplicates} from '../../plugins/rag/src/operations/duplicates.ts'
import {list} from '../../plugins/rag/src/operations/list.ts'
import {Workspace} from '../support/workspace.ts'

const sentences = Array.from(
  {length: 40},
  (_, index) =>
    `Člen ${index}: najemnik ${index * 7} plača obrok ${index * 13} do dneva ${index % 28}, najemodajalec pa vzdržuje del ${index * 3}.`,
)

function contracts(): Workspace {
  const workspace = new Workspace()
  workspace.write('a/pogodba.md', sentences.join('\n\n'))
  workspace.write(
    'a/zapisnik.md',
    sentences
      .map((_, index) => `Točka ${index * 31}: svet je sprejel predlog ${index * 17} z ${index} glasovi.`)
      .join('\n\n'),
  )
  workspace.write('b/pogodba-popravek.md', sentences.join('\n\n').replace('Člen 20:', 'Odstavek 20:'))
  workspace.write('b/kratko.md', 'Kratko besedilo.')
  return workspace
}

describe('near-duplicates', () => {
  test('are reported by an ingest and listed in groups', async () => {
    const workspace = contracts()
    expect(await workspace.ingest(['a'])).toMatchObject({added: 2, near_duplicate_count: 0})
    expect(await workspace.ingest(['b'])).toMatchObject({
      added: 2,
      skipped: 0,
      near_duplicates: [{source: 'b/pogodba-popravek.md', of: 'a/pogodba.md'}],
    })
    const {groups, count} = await workspace.call(duplicates, {})
    expect(count).toBe(1)
    expect(groups).toEqual([
      expect.objectContaining({documents: 2, sources: ['a/pogodba.md', 'b/pogodba-popravek.md']}),
    ])
    expect(groups[0]!.similarity).toBeGreaterThanOrEqual(61 / 64)
  })

  test('are left out where that is asked for, in one batch too; a document is no duplicate of what it was', async () => {
    const workspace = contracts()
    expect(await workspace.ingest(['a', 'b'], {skipNearDuplicates: true})).toMatchObject({added: 3, skipped: 1})
    expect((await workspace.call(list, {})).items.map(({source}) => source)).not.toContain('b/pogodba-popravek.md')
    workspace.write('a/pogodba.md', sentences.join('\n\n').replace('Člen 3:', 'Odstavek 3:'))
    expect(await workspace.ingest(['a'], {skipNearDuplicates: true})).toMatchObject({changed: 1, skipped: 0})
  })
})

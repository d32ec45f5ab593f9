import {describe, expect, test} from 'vitest'
import {Catalogue} from '../../plugins/rag/src/collection/catalogue.ts'
import {Collection, type IncomingDocument} from '../../plugins/rag/src/collection/collection.ts'
import {loadBytes} from '../../plugins/rag/src/loaders/load.ts'
import {Workspace} from '../support/workspace.ts'

async function version(text: string): Promise<IncomingDocument> {
  const loaded = await loadBytes(Buffer.from(text), {source: 'notice.txt', hint: {name: 'notice.txt'}})
  return {...loaded, fingerprint: ''}
}

describe('work on the same document at once', () => {
  test('leaves catalogue and index agreeing on the version that was written last', async () => {
    const workspace = new Workspace()
    await workspace.within(async context => {
      const first = await version('The notice period is one month.')
      const second = await version('The notice period is three months, in writing.')
      const [one, other] = [await Collection.open('default', context), await Collection.open('default', context)]
      for (let round = 0; round < 10; round++) {
        await Promise.all([one.ingest([first]), other.ingest([second])])
        const entry = await one.catalogue.find('default', 'notice.txt')
        const [passage, ...rest] = await one.index.ofDocuments([entry.id])
        expect(rest).toEqual([])
        const indexed = passage?.text === first.text ? first : second
        expect(entry).toMatchObject({state: 'indexed', content_hash: indexed.contentHash})
      }
    })
  })

  test('a removal that an ingest overtakes removes nothing of it', async () => {
    const workspace = new Workspace()
    await workspace.within(async context => {
      const document = await version('The notice period is one month.')
      const collection = await Collection.open('default', context)
      for (let round = 0; round < 10; round++) {
        await collection.ingest([document])
        const changed = await version(`The notice period is ${round + 2} months.`)
        await Promise.all([
          collection.remove(['notice.txt'], {dryRun: false, ignoreMissing: false, skipHeld: false}),
          collection.ingest([changed]),
        ])
        const entries = await collection.catalogue.list('default', {limit: 10})
        const passages = await collection.index.ofDocuments(entries.map(entry => entry.id))
        expect(await collection.index.count()).toBe(entries.length)
        expect(passages.map(passage => passage.text)).toEqual(entries.map(() => changed.text))
        expect(entries.map(entry => entry.state)).toEqual(entries.map(() => 'indexed'))
      }
    })
  })
})

test('a calibration of an earlier state does not take the place of a later one', async () => {
  const workspace = new Workspace()
  await workspace.within(async context => {
    await (await Collection.open('default', context)).ingest([await version('The notice period is one month.')])
    const catalogue = await Catalogue.open(context)
    const calibration = (of: number, threshold: number) => ({
      of,
      threshold,
      questions: 30,
      falseRefusals: 0,
      trueRefusals: 1,
    })
    await catalogue.saveCalibration('default', calibration(1, 0.11))
    const later = calibration(3, 0.12)
    await catalogue.saveCalibration('default', later)
    await catalogue.saveCalibration('default', calibration(2, 0.13))
    expect(await catalogue.calibration('default')).toEqual(later)
  })
})

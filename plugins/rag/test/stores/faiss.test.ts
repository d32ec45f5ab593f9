import {mkdtemp, readdir, rm, truncate} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {describe, expect, onTestFinished, test} from 'vitest'
import {FaissDatabase} from '../../src/stores/faiss/faiss-database.ts'
import {FaissMissingError, loadFaiss} from '../../src/stores/faiss/faiss-module.ts'
import {openDatabase} from './open-faiss.ts'
import {describePassageStore} from './passage-store-contract.ts'
import {along, DIMENSION, documentOf} from './stored-rows.ts'

const missing = await loadFaiss().then(
  () => undefined,
  (error: FaissMissingError) => error,
)

if (missing === undefined) {
  describePassageStore('FAISS', async () => {
    const root = await mkdtemp(join(tmpdir(), 'omni-faiss-'))
    const directory = (tenant: string) => join(root, tenant)
    return {
      database: tenant => openDatabase(directory(tenant)),
      crash: {module: fileURLToPath(new URL('./open-faiss.ts', import.meta.url)), argument: directory},
      files: directory,
      close: () => rm(root, {recursive: true, force: true}),
    }
  })

  describe('the index of FAISS', () => {
    test('is made again where its file is missing, cut off or of another version', async () => {
      const directory = await mkdtemp(join(tmpdir(), 'omni-faiss-'))
      onTestFinished(() => rm(directory, {recursive: true, force: true}))
      const open = () => new FaissDatabase(directory).open('c', {dimension: DIMENSION})
      const nearest = async (axis: number) => {
        const snapshot = await open().snapshot()
        const [best] = await snapshot.byVector(Float32Array.from(along(axis)), {limit: 1})
        return (await snapshot.take([best!.key])).map(({id}) => id)
      }
      await open().replaceDocuments([0, 1, 2].map(axis => documentOf(`d${axis}`, ['x'], {vector: along(axis)})))
      await open().optimize(new Date())
      const files = (await readdir(join(directory, 'c.faiss'))).map(name => join(directory, 'c.faiss', name))
      expect(files).toHaveLength(2)
      expect(await nearest(2)).toEqual(['d2:0'])
      for (const file of files) {
        await truncate(file, 40)
        expect(await nearest(2)).toEqual(['d2:0'])
        await rm(file)
        expect(await nearest(2)).toEqual(['d2:0'])
      }
      await open().optimize(new Date())
      await open().replaceDocuments([documentOf('d2', ['x'], {vector: along(3)})])
      expect(await nearest(3)).toEqual(['d2:0'])
    })
  })
} else {
  test('FAISS is not installed: the error says how to install it', context => {
    expect(missing).toBeInstanceOf(FaissMissingError)
    expect(missing.hint).toContain('npm install faiss-node@0.5.1')
    process.stderr.write('PassageStore on FAISS is not tested: faiss-node is not installed\n')
    context.skip('faiss-node is not installed')
  })
}

import type {Registry} from '../operation/registry.ts'
import {type Migration, type OpenStoreOptions, openStore, type Store} from '../store/index.ts'

/**
 * Opens the store with the tables of every plugin. A plugin of the user's whose migrations do not fit the database is
 * left out of it and noted as broken, because the others have to go on; what is wrong without it too is thrown.
 */
export async function openStoreFor(registry: Registry, options: Omit<OpenStoreOptions, 'migrations'>): Promise<Store> {
  const migrations = await registry.migrations()
  const {names, broken} = registry.installed
  const open = (wanted: readonly Migration[]) => openStore({...options, migrations: wanted})
  const theirs = names.filter(name => migrations.some(({plugin}) => plugin === name))
  if (theirs.length === 0) return open(migrations)
  try {
    return await open(migrations)
  } catch {
    let kept = migrations.filter(({plugin}) => !theirs.includes(plugin))
    let store = await open(kept)
    for (const name of theirs) {
      const more = [...kept, ...migrations.filter(({plugin}) => plugin === name)]
      try {
        const opened = await open(more)
        await store.close()
        store = opened
        kept = more
      } catch (error) {
        broken.set(name, (error as Error).message)
      }
    }
    return store
  }
}

import type {Plugin} from 'esbuild'

/**
 * Keeps modules that nearly everything needs in one file of the bundle. esbuild gives each set of entries that reach a
 * module a file of its own, so that small modules which are shared in many ways become as many files, and each costs
 * every start a fraction of a millisecond. Whoever imports one of these modules from outside gets all of them, by way
 * of a module that exports all: their sets of entries are then the same. Among themselves they import as written, so
 * that the order in which they run stays right.
 */
export function inOneFile(modules: readonly string[]): Plugin {
  const together = new Set(modules)
  const hub = 'together'
  return {
    name: 'one-file',
    setup({onResolve, onLoad, resolve}) {
      onResolve(
        {filter: /^(\.{1,2}\/|@omni-ops\/core\/)/},
        async ({path, importer, resolveDir, kind, namespace, pluginData}) => {
          if (pluginData === hub || kind !== 'import-statement' || namespace !== 'file' || together.has(importer))
            return undefined
          const found = await resolve(path, {importer, resolveDir, kind, pluginData: hub})
          return together.has(found.path) ? {path: hub, namespace: hub} : undefined
        },
      )
      onLoad({filter: /./, namespace: hub}, () => ({
        contents: modules.map(path => `export * from ${JSON.stringify(path)}`).join('\n'),
        resolveDir: '/',
      }))
    },
  }
}

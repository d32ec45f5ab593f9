/**
 * Builds what `bin/run.js` starts: one bundle with an entry per command and shared chunks in `dist/`, and the merged
 * command manifest. Native modules and heavy libraries that few commands load stay in node_modules.
 * `node tools/build.ts [--watch]`
 */
import {globSync} from 'node:fs'
import {mkdir, rm, writeFile} from 'node:fs/promises'
import {dirname, relative, resolve} from 'node:path'
import {build, type BuildOptions} from 'esbuild'
import {withBuiltinModules} from './builtin-modules.ts'
import {lazyRequires} from './lazy-requires.ts'
import {writeManifest} from './manifest.ts'

const root = resolve(import.meta.dirname, '..')

/** Kept out of the bundle: native code, data files beside the code, or large and rarely needed. */
const external = [
  '@anthropic-ai/sdk',
  '@lancedb/lancedb',
  '@nlpjs/lang-sl',
  'apache-arrow',
  'better-sqlite3',
  'chokidar',
  'eld',
  'eld/*',
  'inquirer',
  'mammoth',
  'ollama',
  'openai',
  'pg',
  'pg-native',
  'snowball-stemmers',
  'stdnum',
  'stopwords-iso',
  'unpdf',
]

function entryPoints(): Record<string, string> {
  const commands = ['commands/**/*.ts', 'plugins/*/src/commands/**/*.ts'].flatMap(pattern =>
    globSync(pattern, {cwd: root}),
  )
  const entries = commands.map(path => {
    const name = path.replace(/^(plugins\/[^/]+\/src\/)?commands\//, '').replace(/\.ts$/, '')
    return [`commands/${name}`, path] as const
  })
  const plugins = globSync('plugins/*/src/index.ts', {cwd: root}).map(
    path => [`plugins/${path.split(/[\\/]/)[1]}`, path] as const,
  )
  return Object.fromEntries([
    ...entries,
    ...plugins,
    ['plugins/core', 'src/core-plugin.ts'],
    ['main', 'src/cli/main.ts'],
  ])
}

const options: BuildOptions = {
  absWorkingDir: root,
  entryPoints: entryPoints(),
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  external,
  plugins: [lazyRequires(/node_modules[\\/]@oclif[\\/]core[\\/]lib[\\/].*\.js$/)],
  minifySyntax: true,
  // Names stay as they are, for the stacks of error reports.
  minifyWhitespace: true,
  sourcemap: false,
  legalComments: 'none',
  logLevel: 'warning',
  // CommonJS libraries inside an ES module bundle still call require, for Node's own modules.
  banner: {js: "const require = globalThis.process.getBuiltinModule('node:module').createRequire(import.meta.url);"},
}

await rm(resolve(root, 'dist'), {recursive: true, force: true})
const {outputFiles} = await build({...options, write: false})
for (const {path, text} of outputFiles) {
  await mkdir(dirname(path), {recursive: true})
  await writeFile(path, withBuiltinModules(text))
}
await writeManifest(root)
process.stdout.write(`built ${relative(process.cwd(), resolve(root, 'dist')) || '.'}\n`)

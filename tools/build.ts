/**
 * Builds what `bin/run.js` starts: one bundle with an entry per command and shared chunks in `dist/`, and the merged
 * command manifest. Native modules and heavy libraries that few commands load stay in node_modules.
 * `node tools/build.ts [--watch]`
 */
import {globSync} from 'node:fs'
import {rm} from 'node:fs/promises'
import {relative, resolve} from 'node:path'
import {build, type BuildOptions} from 'esbuild'
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
  'stopwords-iso',
  'unpdf',
]

function entryPoints(): Record<string, string> {
  const commands = ['commands/**/*.ts', 'plugins/*/src/commands/**/*.ts'].flatMap(pattern => globSync(pattern, {cwd: root}))
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
    ['hooks/command-not-found', 'src/cli/command-not-found.ts'],
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
  minifySyntax: true,
  sourcemap: false,
  legalComments: 'none',
  logLevel: 'warning',
  // CommonJS libraries inside an ES module bundle still call require, for Node's own modules.
  banner: {js: "import {createRequire as createRequire_} from 'node:module'; const require = createRequire_(import.meta.url);"},
}

await rm(resolve(root, 'dist'), {recursive: true, force: true})
await build(options)
await writeManifest(root)
process.stdout.write(`built ${relative(process.cwd(), resolve(root, 'dist')) || '.'}\n`)

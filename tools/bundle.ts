import {globSync, readFileSync} from 'node:fs'
import {copyFile, cp, mkdir, rm, writeFile} from 'node:fs/promises'
import {createRequire, isBuiltin} from 'node:module'
import {basename, dirname, join, resolve} from 'node:path'
import {build, type BuildOptions, type Metafile, type Plugin} from 'esbuild'
import {withBuiltinModules} from './builtin-modules.ts'
import {kernelParts} from '../src/plugins/kernel-modules.ts'
import {lazyRequires} from './lazy-requires.ts'
import {inOneFile} from './one-file.ts'

const root = resolve(import.meta.dirname, '..')

/** Kept out of the bundle: native code, data files beside the code, or large and rarely needed. */
const external = [
  '@anthropic-ai/sdk',
  '@aws-sdk/client-s3',
  '@duckdb/node-api',
  '@hyzyla/pdfium',
  '@kenjiuno/msgreader',
  // LanceDB's native part alone: of its hundred modules of JavaScript, and Arrow's, each would be looked for by itself.
  '@lancedb/lancedb-*',
  '@mozilla/readability',
  '@nlpjs/lang-sl',
  '@redocly/openapi-core',
  '@resvg/resvg-js',
  'better-sqlite3',
  'chokidar',
  'eld',
  'eld/*',
  'inquirer',
  'linkedom',
  'mammoth',
  'ollama',
  'openai',
  'openapi-to-postmanv2',
  'pdfkit',
  'pg',
  'pg-native',
  'playwright-core',
  'sharp',
  'snowball-stemmers',
  'stdnum',
  'stopwords-iso',
  'tesseract.js',
  'unpdf',
  'vega',
  'vega-lite',
]

const {exports: kernelExports} = JSON.parse(readFileSync(join(root, 'src', 'package.json'), 'utf8')) as {
  readonly exports: Readonly<Record<string, string>>
}

/** What plugins of others may import, and what `node --import` needs to let their tests do so. */
const kernelModules: Readonly<Record<string, string>> = {
  ...Object.fromEntries(kernelParts.map(part => [part, kernelExports[`./${part}`] ?? ''])),
  register: './plugins/register-kernel.ts',
}

/**
 * The entries of the kernel. Each also takes what every command takes: a module that some entries reach and others do
 * not gets a file of its own, and starting any command would load a dozen more of them.
 */
const kernelEntries: Plugin = {
  name: 'kernel-entries',
  setup({onResolve, onLoad}) {
    onResolve({filter: /^kernel:/}, ({path}) => ({path: path.slice('kernel:'.length), namespace: 'kernel'}))
    onLoad({filter: /./, namespace: 'kernel'}, ({path}) => ({
      contents: `import './cli/main.ts'; import './cli/index.ts'; export * from '${kernelModules[path]}'`,
      resolveDir: join(root, 'src'),
    }))
  },
}

/** Every module that is loaded by its file: commands, plugins, and what `bin/run.js` starts. */
function entryPoints(): Record<string, string> {
  const commands = ['commands/**/*.ts', 'plugins/*/src/commands/**/*.ts'].flatMap(pattern =>
    globSync(pattern, {cwd: root}),
  )
  const entries = commands.map(path => {
    const name = path.replace(/^(plugins\/[^/]+\/src\/)?commands\//, '').replace(/\.ts$/, '')
    return [`commands/${name}`, path] as const
  })
  const workers = globSync('plugins/*/src/**/*-worker.ts', {cwd: root}).map(
    path => [`workers/${basename(path, '.ts')}`, path] as const,
  )
  const plugins = globSync('plugins/*/src/index.ts', {cwd: root}).map(
    path => [`plugins/${path.split(/[\\/]/)[1]}`, path] as const,
  )
  return Object.fromEntries([
    ...entries,
    ...plugins,
    ['plugins/core', 'src/core-plugin.ts'],
    ...Object.keys(kernelModules).map(part => [`kernel/${part}`, `kernel:${part}`] as const),
    ['workers/plugin-check-thread', 'src/cli/plugins/plugin-check-thread.ts'],
    ...workers,
    ['main', 'src/cli/main.ts'],
  ])
}

/** Light modules that every command loads, none of which needs a library. */
const everywhere = [
  'cli/plugin-directory',
  'cli/output',
  'cli/printable',
  'cli/standard-input',
  'csv/csv-cell',
  'config/current-profile',
  'config/directories',
  'config/load',
  'config/settings',
  'config/yaml-file',
  'operation/nearest',
  'operation/errors',
  'operation/invoke',
  'operation/operation',
  'operation/plain-problems',
  'operation/plugin',
  'operation/random',
  'operation/registry',
  'plugins/installed-plugins',
  'telemetry/logger',
].map(name => join(root, 'src', `${name}.ts`))

const options: BuildOptions = {
  absWorkingDir: root,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  external,
  plugins: [
    kernelEntries,
    inOneFile(everywhere),
    lazyRequires(/node_modules[\\/]@(oclif[\\/]core[\\/]lib|lancedb[\\/]lancedb[\\/]dist)[\\/].*\.js$/),
  ],
  minifySyntax: true,
  // Names stay as they are, for the stacks of error reports.
  minifyWhitespace: true,
  sourcemap: false,
  legalComments: 'none',
  logLevel: 'warning',
  // CommonJS libraries inside an ES module bundle still call require, for Node's own modules.
  banner: {js: "const require = globalThis.process.getBuiltinModule('node:module').createRequire(import.meta.url);"},
}

/**
 * All of zod for plugins that bring none. A bundle of its own: with it among the others, every command would load what
 * only plugins use. zod tells its schemas by their traits and not by class, so that two copies of a version agree.
 */
const wholeZod: BuildOptions = {...options, splitting: false, plugins: [], entryPoints: {'kernel/zod': 'zod'}}

/**
 * Writes the program's modules into a directory, which is emptied first: one file per command, plugin and shared part.
 * `extra` adds entries (name in the directory without `.js`, to source file), for programs made in tests. Returns the
 * packages that the program loads from node_modules.
 */
export async function bundleProgram(outdir: string, extra: Readonly<Record<string, string>> = {}): Promise<string[]> {
  await rm(outdir, {recursive: true, force: true})
  const entries = {...entryPoints(), ...extra}
  const {outputFiles, metafile} = await build({...options, entryPoints: entries, outdir, write: false, metafile: true})
  const commonJs = commonJsOutputs(metafile)
  const zod = await build({...wholeZod, outdir, write: false})
  for (const {path, text} of [...outputFiles, ...zod.outputFiles]) {
    await mkdir(dirname(path), {recursive: true})
    await writeFile(path, withNamedExports(withBuiltinModules(text), commonJs))
  }
  await copyDocumentsPage(join(outdir, 'assets', 'swagger-ui'))
  await copyLanguageData(join(outdir, 'assets', 'tessdata'))
  await cp(join(root, 'templates', 'plugin'), join(outdir, 'assets', 'templates', 'plugin'), {recursive: true})
  await cp(join(root, 'templates', 'documents'), join(outdir, 'assets', 'templates', 'documents'), {recursive: true})
  await cp(join(root, 'templates', 'dashboards'), join(outdir, 'assets', 'templates', 'dashboards'), {recursive: true})
  await copyChartLibrary(join(outdir, 'assets', 'echarts'))
  await copyFonts(join(outdir, 'assets', 'fonts'))
  await cp(join(root, 'plugins', 'privacy', 'src', 'law', 'data'), join(outdir, 'assets', 'law'), {recursive: true})
  return externalPackages(metafile)
}

/** The packages that are left outside, each once. */
function externalPackages({outputs}: Metafile): string[] {
  const specifiers = Object.values(outputs).flatMap(({imports}) => imports.filter(each => each.external))
  const names = specifiers
    .map(({path}) => path)
    .filter(path => !path.startsWith('.') && !isBuiltin(path))
    .map(path =>
      path
        .split('/')
        .slice(0, path.startsWith('@') ? 2 : 1)
        .join('/'),
    )
  return [...new Set(names)].toSorted()
}

/** The files of the API's documents page, which are sent as they are. */
async function copyDocumentsPage(directory: string): Promise<void> {
  const source = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'))
  await mkdir(directory, {recursive: true})
  for (const name of ['swagger-ui-bundle.js', 'swagger-ui.css', 'LICENSE', 'NOTICE']) {
    await copyFile(join(source, name), join(directory, name))
  }
}

/** What text is recognised with: tesseract wants the data of all languages in one directory. */
async function copyLanguageData(directory: string): Promise<void> {
  await mkdir(directory, {recursive: true})
  for (const language of ['eng', 'slv']) {
    const source = dirname(createRequire(import.meta.url).resolve(`@tesseract.js-data/${language}/package.json`))
    const name = `${language}.traineddata.gz`
    await copyFile(join(source, '4.0.0_best_int', name), join(directory, name))
  }
}

/** What draws the charts of interactive dashboards, which is written into them, with its license. */
async function copyChartLibrary(directory: string): Promise<void> {
  const source = dirname(
    createRequire(join(root, 'plugins', 'dashboard', 'package.json')).resolve('echarts/package.json'),
  )
  await mkdir(directory, {recursive: true})
  for (const name of ['dist/echarts.common.min.js', 'LICENSE', 'NOTICE']) {
    await copyFile(join(source, name), join(directory, basename(name)))
  }
}

/** The weights of the font that documents are set in, with its license. */
async function copyFonts(directory: string): Promise<void> {
  const source = dirname(
    createRequire(join(root, 'plugins', 'privacy', 'package.json')).resolve(
      '@expo-google-fonts/noto-sans/package.json',
    ),
  )
  await mkdir(directory, {recursive: true})
  for (const name of ['400Regular/NotoSans_400Regular.ttf', '700Bold/NotoSans_700Bold.ttf', 'LICENSE_FONT']) {
    await copyFile(join(source, name), join(directory, basename(name)))
  }
}

/** The names of the files that hold a CommonJS package which is loaded by `import()`. */
function commonJsOutputs({inputs, outputs}: Metafile): readonly string[] {
  return Object.entries(outputs).flatMap(([path, {entryPoint}]) =>
    entryPoint !== undefined && inputs[entryPoint]?.format === 'cjs' ? [basename(path)] : [],
  )
}

/**
 * A CommonJS package has only a default export after bundling, where Node, and so the tests, see its names too: each
 * `import()` of one gets them back.
 */
function withNamedExports(text: string, commonJs: readonly string[]): string {
  return commonJs.reduce((result, name) => {
    const load = new RegExp(`import\\("((?:\\.{1,2}/)+)${name.replaceAll('.', '\\.')}"\\)`, 'g')
    return result.replace(load, `import("$1${name}").then(({default: it}) => ({...it, default: it}))`)
  }, text)
}

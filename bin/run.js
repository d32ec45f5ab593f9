#!/usr/bin/env node
// Starts omni. Written for any Node, so that an old one can be told what to do; no top-level await, no dependency.
import {existsSync, readFileSync} from 'node:fs'
import module from 'node:module'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const argument = process.argv[2]

function stop(message, code) {
  process.stderr.write(`${message}\n`)
  process.exit(code)
}

// A reader that has seen enough (`omni … | head -1`) is no error.
process.stdout.on('error', error => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})

if (Number(process.versions.node.split('.')[0]) < 24) {
  stop(`omni needs Node 24 or newer and this is ${process.version}: start it with \`npx omni\`, which uses the Node of \`npm ci\`, or install Node 24.`, 9)
}

if (process.argv.length === 3 && (argument === '--version' || argument === '-v' || argument === 'version')) {
  const {version} = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  process.stdout.write(`omni ${version} (Node ${process.version}, ${process.platform} ${process.arch})\n`)
} else {
  start()
}

function start() {
  const cache = process.env.XDG_CACHE_HOME || join(process.env.HOME || process.env.LOCALAPPDATA || root, '.cache')
  module.enableCompileCache(join(cache, 'omni', 'compile'))
  const main = join(root, 'dist', 'main.js')
  if (!existsSync(main)) stop('omni is not built: run `npm run build` (or `npm ci`, which builds) in its folder.', 9)
  import(new URL('../dist/main.js', import.meta.url).href)
    .then(({main}) => main(process.argv.slice(2), root))
    .catch(error => stop(error.stack || String(error), 70))
}

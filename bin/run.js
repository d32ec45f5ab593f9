#!/usr/bin/env node
// Starts omni. Written for any Node, so that an old one can be told what to do; no top-level await, no dependency, and
// no `import` of Node's own modules: an ES module's view of node:fs or node:module costs several milliseconds.

if (Number(process.versions.node.split('.')[0]) < 24) {
  process.stderr.write(
    `omni needs Node 24 or newer and this is ${process.version}: start it with \`npx omni\`, which uses the Node of \`npm ci\`, or install Node 24.\n`,
  )
  process.exitCode = 9
} else {
  start()
}

function start() {
  const {existsSync, readFileSync} = process.getBuiltinModule('node:fs')
  const {dirname, join} = process.getBuiltinModule('node:path')
  const root = dirname(import.meta.dirname)
  const argv = process.argv.slice(2)

  // A reader that has seen enough (`omni … | head -1`) is no error; a result that was not written is one.
  process.stdout.on('error', error => {
    if (error.code === 'EPIPE') {
      // A command that is under way ends first: what it has used or changed is written down.
      if (!process.emit('omni:unread')) process.exit()
      return
    }
    process.stderr.write(
      `Error: The result could not be written to stdout: ${error.message}\n  Try: look where it goes; a full disk is the usual reason\n  code: stdout_failed\n`,
    )
    process.exit(1)
  })

  if (argv.length === 1 && ['--version', '-v', 'version'].includes(argv[0])) {
    const {version} = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    process.stdout.write(`omni ${version} (Node ${process.version}, ${process.platform} ${process.arch})\n`)
    return
  }
  if (!existsSync(join(root, 'dist', 'main.js'))) {
    process.stderr.write('omni is not built: run `npm run build` (or `npm ci`, which builds) in its folder.\n')
    process.exitCode = 9
    return
  }
  // Nor does work end because nobody reads its progress.
  process.stderr.on('error', () => {})
  process.getBuiltinModule('node:module').enableCompileCache(join(cacheDirectory(), 'omni', 'compile'))
  import('../dist/main.js')
    .then(({main}) => main(argv, root))
    .catch(error => {
      process.stderr.write(`${error.stack || error}\n`)
      process.exit(70)
    })
}

// As src/config/directories.ts has it, which cannot be loaded before the compile cache is on.
function cacheDirectory() {
  const {isAbsolute, join} = process.getBuiltinModule('node:path')
  const {XDG_CACHE_HOME, LOCALAPPDATA} = process.env
  if (XDG_CACHE_HOME && isAbsolute(XDG_CACHE_HOME)) return XDG_CACHE_HOME
  const home = process.getBuiltinModule('node:os').homedir()
  if (process.platform === 'darwin') return join(home, 'Library', 'Caches')
  if (process.platform === 'win32') return join(LOCALAPPDATA || join(home, 'AppData', 'Local'), 'Cache')
  return join(home, '.cache')
}

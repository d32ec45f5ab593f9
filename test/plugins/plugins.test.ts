import {existsSync, readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {Client, StreamableHTTPClientTransport} from '@modelcontextprotocol/client'
import {describe, expect, test} from 'vitest'
import {program} from '../cli/program.ts'
import {inTerminal} from '../cli/terminal.ts'
import {writePlugin} from '../support/plugin-package.ts'
import {makeKey, startServer} from '../support/server-process.ts'
import {Workspace} from '../support/workspace.ts'

interface Installed {
  readonly plugins: readonly {readonly name: string; readonly version: string; readonly linked: boolean}[]
}

const shelf = (workspace: Workspace) => join(workspace.home, '.local/share/omni/.plugins')
const installed = async (workspace: Workspace) => (await workspace.json<Installed>(['plugins', 'list'])).plugins
const install = (workspace: Workspace, source: string, code = 0) =>
  workspace.json(['plugins', 'install', `./${source}`, '--yes'], code)

/** The directories that hold a plugin or what is left of one. */
const kept = (workspace: Workspace) =>
  existsSync(shelf(workspace)) ? readdirSync(shelf(workspace)).filter(name => name !== 'installed.json') : []

describe('a plugin from the template', () => {
  test('passes its tests, and is a command, a setting, a route, a mutation and a tool until it is uninstalled', async () => {
    const workspace = new Workspace()
    const created = await workspace.json<{directory: string; files: string[]}>(['plugins', 'create', 'visits'])
    expect(created.files).toContain('.gitignore')
    const tested = await workspace.omni(['plugins', 'test', created.directory])
    expect(tested.stdout).toMatch(/pass 3/)
    expect(tested.code).toBe(0)

    const report = await workspace.json(['plugins', 'install', './omni-plugin-visits', '--yes'])
    expect(report).toMatchObject({operations: ['visits.sign'], commands: ['visits sign'], tables: ['visits_entries']})

    expect(await workspace.json(['visits', 'sign', 'Ada'])).toMatchObject({guest: 'Ada', entries: 1})
    expect((await workspace.omni(['visits', 'sign', '--help'])).stdout).toContain('--words=TEXT')
    expect((await workspace.omni(['--help'])).stdout).toMatch(/visits +A guest book/)
    expect((await workspace.omni(['completion', 'bash'])).stdout).toContain("'visits sign'")
    expect((await workspace.omni(['config', 'set', 'visits.longest', '3'])).code).toBe(0)
    expect(await workspace.json(['visits', 'sign', 'Ada', '--words', 'long'], 2)).toMatchObject({
      error: {code: 'visits_entry_too_long'},
    })
    expect((await workspace.omni(['doctor'])).stdout).toMatch(/ok\tplugin visits\t/)

    const server = await startServer(workspace)
    const key = await makeKey(workspace, 'guest', 'visits:*')
    const headers = {authorization: `Bearer ${key}`, 'content-type': 'application/json'}
    const signed = await fetch(`${server.url}/api/v1/visits/entries`, {
      method: 'POST',
      headers,
      body: JSON.stringify({guest: 'Grace', words: 'Hi'}),
    })
    expect(await signed.json()).toMatchObject({guest: 'Grace', entries: 2})
    const stranger = await makeKey(workspace, 'stranger', 'rag:*')
    const denied = await fetch(`${server.url}/api/v1/visits/entries`, {
      method: 'POST',
      headers: {...headers, authorization: `Bearer ${stranger}`},
      body: JSON.stringify({guest: 'Eve'}),
    })
    expect(denied.status).toBe(403)
    const document = (await (await fetch(`${server.url}/openapi.json`)).json()) as {paths: Record<string, unknown>}
    expect(Object.keys(document.paths)).toContain('/api/v1/visits/entries')
    const mutation = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers,
      body: JSON.stringify({query: 'mutation { visits_sign(guest: "Mary", words: "Yo") { entries } }'}),
    })
    expect(await mutation.json()).toEqual({data: {visits_sign: {entries: 3}}})
    const client = new Client({name: 'test', version: '1'})
    await client.connect(
      new StreamableHTTPClientTransport(new URL(`${server.url}/mcp`), {
        requestInit: {headers: {authorization: `Bearer ${key}`}},
      }),
    )
    expect((await client.listTools()).tools.map(tool => tool.name)).toContain('visits_sign')
    await client.close()

    await workspace.json(['plugins', 'uninstall', 'visits'])
    expect(kept(workspace)).toEqual([])
    expect((await workspace.omni(['visits', 'sign', 'Ada'])).code).toBe(2)
    // Its setting is still in the profile's file, and stops nobody.
    expect((await workspace.omni(['config', 'list'])).code).toBe(0)
  })

  test('is not written over files, nor under a name that is taken', async () => {
    const workspace = new Workspace()
    workspace.write('mine/notes.txt', 'mine')
    expect(await workspace.json(['plugins', 'create', 'visits', '--dir', 'mine'], 6)).toMatchObject({
      error: {code: 'directory_not_empty'},
    })
    expect(readdirSync(workspace.path('mine'))).toEqual(['notes.txt'])
    for (const name of ['rag', 'keys', 'llm', 'serve', 'omni', 'Visits', 'a_b', 'database']) {
      expect(await workspace.json(['plugins', 'create', name], 2)).toMatchObject({error: {code: 'plugin_refused'}})
    }
  })
})

describe('installing', () => {
  test('asks a person, who may refuse', async () => {
    const workspace = new Workspace()
    const directory = writePlugin(workspace)
    const terminal = inTerminal(process.execPath, [program, 'plugins', 'install', `./${directory}`], {
      home: workspace.home,
      cwd: workspace.directory,
    })
    await terminal.until(/will run with all of your rights\?/)
    terminal.type('\r')
    expect((await terminal.ended).code).toBe(2)
    expect(kept(workspace)).toEqual([])
  })

  test('needs --yes without a person; a dry run and the install itself run no script and the first no code', async () => {
    const workspace = new Workspace()
    const trace = workspace.path('ran')
    const mark = `import {appendFileSync} from 'node:fs'\nappendFileSync(${JSON.stringify(trace)}, 'code ')\n`
    const scripts = Object.fromEntries(
      ['preinstall', 'install', 'postinstall', 'prepare'].map(name => [name, `echo ${name} >> ${trace}`]),
    )
    const directory = writePlugin(workspace, {first: mark, packageJson: {scripts}})
    expect(await workspace.json(['plugins', 'install', `./${directory}`], 2)).toMatchObject({error: {code: 'usage'}})
    expect(await workspace.json(['plugins', 'install', `./${directory}`, '--dry-run'])).toMatchObject({
      package: 'omni-plugin-parrot',
      plugin: null,
    })
    expect(existsSync(trace)).toBe(false)
    await install(workspace, directory)
    expect(readFileSync(trace, 'utf8')).toBe('code ')
  })

  test('another version takes the place of the one before; a bad one leaves it there', async () => {
    const workspace = new Workspace()
    await install(workspace, writePlugin(workspace))
    expect(await install(workspace, writePlugin(workspace, {version: '1.1.0'}))).toMatchObject({replaced: '1.0.0'})
    expect(await workspace.json(['parrot', 'say', 'hello', '--loud'])).toEqual({said: 'HELLO', version: '1.1.0'})
    expect(kept(workspace)).toHaveLength(1)
    const bad = writePlugin(workspace, {version: '2.0.0', first: 'throw new Error("half-baked")'})
    expect(await install(workspace, bad, 1)).toMatchObject({
      error: {code: 'plugin_check', message: expect.stringContaining('half-baked') as string},
    })
    expect(await workspace.json(['parrot', 'say', 'hello'])).toMatchObject({version: '1.1.0'})
    expect(kept(workspace)).toHaveLength(1)
  })

  test('takes a tarball and a git repository', async () => {
    const workspace = new Workspace()
    const {execFileSync} = await import('node:child_process')
    const directory = workspace.path(writePlugin(workspace))
    execFileSync('npm', ['pack', '--silent', '--pack-destination', workspace.directory], {cwd: directory})
    expect(await workspace.json(['plugins', 'install', 'omni-plugin-parrot-1.0.0.tgz', '--yes'])).toMatchObject({
      version: '1.0.0',
    })
    const git = (...argv: string[]) =>
      execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...argv], {cwd: directory})
    writeFileSync(
      join(directory, 'package.json'),
      readFileSync(join(directory, 'package.json'), 'utf8').replace('1.0.0', '1.0.1'),
    )
    git('init', '-q')
    git('add', '.')
    git('commit', '-qm', 'Begin')
    expect(await workspace.json(['plugins', 'install', `git+file://${directory}`, '--yes'])).toMatchObject({
      version: '1.0.1',
      replaced: '1.0.0',
    })
  })

  test('two at once are both there afterwards', async () => {
    const workspace = new Workspace()
    const directories = ['parrot', 'magpie', 'jackdaw'].map(name => writePlugin(workspace, {name}))
    await Promise.all(directories.map(directory => install(workspace, directory)))
    expect((await installed(workspace)).map(({name}) => name)).toEqual(['jackdaw', 'magpie', 'parrot'])
    expect(kept(workspace)).toHaveLength(3)
  })

  const refused: readonly (readonly [string, Parameters<typeof writePlugin>[1], string])[] = [
    ['the scope of the program', {packageName: '@omni-ops/plugin-parrot'}, 'belong to omni itself'],
    ['a topic of the program', {name: 'rag'}, 'is taken'],
    ['a command of the program', {name: 'completion'}, 'is taken'],
    ['no definition', {packageJson: {omni: {}}}, 'is no plugin of omni'],
    ['a definition outside the package', {packageJson: {omni: {plugins: ['../index.js']}}}, 'outside the package'],
    ['an operation of another', {operation: "id: 'rag.search',"}, 'must begin with parrot.'],
    ['a route of another', {operation: "http: {method: 'POST', path: '/api/v1/rag/search'},"}, 'not its own'],
    ['a scope of another', {operation: "scopes: ['rag:read'],"}, 'not its own'],
    ['no scope at all', {operation: 'scopes: [],'}, 'every key could call it'],
    [
      'a setting of another',
      {definition: "settings: [{name: 'rag.x', description: '', schema: z.string()}],"},
      'does not begin',
    ],
    [
      'a table of another',
      {definition: "migrations: async () => [{plugin: 'rag', name: '0001_x', tables: {}}],"},
      "says that it is rag's",
    ],
    [
      'a table that it does not declare for privacy',
      {
        definition: `migrations: async () => [{plugin: 'parrot', name: '0001_words', tables: {parrot_words: {
          scope: 'tenant', columns: {id: {type: 'text', nullable: false}}, primaryKey: ['id']}}}],`,
      },
      'the privacy declaration and the database differ',
    ],
    [
      'a command that is none of ours',
      {
        packageJson: {omni: {plugins: ['./index.js'], commands: './commands'}},
        files: {'commands/parrot/fly.js': 'export default class {}'},
      },
      'extends OmniCommand',
    ],
    [
      'a command outside its topic',
      {
        packageJson: {omni: {plugins: ['./index.js'], commands: './commands'}},
        files: {'commands/rag/fly.js': 'export default class {}'},
      },
      'outside its topic',
    ],
  ]
  test.each(refused)('refuses %s', async (_, files, message) => {
    const workspace = new Workspace()
    const answer = await workspace.json(['plugins', 'link', writePlugin(workspace, files)], 2)
    expect(answer).toMatchObject({error: {code: 'plugin_refused', message: expect.stringContaining(message) as string}})
    expect(await installed(workspace)).toEqual([])
  })

  test('refuses our scope by name without asking npm, and what looks like a flag of npm', async () => {
    const workspace = new Workspace()
    expect(await workspace.json(['plugins', 'install', '@omni-ops/plugin-rag', '--yes'], 2)).toMatchObject({
      error: {code: 'plugin_refused'},
    })
    expect((await workspace.omni(['plugins', 'install', '--yes', '--', '--registry=http://127.0.0.1:1'])).code).toBe(2)
  })

  test('a plugin that ends its process while it loads ends the look at it and nothing else', async () => {
    const workspace = new Workspace()
    expect(await install(workspace, writePlugin(workspace, {first: 'process.exit(0)'}), 1)).toMatchObject({
      error: {code: 'plugin_check', message: expect.stringContaining('ended') as string},
    })
  })

  test('a package in our scope that comes from elsewhere is refused, and leaves nothing behind', async () => {
    const workspace = new Workspace()
    const directory = writePlugin(workspace, {packageName: '@omni-ops/plugin-parrot'})
    expect(await install(workspace, directory, 2)).toMatchObject({error: {code: 'plugin_refused'}})
    expect(kept(workspace)).toEqual([])
  })

  test('a package that npm cannot bring is an error of npm, in its words', async () => {
    const workspace = new Workspace()
    expect(await workspace.json(['plugins', 'install', './nowhere', '--yes'], 1)).toMatchObject({error: {code: 'npm'}})
    expect(kept(workspace)).toEqual([])
  })
})

describe('a plugin stands on the kernel of the program', () => {
  test('its errors have their exit codes, and its own commands the flags of all', async () => {
    const workspace = new Workspace()
    const fly = `import {Flags, OmniCommand, printResult} from '@omni-ops/core/cli'
import {ConflictError, ExitCode} from '@omni-ops/core/operation'
export default class Fly extends OmniCommand {
  static summary = 'Fly away'
  static flags = {high: Flags.boolean({description: 'Up'})}
  async execute({values, format}) {
    if (values.high) throw new ConflictError('It is tied', {hint: 'cut the string'})
    await printResult({away: true}, format, {}, this.terminal)
    return ExitCode.done
  }
}`
    const directory = writePlugin(workspace, {
      packageJson: {omni: {plugins: ['./index.js'], commands: 'commands'}},
      files: {'commands/parrot/fly.js': fly},
    })
    expect(await install(workspace, directory)).toMatchObject({commands: ['parrot fly', 'parrot say']})
    expect(await workspace.json(['parrot', 'fly'])).toEqual({away: true})
    expect(await workspace.json(['parrot', 'fly', '--high'], 6)).toEqual({
      error: {code: 'conflict', message: 'It is tied', hint: 'cut the string'},
    })
  })

  test('an import of what is no part of it says what is', async () => {
    const workspace = new Workspace()
    const first = "import '@omni-ops/core/audit'"
    expect(await install(workspace, writePlugin(workspace, {first}), 1)).toMatchObject({
      error: {message: expect.stringContaining('@omni-ops/core/operation') as string},
    })
  })

  test('an error that nobody expected is told as the plugin’s', async () => {
    const workspace = new Workspace()
    const operation = "handler: async () => ({handle: async () => { throw new Error('lost a feather') }}),"
    await install(workspace, writePlugin(workspace, {operation}))
    const {error} = await workspace.json<{error: {message: string; hint: string}}>(['parrot', 'say', 'x'], 70)
    expect(error.message).toBe('omni-plugin-parrot has a bug: lost a feather')
    expect(error.hint).toContain('those who made omni-plugin-parrot')
  })
})

describe('a linked plugin', () => {
  test('is run as it stands', async () => {
    const workspace = new Workspace()
    const directory = writePlugin(workspace)
    await workspace.json(['plugins', 'link', directory])
    expect(await installed(workspace)).toMatchObject([{name: 'parrot', linked: true}])
    const file = workspace.path(`${directory}/index.js`)
    writeFileSync(file, readFileSync(file, 'utf8').replace("version: '1.0.0'", "version: 'next'"))
    expect(await workspace.json(['parrot', 'say', 'x'])).toMatchObject({version: 'next'})
    await workspace.json(['plugins', 'uninstall', 'omni-plugin-parrot'])
    expect(existsSync(file)).toBe(true)
  })
})

describe('a plugin that is broken', () => {
  const broken: readonly (readonly [string, Parameters<typeof writePlugin>[1]])[] = [
    ['throws while it loads', {first: 'throw new Error("moulting")'}],
    ['throws in its operations', {definition: 'operations: async () => { throw new Error("moulting") },'}],
    ['has operations of another', {operation: "id: 'rag.search',"}],
    ['throws in its migrations', {definition: 'migrations: async () => { throw new Error("moulting") },'}],
    [
      'has a migration that fails',
      {
        definition:
          "migrations: async () => [{plugin: 'parrot', name: '0001_x', up: async () => { throw new Error('moulting') }}],",
      },
    ],
    ['has a migration out of its name', {definition: "migrations: async () => [{plugin: 'parrot', name: 'x'}],"}],
    ['throws in its declarations', {definition: 'privacy: async () => { throw new Error("moulting") },'}],
    ['is gone', {packageJson: {main: 'gone'}}],
  ]
  test.each(broken)('because it %s: doctor says so, the rest works, and it can be uninstalled', async (_, files) => {
    const workspace = new Workspace()
    const directory = writePlugin(workspace, {version: '1.0.0'})
    await workspace.json(['plugins', 'link', directory])
    workspace.write('note.md', 'A note.')
    expect((await workspace.omni(['config', 'set', 'parrot.words', 'x'])).code).not.toBe(0)
    const bad = writePlugin(workspace, files)
    const content = files?.packageJson ? 'import "./gone.js"' : readFileSync(workspace.path(`${bad}/index.js`), 'utf8')
    writeFileSync(workspace.path(`${directory}/index.js`), content)

    expect((await workspace.omni(['config', 'list'])).code).toBe(0)
    expect((await workspace.omni(['rag', 'ingest', 'note.md'])).code).toBe(0)
    const {findings} = await workspace.json<{findings: {name: string; status: string; fix?: string}[]}>(['doctor'], 1)
    expect(findings.filter(({status}) => status === 'problem')).toMatchObject([
      {name: 'plugin parrot', fix: expect.stringContaining('omni plugins uninstall parrot') as string},
    ])
    expect((await workspace.omni(['audit', 'verify'])).code).toBe(0)
    await workspace.json(['plugins', 'uninstall', 'parrot'])
    await workspace.json(['doctor'])
  })

  test('a damaged index stops nothing, and doctor says what to do', async () => {
    const workspace = new Workspace()
    await workspace.json(['plugins', 'link', writePlugin(workspace)])
    writeFileSync(join(shelf(workspace), 'installed.json'), '{"format": 1, "plug')
    expect((await workspace.omni(['config', 'list'])).code).toBe(0)
    expect((await workspace.omni(['doctor'])).stdout).toMatch(/problem\tplugins\twhat is installed cannot be read/)
    expect(await workspace.json(['plugins', 'list'], 1)).toMatchObject({error: {code: 'plugin_index'}})
  })
})

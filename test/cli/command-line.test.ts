import {execFileSync, spawn, spawnSync} from 'node:child_process'
import {existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {parse as parseCsv} from 'csv-parse/sync'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {parse as parseYaml} from 'yaml'
import {buildProbeProgram} from './probe-program.ts'
import {environment, omni, root, type RunOptions, temporaryHome} from './program.ts'
import {inTerminal} from './terminal.ts'

let directory: string
let program: string

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'omni-probe-'))
  program = await buildProbeProgram(directory)
}, 300_000)

afterAll(() => rmSync(directory, {recursive: true, force: true}))

const probe = (argv: readonly string[], options: RunOptions = {}) => omni(['probe', ...argv], {program, ...options})

describe('exit codes', () => {
  const ways = {
    done: 0,
    failure: 1,
    usage: 2,
    partial: 3,
    denied: 4,
    not_found: 5,
    conflict: 6,
    gate: 7,
    pending: 8,
    not_configured: 9,
    bug: 70,
    wrong: 70,
  }
  test.each(Object.entries(ways))('%s is %i', async (how, code) => {
    const run = await probe(['end', how])
    expect(run.code).toBe(code)
  })

  test('are all listed by omni help exit-codes', async () => {
    const {stdout} = await omni(['help', 'exit-codes', '--json'])
    const {exit_codes: listed} = JSON.parse(stdout) as {exit_codes: {code: number}[]}
    expect(listed.map(({code}) => code)).toEqual([...new Set([...Object.values(ways), 130])].toSorted((a, b) => a - b))
  })
})

describe('errors', () => {
  test('for a person: what happened, what to try, the code; on stderr alone', async () => {
    const {stdout, stderr} = await probe(['end', 'conflict'])
    expect(stdout).toBe('')
    expect(stderr).toBe('Error: It ended as conflict\n  Try: ask for another way\n  code: conflict\n')
  })

  test('for a machine: one envelope on stdout and nothing else there', async () => {
    for (const flags of [['--json'], ['-o', 'json'], ['--output=json']]) {
      const {stdout, code} = await probe(['end', 'denied', ...flags])
      expect(code).toBe(4)
      const error = {
        code: 'denied',
        message: 'It ended as denied',
        hint: 'ask for another way',
        details: {how: 'denied'},
      }
      expect(JSON.parse(stdout)).toEqual({error})
    }
  })

  test('of the command line itself are in the envelope too', async () => {
    for (const argv of [
      ['end', '--json'],
      ['end', 'never', '--json'],
      ['end', 'done', '--wat', '--json'],
      ['nothing', '--json'],
    ]) {
      const {stdout, code} = await probe(argv)
      expect(code).toBe(2)
      expect(JSON.parse(stdout)).toMatchObject({error: {code: 'usage'}})
    }
  })

  test('show their stack with --debug only', async () => {
    expect((await probe(['end', 'conflict'])).stderr).not.toMatch(/^\s+at /m)
    expect((await probe(['end', 'conflict', '--debug'])).stderr).toMatch(/^\s+at /m)
  })

  test('that nobody expected leave a report without secrets, home or values, for the owner alone', async () => {
    const home = temporaryHome()
    const {stderr, code} = await probe(['end', 'bug'], {home})
    expect(code).toBe(70)
    const reports = join(home, '.local', 'state', 'omni', 'reports')
    const [file, ...others] = readdirSync(reports)
    expect(others).toEqual([])
    expect(stderr).toContain(join(reports, file ?? ''))
    const report = readFileSync(join(reports, file ?? ''), 'utf8')
    expect(report).toMatch(/^omni \d+\.\d+\.\d+, Node v/)
    expect(report).toContain('command omni probe end')
    expect(report).toContain('TypeError: the cause')
    expect(report + stderr).not.toContain('abcdefghij1234567890')
    expect(report).not.toContain(home)
    expect(statSync(join(reports, file ?? '')).mode & 0o077).toBe(0)
  })

  test('that nobody expected are told where no report can be written', async () => {
    const home = temporaryHome()
    writeFileSync(join(home, 'file'), '')
    const {stderr, code} = await probe(['end', 'bug'], {home, env: {XDG_STATE_HOME: join(home, 'file')}})
    expect(code).toBe(70)
    expect(stderr).toContain('--debug')
  })
})

describe('what was typed', () => {
  test('all that is missing is named at once when nobody can be asked', async () => {
    const {stderr, code} = await probe(['rows'])
    expect(code).toBe(2)
    expect(stderr).toContain('Missing NAME, --kind')
  })

  test('all that is wrong is named at once, by its flag', async () => {
    const {stderr, code} = await probe(['rows', 'a', '--kind', 'plain', '--count', '-1', '--ratio', '0.5'])
    expect(code).toBe(2)
    expect(stderr).toMatch(/NAME: /)
    expect(stderr).toMatch(/--count: /)
    expect(stderr).not.toMatch(/--ratio/)
  })

  test('text where a number is expected is named by its flag', async () => {
    const {stderr, code} = await probe(['rows', 'ada', '--kind', 'plain', '--count', 'many'])
    expect(code).toBe(2)
    expect(stderr).toContain('--count expects a number, not "many"')
  })

  test('flags become the fields of the operation', async () => {
    const argv = ['rows', 'ada', '-k', 'fancy', '--count=1', '--ratio', '1e-3', '--labels', 'a', '--labels', 'b=c']
    const {stdout} = await probe([...argv, '--facts', 'x=1=2', '--no-warm', '--json'])
    const expected = {name: 'ada', kind: 'fancy', ratio: 0.001, labels: ['a', 'b=c'], facts: {x: '1=2'}, warm: false}
    expect(JSON.parse(stdout)).toMatchObject({rows: [expected]})
  })

  test('- reads an argument from stdin', async () => {
    const {stdout} = await probe(['rows', '-', '-k', 'plain', '--count', '1', '--json'], {input: 'grace\n'})
    expect(JSON.parse(stdout)).toMatchObject({rows: [{name: 'grace'}]})
  })

  test('a command that is nearly right is suggested', async () => {
    expect((await omni(['confg', 'list'])).stderr).toContain('omni config list')
    expect((await omni(['rag', 'serach'])).stderr).toContain('omni rag search')
    const {code, stderr} = await omni(['xyzzyplugh'])
    expect(code).toBe(2)
    expect(stderr).toContain('omni --help')
  })

  test('--tenant refuses what could leave its directory', async () => {
    for (const tenant of ['../acme', 'Acme', 'a/b', '']) {
      expect((await omni(['config', 'list', '--tenant', tenant])).code).toBe(2)
    }
  })
})

describe('danger', () => {
  test('nothing happens without a confirmation', async () => {
    const drop = await probe(['drop', 'it'])
    expect(drop.code).toBe(2)
    expect(drop.stderr).toContain('--confirm it')
    const clear = await probe(['clear'])
    expect(clear.code).toBe(2)
    expect(clear.stderr).toContain('--yes')
  })

  test('the right confirmation lets it happen, a wrong one does not, a dry run needs none', async () => {
    expect((await probe(['drop', 'it', '--confirm', 'it', '--json'])).stdout).toBe('{"dropped":"it"}\n')
    expect((await probe(['drop', 'it', '--confirm', 'that'])).code).toBe(2)
    expect((await probe(['drop', 'it', '--dry-run', '--json'])).stdout).toBe('{"dropped":null}\n')
    expect((await probe(['clear', '-y', '--json'])).stdout).toBe('{"cleared":true}\n')
  })

  test('a person is asked, and no is the default', async () => {
    const terminal = inTerminal(process.execPath, [program, 'probe', 'clear'])
    await terminal.until(/Clear a cache\?/)
    terminal.type('\r')
    expect((await terminal.ended).code).toBe(2)
  })

  test('a person types the name of what is dropped', async () => {
    const terminal = inTerminal(process.execPath, [program, 'probe', 'drop', 'it'])
    await terminal.until(/type it to go on/)
    terminal.type('it\r')
    await terminal.until(/DROPPED\s+it/)
    expect((await terminal.ended).code).toBe(0)
  })
})

describe('output', () => {
  const rows = ['rows', 'ada', '-k', 'plain', '--labels', 'x,"y"']

  test('a pipe gets tab-separated full values without a header', async () => {
    const {stdout} = await probe(rows)
    const [first, second] = stdout.split('\n')
    expect(first?.split('\t')).toEqual(
      ['0', 'ada', 'plain', '["x,\\\\"y\\\\""]', 'true', '2026-01-02T03:04:05.678Z'].map((cell, index) =>
        index === 3 ? '["x,\\\\"y\\\\""]' : cell,
      ),
    )
    expect(second?.startsWith('1\t')).toBe(true)
  })

  test('-o csv, ndjson, yaml and json hold the same', async () => {
    const json = JSON.parse((await probe([...rows, '-o', 'json'])).stdout) as {rows: Record<string, unknown>[]}
    const ndjson = (await probe([...rows, '-o', 'ndjson'])).stdout.trimEnd().split('\n')
    expect(ndjson.map(line => JSON.parse(line) as unknown)).toEqual(json.rows)
    expect(parseYaml((await probe([...rows, '-o', 'yaml'])).stdout)).toEqual(json)
    const csv = parseCsv((await probe([...rows, '-o', 'csv'])).stdout, {columns: true}) as Record<string, string>[]
    expect(csv.map(({name, labels}) => ({name, labels}))).toEqual(
      json.rows.map(({name, labels}) => ({name, labels: JSON.stringify(labels)})),
    )
  })

  test('a terminal gets a table with a header, within its width, with friendly times', async () => {
    const terminal = inTerminal(process.execPath, [program, 'probe', ...rows], {columns: 50, env: {NO_COLOR: '1'}})
    await terminal.until(/INDEX\s+NAME/)
    expect((await terminal.ended).code).toBe(0)
    const lines = terminal.raw().split('\r\n')
    expect(lines.length).toBeGreaterThanOrEqual(3)
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(50)
    expect(terminal.raw()).not.toContain('\u001B[')
    expect(terminal.raw()).not.toContain('03:04:05.678Z')
  })

  test('colour: on a terminal unless NO_COLOR, --no-color or a dumb one; elsewhere with FORCE_COLOR only', async () => {
    const coloured = async (env: Record<string, string>, flags: readonly string[] = []) => {
      const terminal = inTerminal(process.execPath, [program, 'probe', ...rows, ...flags], {env})
      await terminal.ended
      return terminal.raw().includes('\u001B[1m')
    }
    expect(await coloured({})).toBe(true)
    expect(await coloured({NO_COLOR: '1'})).toBe(false)
    expect(await coloured({TERM: 'dumb'})).toBe(false)
    expect(await coloured({}, ['--no-color'])).toBe(false)
    expect((await probe(['end', 'conflict'])).stderr).not.toContain('\u001B[')
    expect((await probe(['end', 'conflict'], {env: {FORCE_COLOR: '1'}})).stderr).toContain('\u001B[31m')
  })

  test('a reader that has seen enough is no error', () => {
    const {stdout, stderr, status} = spawnSync(
      'bash',
      [
        '-c',
        'set -o pipefail; "$@" | head -1',
        'bash',
        process.execPath,
        program,
        'probe',
        'rows',
        'ada',
        '-k',
        'plain',
        '--count',
        '100000',
      ],
      {env: environment(temporaryHome()), encoding: 'utf8'},
    )
    expect(stdout.split('\n')).toHaveLength(2)
    expect(stderr).toBe('')
    expect(status).toBe(0)
  })

  test.skipIf(!existsSync('/dev/full'))('a result that could not be written is an error, told without a stack', () => {
    const {stderr, status} = spawnSync(
      'bash',
      ['-c', '"$@" > /dev/full', 'bash', process.execPath, program, 'probe', 'rows', 'ada', '-k', 'plain'],
      {env: environment(temporaryHome()), encoding: 'utf8'},
    )
    expect(stderr).toMatch(
      /^Error: The result could not be written to stdout: ENOSPC.*\n {2}Try: .*\n {2}code: stdout_failed\n$/,
    )
    expect(status).toBe(1)
  })

  test('work does not end because nobody reads its progress', () => {
    const {stdout, status} = spawnSync(
      'bash',
      ['-c', '"$@" 2>/dev/full', 'bash', process.execPath, program, 'probe', 'rows', 'ada', '-k', 'plain'],
      {env: environment(temporaryHome()), encoding: 'utf8'},
    )
    expect(stdout).not.toBe('')
    expect(status).toBe(0)
  })

  test('notes go to stderr, and --quiet leaves them out', async () => {
    const quiet = await probe(['rows', 'ada', '-k', 'plain', '--quiet'])
    expect(quiet.stderr).toBe('')
  })
})

describe('questions', () => {
  test('what is missing is asked for on a terminal', async () => {
    const terminal = inTerminal(process.execPath, [program, 'probe', 'rows', '--count', '1'])
    await terminal.until(/A name/)
    terminal.type('ada\r')
    await terminal.until(/A kind/)
    terminal.type('\u001B[B\r')
    await terminal.until(/fancy[^]*ada\s+fancy/)
    expect((await terminal.ended).code).toBe(0)
  })

  test.each([
    ['--no-input', {}, ['--no-input']],
    ['CI', {CI: 'true'}, []],
  ])('nothing is asked with %s', async (_name, env, flags) => {
    const terminal = inTerminal(process.execPath, [program, 'probe', 'rows', ...flags], {env})
    await terminal.until(/Missing NAME, --kind/)
    expect((await terminal.ended).code).toBe(2)
  })

  test('Ctrl-C at a question is a cancel', async () => {
    const terminal = inTerminal(process.execPath, [program, 'probe', 'rows'])
    await terminal.until(/A name/)
    terminal.type('\u0003')
    expect((await terminal.ended).code).toBe(130)
  })
})

describe('cancelling', () => {
  test('Ctrl-C ends a running operation with 130', async () => {
    const terminal = inTerminal(process.execPath, [program, 'probe', 'end', 'wait'])
    await terminal.until(/waiting/)
    terminal.type('\u0003')
    expect((await terminal.ended).code).toBe(130)
  })

  test('SIGTERM too, with the envelope on stdout', async () => {
    const child = spawn(process.execPath, [program, 'probe', 'end', 'wait', '--json'], {
      env: environment(temporaryHome()),
    })
    let stdout = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
    })
    const code = await new Promise<number | null>(settle => {
      child.stderr.once('data', () => child.kill('SIGTERM'))
      child.once('close', settle)
    })
    expect(code).toBe(130)
    expect(JSON.parse(stdout)).toMatchObject({error: {code: 'cancelled'}})
  })
})

describe('settings', () => {
  test('flag, environment, project, profile and default, in this order', async () => {
    const home = temporaryHome()
    const project = join(home, 'project', 'inner')
    mkdirSync(project, {recursive: true})
    const tenant = async (flags: readonly string[], env: Record<string, string>) => {
      const {stdout} = await omni(['config', 'list', '--show-origin', '--json', ...flags], {home, cwd: project, env})
      const {settings} = JSON.parse(stdout) as {settings: {name: string; value: unknown; origin: string}[]}
      const {value, origin} = settings.find(({name}) => name === 'tenant') ?? {}
      return {value, origin}
    }
    const at = (path: string, line: number) => `${join(home, path)}:${line}`
    expect(await tenant([], {})).toEqual({value: 'default', origin: 'default'})
    expect((await omni(['config', 'set', 'tenant', 'profile'], {home, cwd: project})).code).toBe(0)
    const profile = '.config/omni/profiles/default.yaml'
    expect(await tenant([], {})).toEqual({value: 'profile', origin: at(profile, 1)})
    writeFileSync(join(home, 'project', 'omni.yaml'), '# ours\ntenant: project\n')
    expect(await tenant([], {})).toEqual({value: 'project', origin: at('project/omni.yaml', 2)})
    expect(await tenant([], {OMNI_TENANT: 'env'})).toEqual({value: 'env', origin: '$OMNI_TENANT'})
    expect(await tenant(['--tenant', 'flag'], {OMNI_TENANT: 'env'})).toEqual({value: 'flag', origin: 'a flag'})
    expect(statSync(join(home, profile)).mode & 0o077).toBe(0)
  })

  test('a secret is never shown, kept or echoed', async () => {
    const home = temporaryHome()
    const secret = 'a-key-that-nobody-may-see'
    const listed = await omni(['config', 'list'], {home, env: {OPENAI_API_KEY: secret}})
    expect(listed.stdout).toContain('(set)')
    const set = await omni(['config', 'set', 'llm.openai_api_key', secret], {home})
    expect(set.code).toBe(2)
    expect(listed.stdout + listed.stderr + set.stdout + set.stderr).not.toContain(secret)
    expect(existsSync(join(home, '.config', 'omni', 'profiles', 'default.yaml'))).toBe(false)
  })

  test('a broken file is named with its line', async () => {
    const home = temporaryHome()
    writeFileSync(join(home, 'omni.yaml'), 'tenant: acme\nllm: [\n')
    const {stderr, code} = await omni(['config', 'list'], {home})
    expect(code).toBe(2)
    expect(stderr).toMatch(/omni\.yaml:\d+:\d+: /)
  })
})

describe('help and version', () => {
  test('`--help` and `help` tell the same, in every topic', async () => {
    const manifest = JSON.parse(readFileSync(join(root, 'oclif.manifest.json'), 'utf8')) as {
      commands: Record<string, unknown>
    }
    // `omni help --help` is the program's own help. What all commands tell is in help-parts.test.ts.
    const ids = Object.keys(manifest.commands).filter(each => each !== 'help')
    for (const id of new Map(ids.map(each => [each.split(':')[0], each])).values()) {
      const words = id.split(':')
      const [{stdout, code}, byHelp] = await Promise.all([omni([...words, '--help']), omni(['help', ...words])])
      expect(code).toBe(0)
      expect(stdout).toMatch(/EXAMPLES?\n\s+.*omni /)
      expect(stdout).toContain('GLOBAL FLAGS')
      expect(byHelp.stdout).toBe(stdout)
    }
  }, 60_000)

  test('defaults and choices are shown', async () => {
    const {stdout} = await probe(['rows', '--help'])
    expect(stdout).toContain('[default: 2]')
    expect(stdout).toMatch(/plain\|fancy/)
    expect(stdout).toContain('$ omni probe rows NAME --kind plain|fancy [FLAGS]')
  })

  test('help fits a narrow terminal', async () => {
    const terminal = inTerminal(process.execPath, [program, 'probe', 'rows', '--help'], {
      columns: 50,
      env: {NO_COLOR: '1'},
    })
    await terminal.until(/EXAMPLES/)
    await terminal.ended
    for (const line of terminal.raw().split('\r\n')) expect(line.trimEnd().length).toBeLessThanOrEqual(50)
  })

  test('--version names omni, Node and the machine', async () => {
    for (const flag of ['--version', '-v', 'version']) {
      const {stdout, code} = await omni([flag])
      expect(code).toBe(0)
      expect(stdout).toMatch(/^omni \d+\.\d+\.\d+ \(Node v24\.\d+\.\d+, \w+ \w+\)\n$/)
    }
  })
})

const oldNode = ['/usr/bin/node', '/usr/local/bin/node'].find(path => {
  if (!existsSync(path)) return false
  return Number(execFileSync(path, ['-p', 'process.versions.node.split(".")[0]'], {encoding: 'utf8'})) < 24
})
if (!oldNode) process.stderr.write('skipped: no Node older than 24 is installed, its message is not tested\n')

test.skipIf(!oldNode)('an old Node says what to do and exits with 9', async () => {
  const {code, stderr} = await omni(['config', 'list'], {node: oldNode ?? ''})
  expect(code).toBe(9)
  expect(stderr).toMatch(/^omni needs Node 24 .*npx omni.*\n$/)
})

test.each([
  [['rag', 'serach', 'the', 'notice', 'period'], 'omni rag search'],
  [['confg'], 'omni config'],
  [['confg', 'list'], 'omni config list'],
  [['help', 'rga'], 'omni rag'],
  [['rag', 'search', 'x', '--topk', '3'], '--top-k, or omni rag search --help'],
  [['rag', 'search', 'x', '--output', 'jsn'], '--output=json, or omni rag search --help'],
  [['ci', 'init', 'githb'], 'github, or omni ci init --help'],
  [['config', 'get', 'llm.modle'], 'did you mean llm.model?'],
  [['config', 'set', 'tenat', 'x'], 'did you mean tenant?'],
  [['rag', '--foo'], 'omni rag --help'],
  [['--jsn'], 'omni --help'],
  [['xyzzy'], 'omni --help'],
])('omni %j: what was perhaps meant', async (argv, hint) => {
  expect((await omni(argv)).stderr).toContain(`  Try: ${hint}\n`)
})

test('an unknown command is told as JSON whichever flag asks for it', async () => {
  for (const flags of [['--json'], ['-o', 'json'], ['-ojson'], ['--output=json']]) {
    const {stdout, stderr} = await omni(['confg', ...flags])
    expect(JSON.parse(stdout)).toMatchObject({error: {code: 'usage', hint: 'omni config'}})
    expect(stderr).toBe('')
  }
})

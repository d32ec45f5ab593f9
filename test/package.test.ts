import {execFileSync} from 'node:child_process'
import {existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect, onTestFinished, test, vi} from 'vitest'
import {omni, root, temporaryHome} from './cli/program.ts'

// Each starts a dozen programs one after the other, npm among them.
vi.setConfig({testTimeout: 180_000})

test('what npm installs from the tarball is whole: it runs away from the checkout, and takes plugins', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'omni-tarball-'))
  onTestFinished(() => rmSync(directory, {recursive: true, force: true}))
  execFileSync(process.execPath, [join(root, 'tools', 'package.ts'), directory], {stdio: 'pipe'})
  execFileSync('tar', ['xzf', join(directory, 'omni-ops-cli-0.1.0.tgz'), '-C', directory])
  const installed = join(directory, 'package')
  const description = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as {
    man: string[]
    dependencies: Record<string, string>
  }
  expect(description.man.every(page => existsSync(join(installed, page)))).toBe(true)
  // npm would put these there; to bring them anew takes minutes.
  for (const name of Object.keys(description.dependencies)) {
    expect(existsSync(join(root, 'node_modules', name))).toBe(true)
  }
  symlinkSync(join(root, 'node_modules'), join(installed, 'node_modules'))

  const home = temporaryHome()
  const run = async (...argv: string[]) => {
    const finished = await omni(argv, {home, program: join(installed, 'bin', 'run.js')})
    expect(finished.code, finished.stderr + finished.stdout).toBe(0)
    return finished.stdout
  }
  await run('plugins', 'create', 'visits')
  expect(await run('plugins', 'test', 'omni-plugin-visits')).toMatch(/pass 3/)
  await run('plugins', 'install', './omni-plugin-visits', '--yes')
  expect(JSON.parse(await run('visits', 'sign', 'Ada', '--json'))).toMatchObject({guest: 'Ada', entries: 1})
  await run('doctor')
  expect(await run('ci', 'init', 'github', '--dry-run')).toContain('@omni-ops/cli@0.1.0')
})

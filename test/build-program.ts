import {execFileSync} from 'node:child_process'
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join, resolve} from 'node:path'

/**
 * Builds what `bin/run.js` starts before the first test, so that the suite never meets an older build. What Node
 * compiles is kept in one place for all processes of a run, the tests' own too: each test has an empty home, and with
 * it an empty cache of the program's.
 *
 * @returns takes that place away
 */
export default function buildProgram(): () => void {
  const compiled = mkdtempSync(join(tmpdir(), 'omni-compiled-'))
  // Read by Node as it starts, before `module.enableCompileCache()`.
  process.env.NODE_COMPILE_CACHE = compiled
  execFileSync(process.execPath, ['tools/build.ts'], {cwd: resolve(import.meta.dirname, '..'), stdio: 'inherit'})
  return () => rmSync(compiled, {recursive: true, force: true})
}

import {execFileSync} from 'node:child_process'
import {resolve} from 'node:path'

/** Builds what `bin/run.js` starts before the first test, so that the suite never meets an older build. */
export default function buildProgram(): void {
  execFileSync(process.execPath, ['tools/build.ts'], {cwd: resolve(import.meta.dirname, '..'), stdio: 'inherit'})
}

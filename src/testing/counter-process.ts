import {OmniError} from '../operation/errors.ts'
import {openStore} from '../store/index.ts'
import {silentLog, TestClock, unitContext} from './context.ts'
import {counterMigrations, mark} from './counter.ts'

/*
 * A process of its own that writes to a store: `node counter-process.ts URL NAME COUNT`. It prints the id of each mark
 * after its commit, and only then goes on. An expected error is reported on standard error as JSON.
 */
const [url, name, count] = process.argv.slice(2) as [string, string, string]

try {
  await using store = await openStore({url, migrations: counterMigrations, clock: new TestClock(), log: silentLog})
  for (let index = 0; index < Number(count); index += 1) {
    const id = `${name}-${index}`
    await mark(store, unitContext(), id)
    process.stdout.write(`${id}\n`)
  }
} catch (error) {
  if (!(error instanceof OmniError)) throw error
  process.stderr.write(JSON.stringify(error.report()))
  process.exitCode = error.exitCode
}

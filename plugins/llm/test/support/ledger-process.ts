import {openStore} from '@omni-ops/core/store'
import {silentLog, TestClock, unitContext} from '@omni-ops/core/testing'
import {Ledger} from '../../src/ledger/ledger.ts'
import {migrations} from '../../src/migrations.ts'
import {systemTiming} from '../../src/routing/timing.ts'
import {ledgerEntry} from './ledger-entry.ts'

/*
 * A process of its own that writes calls down one after the other: `node ledger-process.ts URL NAME COUNT`. It prints the
 * id of each when it is told that it is written, and only then goes on.
 */
const [url, name, count] = process.argv.slice(2) as [string, string, string]
const clock = new TestClock()
await using store = await openStore({url, migrations, clock, log: silentLog})
const ledger = new Ledger(store, systemTiming)
for (let index = 0; index < Number(count); index += 1) {
  const id = `${name}-${String(index).padStart(6, '0')}`
  await ledger.record(unitContext(), ledgerEntry(id))
  await new Promise(printed => process.stdout.write(`${id}\n`, printed))
}
await ledger.close()

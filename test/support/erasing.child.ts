/** Erases the planted person from the workspace whose directory and home it is started in, and prints the receipts. */
import {PersonalDataMap, type StoreReceipt} from '@omni-ops/core/privacy'
import {openSession} from '../../src/cli/session.ts'
import {given} from './planted-person.ts'
import {registry} from './workspace.ts'

const session = await openSession({
  registry,
  profile: 'default',
  tenant: undefined,
  debug: false,
  version: '0.0.0',
  signal: new AbortController().signal,
  operation: 'gdpr.erase',
  emit: () => {},
  machine: {platform: process.platform, env: process.env, home: process.env.HOME ?? ''},
  workingDirectory: process.cwd(),
})
const map = await PersonalDataMap.open(session.context)
process.stdout.write('begun\n')
const receipts: StoreReceipt[] = []
for await (const receipt of map.erase(await map.resolve(given), {keep: new Map()})) receipts.push(receipt)
await session.close()
process.stdout.write(`${JSON.stringify(receipts)}\n`)

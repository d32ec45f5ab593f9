import {appendFileSync, renameSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import type {Context} from '@omni-ops/core/operation'
import {expect, onTestFinished, test} from 'vitest'
import {DataSupply} from '../src/build/data-supply.ts'
import {chosenDashboards} from '../src/live/chosen-dashboards.ts'
import {LiveDashboards} from '../src/live/live-dashboards.ts'
import {LiveSource} from '../src/live/live-source.ts'
import type {LiveView, ViewChange} from '../src/live/live-view.ts'
import {checkedSelection, selectionFrom} from '../src/live/selection.ts'
import {panelTable} from '../src/render/panel-table.ts'
import {temporaryDirectory} from './support/data.ts'

const header = 'order_id,date,region,total\n'
const first = `${header}1,2026-01-01,North,10\n2,2026-01-02,South,20\n`

/** What reading needs of a context. */
function contextIn(directory: string): Context {
  const settings: Record<string, unknown> = {'dashboard.time_zone': 'UTC', 'dashboard.refresh_seconds': 30}
  const silent = () => {}
  return {
    tenant: 'default',
    workingDirectory: directory,
    clock: {now: () => new Date(), elapsed: () => performance.now()},
    log: {debug: silent, info: silent, warn: silent, error: silent},
    settings: {get: (name: string) => settings[name]},
    signal: new AbortController().signal,
    emit: silent,
  } as unknown as Context
}

interface Started {
  readonly file: string
  readonly context: Context
  readonly live: LiveDashboards
  readonly view: (query?: string) => LiveView
}

async function started(csv: string): Promise<Started> {
  const directory = temporaryDirectory()
  const file = join(directory, 'sales.csv')
  writeFileSync(file, csv)
  const context = contextIn(directory)
  const data = {kind: 'files', location: file} as const
  const [dashboard] = await chosenDashboards({names: ['Revenue Analytics'], data, where: {}}, context)
  const live = new LiveDashboards({idle: 0})
  onTestFinished(() => live.close())
  const view = (query = '') => live.view(dashboard!, selectionFrom(new URLSearchParams(query)), context)
  return {file, context, live, view}
}

/** Follows a view as a stream does; `next` waits for a change that fits. */
function following(view: LiveView, after = 0, taken: () => Promise<void> = async () => {}) {
  const leaving = new AbortController()
  const changes: ViewChange[] = []
  let wake = () => {}
  const ended = view.follow(after, leaving.signal, async change => {
    changes.push(change)
    wake()
    await taken()
  })
  const next = async (fits: (change: ViewChange) => boolean): Promise<ViewChange> => {
    for (;;) {
      const at = changes.findIndex(fits)
      if (at >= 0) return changes.splice(0, at + 1).at(-1)!
      await new Promise<void>(resolve => void (wake = resolve))
    }
  }
  const leave = async () => {
    leaving.abort()
    await ended
  }
  onTestFinished(leave)
  return {changes, next, leave}
}

const tells = (text: string) => (change: ViewChange) =>
  change.fragments.revenue?.includes(`<p class="value">${text}</p>`) === true

test('a change of the file is told to all who look, with what changed and nothing else', async () => {
  const {file, view} = await started(first)
  const [one, other] = [following(view()), following(view())]
  const whole = await one.next(tells('30'))
  await other.next(tells('30'))
  expect(Object.keys(whole.fragments)).toContain('live-footer')
  // The same number of orders, from the same days.
  writeFileSync(file, first.replace('South,20', 'South,25'))
  const change = await one.next(tells('35'))
  await other.next(tells('35'))
  expect(change.version).toBeGreaterThan(whole.version)
  expect(change.problem).toBeNull()
  expect(Object.keys(change.fragments)).toEqual(
    expect.arrayContaining(['revenue', 'revenue-by-day', 'revenue-by-region']),
  )
  expect(Object.keys(change.fragments)).not.toContain('orders')
  expect(Object.keys(change.fragments)).not.toContain('live-footer')
})

test('one reading serves all who look; of rapid writes the last is shown', async () => {
  const {file, view} = await started(first)
  const everybody = Array.from({length: 20}, () => following(view('where.region=South')))
  everybody.push(following(view()))
  await Promise.all(everybody.map(each => each.next(({fragments}) => 'revenue' in fragments)))
  const {source} = view()
  expect(source.reads).toBe(1)
  for (let index = 1; index <= 30; index++) writeFileSync(file, first.replace('South,20', `South,${index * 100}`))
  await Promise.all(everybody.slice(0, 20).map(each => each.next(tells('3,000'))))
  await everybody.at(-1)!.next(tells('3,010'))
  expect(source.reads).toBeLessThan(10)
})

test('a new file in the place of the old one is seen, and one that is gone is said to be', async () => {
  const {file, view} = await started(first)
  const viewer = following(view())
  await viewer.next(tells('30'))
  writeFileSync(`${file}.new`, `${first}3,2026-01-03,North,5\n`)
  renameSync(`${file}.new`, file)
  await viewer.next(tells('35'))
  rmSync(file)
  expect((await viewer.next(({problem}) => problem !== null)).problem).toContain('There is no data at')
  writeFileSync(file, first)
  const again = await viewer.next(({problem}) => problem === null)
  expect(tells('30')(again)).toBe(true)
})

test('a file that is half written leaves the last good page and says so, until it is whole', async () => {
  const {file, view} = await started(first)
  const viewer = following(view())
  const good = await viewer.next(tells('30'))
  writeFileSync(file, `${header}1,2026-01-01,"Nor`)
  const broken = await viewer.next(({problem}) => problem !== null)
  expect(broken.fragments).toEqual({})
  expect(broken.read_at).toBe(good.read_at)
  const shown = await view().shown()
  expect(shown.problem).toBe(broken.problem)
  expect(shown.fragments.find(({id}) => id === 'revenue')!.html).toContain('30')
  writeFileSync(file, first.replace('North,10', 'North,11'))
  expect((await viewer.next(tells('31'))).problem).toBeNull()
})

test('who comes back gets what changed since; who was never here, or elsewhere, gets all', async () => {
  const {file, view} = await started(first)
  const before = following(view())
  const {version} = await before.next(tells('30'))
  await before.leave()
  const back = following(view(), version)
  writeFileSync(file, first.replace('South,20', 'South,25'))
  const missed = await back.next(tells('35'))
  expect(Object.keys(missed.fragments)).not.toContain('orders')
  const again = await following(view(), version).next(tells('35'))
  expect(again.fragments).toEqual(missed.fragments)
  const stranger = await following(view(), missed.version + 1_000_000).next(tells('35'))
  expect(Object.keys(stranger.fragments)).toContain('orders')
})

test('who is slow to take what is told gets the newest then, and not all that was between', async () => {
  const {file, view} = await started(first)
  const taking = Promise.withResolvers<void>()
  const slow = following(view(), 0, () => taking.promise)
  const quick = following(view())
  await slow.next(tells('30'))
  for (const total of ['21', '22', '23']) {
    writeFileSync(file, first.replace('South,20', `South,${total}`))
    await quick.next(tells(String(10 + Number(total))))
  }
  taking.resolve()
  await slow.next(tells('33'))
  expect(slow.changes).toEqual([])
})

test('when the last one leaves, nothing is watched and the data are let go', async () => {
  const {file, view, live} = await started(first)
  const source = view().source
  const viewer = following(view())
  await viewer.next(tells('30'))
  const leave = live.enter('default')
  expect(live.size).toEqual({streams: 1, views: 1, sources: 1})
  await viewer.leave()
  leave()
  await expect.poll(() => live.size).toEqual({streams: 0, views: 0, sources: 0})
  await expect(source.use(async () => 1)).rejects.toMatchObject({code: 'cancelled'})
  appendFileSync(file, '3,2026-01-03,North,5\n')
  expect(source.reads).toBe(1)
})

test('there is room for so many streams, of a tenant and of all', () => {
  const live = new LiveDashboards({tenantStreams: 2, streams: 3})
  const [leave] = [live.enter('acme'), live.enter('acme'), live.enter('globex')]
  expect(() => live.enter('acme')).toThrow(expect.objectContaining({code: 'too_many_viewers', retryAfter: 30}))
  expect(() => live.enter('globex')).toThrow(expect.objectContaining({code: 'too_many_viewers'}))
  leave!()
  live.enter('globex')
})

test('data that tell of no changes are read again when they are old, and only then', async () => {
  const directory = temporaryDirectory()
  writeFileSync(join(directory, 'sales.csv'), first)
  const context = contextIn(directory)
  let now = 0
  const choice = {kind: 'files', location: join(directory, 'sales.csv'), catalogue: undefined} as const
  const source = new LiveSource({
    open: signal => DataSupply.open(choice, {...context, signal}),
    every: 30_000,
    clock: {now: () => new Date(now), elapsed: () => now},
    log: context.log,
  })
  onTestFinished(() => source.close())
  const version = () => source.use(async loaded => loaded.version)
  expect([await version(), await version()]).toEqual([1, 1])
  now = 30_000
  expect(await Promise.all([version(), version()])).toEqual([2, 2])
})

test('days and filters choose what is read; the last day that the data know ends where they do', async () => {
  const rows = [
    '1,2026-03-27T08:00:00Z,North,1',
    '2,2026-03-28T23:30:00Z,North,2',
    '3,2026-03-29T10:00:00Z,South,4',
    '4,2026-03-30T12:00:00Z,North,8',
  ]
  const directory = temporaryDirectory()
  writeFileSync(join(directory, 'sales.csv'), header + rows.map(row => `${row}\n`).join(''))
  const context = contextIn(directory)
  const data = {kind: 'files', location: join(directory, 'sales.csv')} as const
  const zone = 'Europe/Ljubljana'
  const [dashboard] = await chosenDashboards({names: ['Revenue Analytics'], data, zone, where: {}}, context)
  await using live = new LiveDashboards()
  const read = async (query: string) => {
    const {data: told} = await live.view(dashboard!, selectionFrom(new URLSearchParams(query)), context).data()
    const revenue = told.panels.find(({panel}) => panel.id === 'revenue')!
    const byDay = told.panels.find(({panel}) => panel.id === 'revenue-by-day')!
    const {firstDay, lastDay} = told.period.current
    if (!('data' in revenue) || !('data' in byDay)) throw new Error('not shown')
    const days = panelTable(byDay.data, told.period).rows.map(row => row.map(({raw}) => raw))
    return {
      days: [firstDay, lastDay],
      revenue: revenue.data.kind === 'figure' ? revenue.data.value : null,
      whole: days.map(row => row.at(-1)),
    }
  }
  // 23:30 in UTC is the next day there, on which clocks go forward.
  expect(await read('from=2026-03-29&to=2026-03-29')).toEqual({
    days: ['2026-03-29', '2026-03-29'],
    revenue: '6',
    whole: ['yes'],
  })
  expect(await read('from=2026-03-29&to=2026-12-31')).toEqual({
    days: ['2026-03-29', '2026-03-30'],
    revenue: '14',
    whole: ['yes', 'no'],
  })
  expect(await read('from=2026-03-27&where.region=North')).toMatchObject({revenue: '11'})
  await expect(read('from=2026-04-01')).rejects.toMatchObject({
    code: 'invalid_input',
    message: expect.stringContaining('2026-03-30'),
  })
})

test.each([
  'from=2026-02-30',
  'to=yesterday',
  'from=2026-02-02&to=2026-02-01',
  'where.Region=x',
  'colour=red',
  `where.a=${'x'.repeat(201)}`,
])('a selection %s is refused', query => {
  expect(() => selectionFrom(new URLSearchParams(query))).toThrow(expect.objectContaining({code: 'invalid_input'}))
})

test('the same selection in another order is the same view', () => {
  expect(JSON.stringify(selectionFrom(new URLSearchParams('where.b=2&where.a=1&from=')))).toBe(
    JSON.stringify(checkedSelection({where: {a: '1', b: '2'}})),
  )
})

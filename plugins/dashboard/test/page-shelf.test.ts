import {expect, test} from 'vitest'
import {describeOnEachDatabase, testContext} from '@omni-ops/core/testing'
import {keepPages, keptPages, stateOf} from '../src/build/page-shelf.ts'
import {migrations} from '../src/migrations.ts'

describeOnEachDatabase('the shelf of pages', databases => {
  test('each tenant has its own pages, built again in their place', async () => {
    const database = await databases.create(migrations)
    await using store = await database.open()
    const acme = testContext({store, tenant: 'acme'})
    const globex = testContext({store, tenant: 'globex', directory: acme.workingDirectory})
    const page = (html: string) => {
      const files = [{format: 'html' as const, content: html}]
      const built = {title: 'Žiga & “Co”', files, panels: [], firstDay: '2026-01-01', lastDay: '2026-01-31'}
      return [{built, slug: 'weekly', type: null, sample: false, proposal: null, definition: undefined}]
    }
    await keepPages(acme, page('<p>1</p>'), '')
    await keepPages(globex, page('<p>of another</p>'), '')
    await keepPages(acme, page('<p>second</p>'), '')
    await keepPages(acme, page('<p>3</p>'), 'below')
    const pages = await keptPages(acme)
    expect(pages.map(({path, bytes, title, sample, panels}) => ({path, bytes, title, sample, panels}))).toEqual([
      {path: 'below/weekly', bytes: 8, title: 'Žiga & “Co”', sample: false, panels: []},
      {path: 'weekly', bytes: 13, title: 'Žiga & “Co”', sample: false, panels: []},
    ])
    expect(await Promise.all(pages.map(each => stateOf(each, acme)))).toEqual(['ready', 'ready'])
    expect(await keptPages(globex)).toHaveLength(1)
  })
})

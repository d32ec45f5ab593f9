import {expect, test} from 'vitest'
import {readPanel} from '../src/query/panel-data.ts'
import {reportingPeriod} from '../src/query/reporting-period.ts'
import {openSample, sampleOptions} from '../src/sample/open-sample.ts'
import {templates} from '../src/templates/index.ts'
import {PanelRecomputation, shownNumbers} from './support/panel-recomputation.ts'
import {recipes} from './support/recipes.ts'
import {sampleDatabase, shiftDay, zone} from './support/recomputation.ts'

test('every type is recomputed here', () => {
  expect(Object.keys(recipes).toSorted()).toEqual(templates.map(({name}) => name).toSorted())
})

test.each(templates.map(template => [template.name, template] as const))(
  '%s: every figure, point, part and total is what SQLite computes from the same rows',
  async (name, template) => {
    const times = Object.fromEntries(
      Object.entries(template.catalogue.tables).map(([table, {time}]) => [table, time!.column]),
    )
    const database = sampleDatabase(template.sample(sampleOptions(5)), times)
    await using session = await openSample(template, 5, new AbortController().signal)
    const period = await reportingPeriod(template.catalogue, session, {period: template.spec.period, zone})
    const again = new PanelRecomputation(template, recipes[name]!, database)
    const {first, last, days} = again
    expect(period).toMatchObject({
      days,
      current: {firstDay: first, lastDay: last},
      previous: {firstDay: shiftDay(first, -days), lastDay: shiftDay(last, -days)},
    })
    let compared = 0
    for (const panel of template.spec.panels) {
      const scope = {catalogue: template.catalogue, period: period!, spec: template.spec}
      const shown = shownNumbers(await readPanel(panel, scope, session))
      expect([panel.id, shown]).toEqual([panel.id, again.numbers(panel)])
      compared += Object.keys(shown).length
    }
    expect(compared).toBeGreaterThan(80)
  },
)

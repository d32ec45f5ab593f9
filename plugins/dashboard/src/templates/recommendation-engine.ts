import {daysBefore, events, type SampleOptions, type SampleRow} from '../sample/sample-table.ts'
import {counted, defineTemplate, money, share} from './define-template.ts'

/** How often something at a place of the list is looked at, against the first place. */
const attention: Readonly<Record<string, number>> = {1: 1, 2: 0.72, 3: 0.55, 4: 0.43, 5: 0.35, 6: 0.29}
const places: Readonly<Record<string, number>> = {1: 30, 2: 25, 3: 20, 4: 15, 5: 11, 6: 8}
const appeal: Readonly<Record<string, number>> = {'Two-tower': 0.118, 'Bought together': 0.096, 'Most popular': 0.052}

/**
 * A new model gets more of the traffic from five weeks before the end on: it is clicked more and shows more of what
 * few people look for. In the last days it fails more often, and what is popular stands in for it.
 */
function* impressions(options: SampleOptions): Generator<SampleRow> {
  yield* events('recommendations', {perDay: 165, growth: 0.15, weekend: 1.1}, options, (at, random, number) => {
    const ago = daysBefore(options.end, at)
    const launched = ago < 35 ? Math.min(8, (35 - ago) / 2) : 0.6
    const model = random.choice({
      'Two-tower': launched,
      'Bought together': 6,
      'Most popular': ago < 4 ? 4.5 : 2,
    })
    const popularity = random.choice(
      model === 'Two-tower'
        ? {Head: 4, Middle: 4, Tail: 3}
        : model === 'Bought together'
          ? {Head: 6, Middle: 3, Tail: 1}
          : {Head: 1},
    )
    const placement = random.choice({Home: 6, 'Product page': 5, Basket: 2, 'E-mail': 2})
    const eager = {Home: 0.8, 'Product page': 1.1, Basket: 1.5, 'E-mail': 0.6}[placement]!
    const position = random.choice(places)
    const clicked = random.chance(appeal[model]! * eager * attention[position]!)
    const bought = clicked && random.chance(placement === 'Basket' ? 0.2 : 0.11)
    const [first, size] = {Head: [0, 90], Middle: [90, 400], Tail: [490, 1600]}[popularity] as [number, number]
    return {
      impression_id: `m-${String(number).padStart(7, '0')}`,
      shown_at: at,
      user_id: random.entity('u', 2600),
      item_id: `item-${String(first + random.whole(1, size)).padStart(4, '0')}`,
      model,
      placement,
      position: Number(position),
      popularity,
      clicked,
      bought,
      revenue: bought ? random.skewed(38, 0.6, 2) : 0,
      currency: 'EUR',
    }
  })
}

export const recommendationEngine = defineTemplate({
  name: 'Recommendation Engine',
  priority: 3,
  summary:
    'What is recommended and by which model, what people click and buy of it, and how much of the catalogue is seen',
  tables: {
    recommendations: {
      columns: {
        impression_id: 'VARCHAR',
        shown_at: 'TIMESTAMPTZ',
        user_id: 'VARCHAR',
        item_id: 'VARCHAR',
        model: 'VARCHAR',
        placement: 'VARCHAR',
        position: 'BIGINT',
        popularity: 'VARCHAR',
        clicked: 'BOOLEAN',
        bought: 'BOOLEAN',
        revenue: 'DOUBLE',
        currency: 'VARCHAR',
      },
      key: ['impression_id'],
      time: 'shown_at',
      measures: {revenue: 'amount'},
      rows: impressions,
    },
  },
  metrics: {
    shown: {
      kind: 'count',
      title: 'Shown',
      description: 'Recommendations that somebody saw',
      table: 'recommendations',
      unit: counted('recommendations'),
    },
    clicks: {
      kind: 'count',
      title: 'Clicks',
      table: 'recommendations',
      where: [{column: 'clicked', values: [true]}],
      unit: counted('recommendations'),
      better: 'higher',
    },
    click_rate: {
      kind: 'ratio',
      title: 'Click rate',
      description: 'Clicks as a share of what was shown',
      numerator: 'clicks',
      denominator: 'shown',
      unit: share,
      better: 'higher',
    },
    purchases: {
      kind: 'count',
      title: 'Purchases',
      table: 'recommendations',
      where: [{column: 'bought', values: [true]}],
      unit: counted('recommendations'),
      better: 'higher',
    },
    conversion: {
      kind: 'ratio',
      title: 'Conversion',
      description: 'Purchases as a share of clicks',
      numerator: 'purchases',
      denominator: 'clicks',
      unit: share,
      better: 'higher',
    },
    revenue: {
      kind: 'sum',
      title: 'Revenue after a click',
      description: 'Of what was clicked and bought; some of it would have been bought without a recommendation',
      table: 'recommendations',
      column: 'revenue',
      unit: money,
      better: 'higher',
    },
    revenue_per_click: {
      kind: 'ratio',
      title: 'Revenue per click',
      numerator: 'revenue',
      denominator: 'clicks',
      unit: money,
      better: 'higher',
    },
    items_shown: {
      kind: 'distinct',
      title: 'Items shown',
      description: 'Different items that were recommended at least once: how much of the catalogue is seen',
      table: 'recommendations',
      column: 'item_id',
      unit: counted('items'),
      better: 'higher',
    },
    people: {
      kind: 'distinct',
      title: 'People reached',
      table: 'recommendations',
      column: 'user_id',
      unit: counted('people'),
      better: 'higher',
    },
    tail_shown: {
      kind: 'count',
      title: 'Shown from the tail',
      table: 'recommendations',
      where: [{column: 'popularity', values: ['Tail', 'tail', 'long_tail', 'Long tail']}],
      unit: counted('recommendations'),
      better: 'higher',
    },
    tail_share: {
      kind: 'ratio',
      title: 'Share of the tail',
      description: 'Recommendations of items that few people look for, as a share of all',
      numerator: 'tail_shown',
      denominator: 'shown',
      unit: share,
      better: 'higher',
    },
  },
  dimensions: {
    model: {title: 'Model', table: 'recommendations', column: 'model'},
    placement: {title: 'Placement', table: 'recommendations', column: 'placement'},
    position: {title: 'Position', table: 'recommendations', column: 'position'},
    popularity: {title: 'Popularity', table: 'recommendations', column: 'popularity'},
  },
  synonyms: {
    'recommendations.impression_id': ['id', 'recommendation_id', 'event_id'],
    'recommendations.shown_at': ['timestamp', 'time', 'at', 'impression_at', 'created_at', 'date'],
    'recommendations.user_id': ['user', 'visitor_id', 'customer_id', 'member_id'],
    'recommendations.item_id': ['item', 'product_id', 'sku', 'content_id', 'article_id'],
    'recommendations.model': ['strategy', 'algorithm', 'variant', 'model_version'],
    'recommendations.placement': ['slot', 'widget', 'surface', 'page'],
    'recommendations.position': ['rank', 'slot_position'],
    'recommendations.popularity': ['popularity_band', 'item_band', 'segment'],
    'recommendations.clicked': ['click', 'is_clicked', 'interacted'],
    'recommendations.bought': ['purchased', 'converted', 'ordered'],
    'recommendations.revenue': ['amount', 'order_value', 'value'],
    'recommendations.currency': ['currency_code'],
  },
  period: {unit: 'day', count: 42},
  panels: [
    {id: 'click-rate', kind: 'figure', title: 'Click rate', metric: 'click_rate'},
    {id: 'conversion', kind: 'figure', title: 'Conversion', metric: 'conversion'},
    {id: 'revenue', kind: 'figure', title: 'Revenue after a click', metric: 'revenue'},
    {id: 'items-shown', kind: 'figure', title: 'Items shown', metric: 'items_shown'},
    {id: 'tail-share', kind: 'figure', title: 'Share of the tail', metric: 'tail_share'},
    {
      id: 'click-rate-by-model',
      kind: 'trend',
      title: 'Click rate by model and week',
      metrics: ['click_rate'],
      grain: 'week',
      split: 'model',
    },
    {
      id: 'shown-by-model',
      kind: 'trend',
      title: 'Recommendations shown, by model and day',
      metrics: ['shown'],
      grain: 'day',
      split: 'model',
      mark: 'stacked',
    },
    {
      id: 'models',
      kind: 'breakdown',
      title: 'Click rate by model',
      metrics: ['click_rate', 'conversion', 'revenue_per_click', 'items_shown', 'tail_share', 'shown'],
      dimension: 'model',
    },
    {
      id: 'placements',
      kind: 'breakdown',
      title: 'Revenue by placement',
      metrics: ['revenue', 'click_rate', 'conversion', 'shown'],
      dimension: 'placement',
    },
    {
      id: 'positions',
      kind: 'breakdown',
      title: 'Click rate by position',
      metrics: ['click_rate', 'shown', 'clicks'],
      dimension: 'position',
      rank_by: 'shown',
    },
    {
      id: 'popularity',
      kind: 'breakdown',
      title: 'Items shown, by how popular they are',
      metrics: ['items_shown', 'shown', 'click_rate'],
      dimension: 'popularity',
    },
  ],
})

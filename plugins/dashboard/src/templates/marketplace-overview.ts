import {dailyStates, events, type SampleRow} from '../sample/sample-table.ts'
import {counted, defineTemplate, money, share} from './define-template.ts'

const categories: Readonly<
  Record<string, {weight: number; median: number; take: number; listings: number; growth: number}>
> = {
  Furniture: {weight: 4, median: 140, take: 0.12, listings: 2100, growth: 0.18},
  Lighting: {weight: 5, median: 58, take: 0.14, listings: 3400, growth: 0.31},
  Textiles: {weight: 6, median: 34, take: 0.15, listings: 5200, growth: 0.12},
  Kitchen: {weight: 5, median: 42, take: 0.14, listings: 4100, growth: 0.06},
  Art: {weight: 2, median: 90, take: 0.18, listings: 2600, growth: 0.42},
  Garden: {weight: 3, median: 66, take: 0.13, listings: 1500, growth: 0.55},
}
const weights = Object.fromEntries(Object.entries(categories).map(([name, {weight}]) => [name, weight]))

/** The seller that grew faster than it could ship. */
const overwhelmed = 'seller-0002'

export const marketplaceOverview = defineTemplate({
  name: 'Marketplace Overview',
  priority: 2,
  summary: 'What is sold, what the marketplace keeps of it, and whether buyers and sellers are served',
  tables: {
    marketplace_orders: {
      columns: {
        order_id: 'VARCHAR',
        ordered_at: 'TIMESTAMPTZ',
        seller: 'VARCHAR',
        buyer_id: 'VARCHAR',
        category: 'VARCHAR',
        country: 'VARCHAR',
        status: 'VARCHAR',
        amount: 'DOUBLE',
        commission: 'DOUBLE',
        currency: 'VARCHAR',
        first_order: 'BOOLEAN',
        hours_to_ship: 'DOUBLE',
        rating: 'BIGINT',
      },
      key: ['order_id'],
      time: 'ordered_at',
      measures: {amount: 'amount', commission: 'amount', hours_to_ship: 'value', rating: 'value'},
      rows: options =>
        events('marketplace_orders', {perDay: 85, growth: 0.4, weekend: 1.3}, options, (at, random, number) => {
          const category = random.choice(weights)
          const {median, take} = categories[category]!
          const seller = random.entity('seller', 140)
          const isLate = seller === overwhelmed && random.chance(0.5)
          const amount = random.skewed(median, 0.55, 2)
          const status = random.choice({
            delivered: isLate ? 60 : 92,
            cancelled: isLate ? 22 : 3.5,
            returned: 3,
            disputed: isLate ? 9 : 0.8,
          })
          const isShipped = status !== 'cancelled'
          return {
            order_id: `m-${String(number).padStart(6, '0')}`,
            ordered_at: at,
            seller,
            buyer_id: random.entity('b', 5200),
            category,
            country: random.choice({Germany: 6, Austria: 3, France: 3, Italy: 2, Slovenia: 2, Czechia: 1}),
            status,
            amount,
            commission: isShipped ? Number((amount * take).toFixed(2)) : 0,
            currency: 'EUR',
            first_order: random.chance(0.38),
            hours_to_ship: isShipped ? random.skewed(isLate ? 96 : 22, 0.6, 1) : null,
            rating:
              isShipped && random.chance(0.4)
                ? isLate
                  ? random.whole(1, 4)
                  : 5 - Math.floor(random.unit() ** 3 * 5)
                : null,
          }
        }),
    },
    listing_days: {
      columns: {day: 'DATE', category: 'VARCHAR', listings: 'BIGINT', sellers: 'BIGINT'},
      key: ['day', 'category'],
      time: 'day',
      measures: {listings: 'balance', sellers: 'balance'},
      rows: options =>
        dailyStates('listing_days', options, function* (date, progress, random): Generator<SampleRow> {
          for (const [category, {listings, growth}] of Object.entries(categories)) {
            const active = Math.round(listings * (1 + growth * progress) + random.whole(-12, 12))
            yield {day: date, category, listings: active, sellers: Math.round(active / 64) + random.whole(0, 1)}
          }
        }),
    },
  },
  metrics: {
    gmv: {
      kind: 'sum',
      title: 'Gross merchandise value',
      description: 'What buyers ordered, cancelled and returned orders among it',
      table: 'marketplace_orders',
      column: 'amount',
      unit: money,
      better: 'higher',
    },
    commission: {
      kind: 'sum',
      title: 'Commission',
      table: 'marketplace_orders',
      column: 'commission',
      unit: money,
      better: 'higher',
    },
    orders: {kind: 'count', title: 'Orders', table: 'marketplace_orders', unit: counted('orders'), better: 'higher'},
    cancelled: {
      kind: 'count',
      title: 'Cancelled',
      table: 'marketplace_orders',
      where: [{column: 'status', values: ['cancelled', 'canceled', 'refused', 'rejected']}],
      unit: counted('orders'),
      better: 'lower',
    },
    returned: {
      kind: 'count',
      title: 'Returned',
      table: 'marketplace_orders',
      where: [{column: 'status', values: ['returned', 'refunded']}],
      unit: counted('orders'),
      better: 'lower',
    },
    disputed: {
      kind: 'count',
      title: 'Disputed',
      table: 'marketplace_orders',
      where: [{column: 'status', values: ['disputed', 'incident_open', 'claim']}],
      unit: counted('orders'),
      better: 'lower',
    },
    troubled: {
      kind: 'count',
      title: 'Orders with trouble',
      description: 'Cancelled, returned or disputed',
      table: 'marketplace_orders',
      where: [
        {
          column: 'status',
          values: [
            'cancelled',
            'canceled',
            'refused',
            'rejected',
            'returned',
            'refunded',
            'disputed',
            'incident_open',
            'claim',
          ],
        },
      ],
      unit: counted('orders'),
      better: 'lower',
    },
    first_orders: {
      kind: 'count',
      title: 'First orders',
      table: 'marketplace_orders',
      where: [{column: 'first_order', values: [true]}],
      unit: counted('orders'),
      better: 'higher',
    },
    buyers: {
      kind: 'distinct',
      title: 'Active buyers',
      description: 'Who ordered at least once',
      table: 'marketplace_orders',
      column: 'buyer_id',
      unit: counted('people'),
      better: 'higher',
    },
    selling_sellers: {
      kind: 'distinct',
      title: 'Sellers with an order',
      table: 'marketplace_orders',
      column: 'seller',
      unit: counted('sellers'),
      better: 'higher',
    },
    take_rate: {
      kind: 'ratio',
      title: 'Take rate',
      description: 'Commission as a share of gross merchandise value',
      numerator: 'commission',
      denominator: 'gmv',
      unit: share,
      better: 'higher',
    },
    average_order: {
      kind: 'ratio',
      title: 'Average order',
      numerator: 'gmv',
      denominator: 'orders',
      unit: money,
      better: 'higher',
    },
    trouble_rate: {
      kind: 'ratio',
      title: 'Orders with trouble',
      description: 'Cancelled, returned or disputed orders as a share of all',
      numerator: 'troubled',
      denominator: 'orders',
      unit: share,
      better: 'lower',
    },
    first_order_share: {
      kind: 'ratio',
      title: 'First orders',
      description: 'Orders that are their buyer’s first, as a share of all',
      numerator: 'first_orders',
      denominator: 'orders',
      unit: share,
    },
    orders_per_seller: {
      kind: 'ratio',
      title: 'Orders per seller',
      numerator: 'orders',
      denominator: 'selling_sellers',
      unit: {kind: 'number', noun: 'orders'},
      better: 'higher',
    },
    median_hours_to_ship: {
      kind: 'percentile',
      percentile: 50,
      title: 'Median hours to ship',
      table: 'marketplace_orders',
      column: 'hours_to_ship',
      unit: {kind: 'number', noun: 'hours'},
      better: 'lower',
    },
    mean_rating: {
      kind: 'mean',
      title: 'Mean rating',
      table: 'marketplace_orders',
      column: 'rating',
      unit: {kind: 'number', noun: 'of 5'},
      better: 'higher',
    },
    listings: {
      kind: 'balance',
      title: 'Active listings',
      description: 'As of the last day of the time that is shown; never added up over days',
      table: 'listing_days',
      column: 'listings',
      unit: counted('listings'),
      better: 'higher',
    },
  },
  dimensions: {
    seller: {title: 'Seller', table: 'marketplace_orders', column: 'seller'},
    category: {title: 'Category', table: 'marketplace_orders', column: 'category'},
    country: {title: 'Country', table: 'marketplace_orders', column: 'country'},
    status: {title: 'Status', table: 'marketplace_orders', column: 'status'},
    currency: {title: 'Currency', table: 'marketplace_orders', column: 'currency'},
    listed_category: {title: 'Category', table: 'listing_days', column: 'category'},
    shipping_time: {
      title: 'Hours to ship',
      table: 'marketplace_orders',
      column: 'hours_to_ship',
      bands: {edges: [0, 12, 24, 48, 72, 120]},
    },
  },
  synonyms: {
    'marketplace_orders.order_id': ['id', 'order_number', 'order_reference'],
    'marketplace_orders.ordered_at': ['created_at', 'created_date', 'order_date', 'timestamp', 'date', 'time'],
    'marketplace_orders.seller': [
      'seller_id',
      'shop',
      'shop_name',
      'shop_id',
      'vendor',
      'merchant',
      'provider',
      'store',
    ],
    'marketplace_orders.buyer_id': ['buyer', 'customer_id', 'customer', 'user_id'],
    'marketplace_orders.category': ['category_label', 'product_category', 'department'],
    'marketplace_orders.country': ['ship_to_country', 'shipping_country', 'region', 'market'],
    'marketplace_orders.status': ['order_state', 'state', 'order_status'],
    'marketplace_orders.amount': ['total_price', 'gmv', 'total', 'order_total', 'price', 'gross_amount'],
    'marketplace_orders.commission': ['total_commission', 'marketplace_fee', 'fee', 'take', 'platform_fee'],
    'marketplace_orders.first_order': ['is_first_order', 'new_buyer', 'new_customer'],
    'marketplace_orders.hours_to_ship': ['shipping_hours', 'handling_hours', 'dispatch_hours'],
    'marketplace_orders.rating': ['review_rating', 'stars', 'score', 'evaluation'],
    'marketplace_orders.currency': ['currency_code', 'currency_iso_code'],
    'listing_days.day': ['date', 'snapshot_date', 'as_of'],
    'listing_days.listings': ['active_listings', 'offers', 'active_offers'],
    'listing_days.sellers': ['active_sellers', 'shops'],
    'listing_days.category': ['category_label', 'department'],
  },
  period: {unit: 'day', count: 60},
  panels: [
    {id: 'gmv', kind: 'figure', title: 'Gross merchandise value', metric: 'gmv'},
    {id: 'take-rate', kind: 'figure', title: 'Take rate', metric: 'take_rate'},
    {id: 'buyers', kind: 'figure', title: 'Active buyers', metric: 'buyers'},
    {id: 'selling-sellers', kind: 'figure', title: 'Sellers with an order', metric: 'selling_sellers'},
    {id: 'listings', kind: 'figure', title: 'Active listings', metric: 'listings'},
    {id: 'trouble-rate', kind: 'figure', title: 'Orders with trouble', metric: 'trouble_rate'},
    {
      id: 'gmv-by-day',
      kind: 'trend',
      title: 'Gross merchandise value by day, and the next two weeks',
      metrics: ['gmv'],
      grain: 'day',
      forecast: {steps: 14},
    },
    {
      id: 'gmv-by-category',
      kind: 'trend',
      title: 'Gross merchandise value by category and week',
      metrics: ['gmv'],
      grain: 'week',
      split: 'category',
      mark: 'stacked',
    },
    {
      id: 'sellers',
      kind: 'breakdown',
      title: 'Sellers by gross merchandise value',
      metrics: ['gmv', 'orders', 'take_rate', 'trouble_rate', 'median_hours_to_ship', 'mean_rating'],
      dimension: 'seller',
      top: 10,
    },
    {
      id: 'trouble',
      kind: 'trend',
      title: 'Cancelled, returned and disputed orders by week',
      metrics: ['cancelled', 'returned', 'disputed'],
      grain: 'week',
      mark: 'bar',
    },
    {
      id: 'categories-and-countries',
      kind: 'matrix',
      title: 'Gross merchandise value by category and country',
      metric: 'gmv',
      rows: 'category',
      columns: 'country',
    },
    {
      id: 'shipping-time',
      kind: 'breakdown',
      title: 'Hours until an order ships',
      metrics: ['orders', 'trouble_rate', 'mean_rating'],
      dimension: 'shipping_time',
      filters: [{dimension: 'status', operator: 'not_in', values: ['cancelled', 'canceled']}],
    },
    {
      id: 'listings-by-category',
      kind: 'trend',
      title: 'Active listings by category and day',
      metrics: ['listings'],
      grain: 'day',
      split: 'listed_category',
      top: 6,
    },
    {
      id: 'buyers-by-week',
      kind: 'trend',
      title: 'Buyers and sellers with an order, by week',
      metrics: ['buyers', 'selling_sellers'],
      grain: 'week',
      mark: 'bar',
    },
  ],
})

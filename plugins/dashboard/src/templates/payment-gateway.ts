import {daysBefore, events} from '../sample/sample-table.ts'
import {counted, defineTemplate, money, share} from './define-template.ts'

const methods: Readonly<
  Record<string, {weight: number; refused: number; feeShare: number; fee: number; median: number}>
> = {
  Card: {weight: 10, refused: 0.075, feeShare: 0.014, fee: 0.25, median: 48},
  Wallet: {weight: 5, refused: 0.032, feeShare: 0.014, fee: 0.25, median: 36},
  'Bank transfer': {weight: 3, refused: 0.018, feeShare: 0.002, fee: 0.3, median: 120},
  'Direct debit': {weight: 2, refused: 0.026, feeShare: 0.003, fee: 0.35, median: 64},
  'Pay later': {weight: 2, refused: 0.112, feeShare: 0.029, fee: 0.3, median: 96},
}
const weights = Object.fromEntries(Object.entries(methods).map(([name, {weight}]) => [name, weight]))
const settled = ['captured', 'succeeded', 'settled', 'paid']

export const paymentGateway = defineTemplate({
  name: 'Payment Gateway',
  priority: 2,
  summary: 'How many payments go through, why others do not, what that costs and what comes back',
  tables: {
    payments: {
      columns: {
        payment_id: 'VARCHAR',
        created_at: 'TIMESTAMPTZ',
        method: 'VARCHAR',
        acquirer: 'VARCHAR',
        country: 'VARCHAR',
        status: 'VARCHAR',
        refusal_reason: 'VARCHAR',
        authenticated: 'BOOLEAN',
        authorised: 'BOOLEAN',
        amount: 'DOUBLE',
        captured_amount: 'DOUBLE',
        refunded_amount: 'DOUBLE',
        fee: 'DOUBLE',
        currency: 'VARCHAR',
        disputed: 'BOOLEAN',
        response_ms: 'BIGINT',
      },
      key: ['payment_id'],
      time: 'created_at',
      measures: {
        amount: 'amount',
        captured_amount: 'amount',
        refunded_amount: 'amount',
        fee: 'amount',
        response_ms: 'value',
      },
      rows: options =>
        events('payments', {perDay: 120, growth: 0.45, weekend: 0.8}, options, (at, random, number) => {
          const method = random.choice(weights)
          const {refused, feeShare, fee, median} = methods[method]!
          const acquirer = random.choice({'Alpine Acquiring': 6, Northpay: 3, 'Blue River': 1})
          // One acquirer was down for most of a day.
          const isDown = acquirer === 'Alpine Acquiring' && daysBefore(options.end, at) === 11
          const amount = random.skewed(median, 0.8, 2)
          const authenticated = !random.chance(method === 'Card' ? 0.034 : 0.006)
          const authorised =
            authenticated &&
            !random.chance(isDown ? 0.62 : refused * (acquirer === 'Blue River' ? 1.6 : 1) * (amount > 250 ? 1.8 : 1))
          const captured = authorised && !random.chance(0.022)
          return {
            payment_id: `p-${String(number).padStart(6, '0')}`,
            created_at: at,
            method,
            acquirer,
            country: random.choice({Germany: 7, Austria: 4, Slovenia: 3, Italy: 3, Croatia: 2}),
            status: captured ? 'captured' : authorised ? 'voided' : 'refused',
            refusal_reason: authorised
              ? null
              : !authenticated
                ? 'Authentication failed'
                : isDown
                  ? 'Acquirer unavailable'
                  : random.choice({
                      'Insufficient funds': 7,
                      'Refused by issuer': 6,
                      'Expired card': 2,
                      'Suspected fraud': 2,
                      'Wrong details': 1,
                    }),
            authenticated,
            authorised,
            amount,
            captured_amount: captured ? amount : 0,
            refunded_amount: captured && random.chance(0.041) ? amount : 0,
            fee: captured ? Number((fee + feeShare * amount).toFixed(2)) : 0.05,
            currency: 'EUR',
            disputed: captured && random.chance(method === 'Card' ? 0.004 : 0.001),
            response_ms: random.skewed(isDown ? 4200 : acquirer === 'Northpay' ? 640 : 820, 0.4),
          }
        }),
    },
  },
  metrics: {
    attempts: {kind: 'count', title: 'Attempts', table: 'payments', unit: counted('payments')},
    authenticated: {
      kind: 'count',
      title: 'Authenticated',
      description: 'Passed the check of who pays, or needed none',
      table: 'payments',
      where: [{column: 'authenticated', values: [true]}],
      unit: counted('payments'),
      better: 'higher',
    },
    authorised: {
      kind: 'count',
      title: 'Authorised',
      table: 'payments',
      where: [{column: 'authorised', values: [true]}],
      unit: counted('payments'),
      better: 'higher',
    },
    captured: {
      kind: 'count',
      title: 'Captured',
      table: 'payments',
      where: [{column: 'status', values: settled}],
      unit: counted('payments'),
      better: 'higher',
    },
    refused: {
      kind: 'count',
      title: 'Refused',
      table: 'payments',
      where: [{column: 'authorised', values: [false]}],
      unit: counted('payments'),
      better: 'lower',
    },
    disputes: {
      kind: 'count',
      title: 'Disputes',
      table: 'payments',
      where: [{column: 'disputed', values: [true]}],
      unit: counted('payments'),
      better: 'lower',
    },
    volume: {
      kind: 'sum',
      title: 'Captured volume',
      table: 'payments',
      column: 'captured_amount',
      unit: money,
      better: 'higher',
    },
    refunds: {
      kind: 'sum',
      title: 'Refunds',
      table: 'payments',
      column: 'refunded_amount',
      unit: money,
      better: 'lower',
    },
    fees: {kind: 'sum', title: 'Fees', table: 'payments', column: 'fee', unit: money, better: 'lower'},
    authorisation_rate: {
      kind: 'ratio',
      title: 'Authorisation rate',
      description: 'Authorised payments as a share of all attempts, those that were not authenticated among them',
      numerator: 'authorised',
      denominator: 'attempts',
      unit: share,
      better: 'higher',
    },
    capture_rate: {
      kind: 'ratio',
      title: 'Capture rate',
      description: 'Captured payments as a share of authorised ones',
      numerator: 'captured',
      denominator: 'authorised',
      unit: share,
      better: 'higher',
    },
    dispute_rate: {
      kind: 'ratio',
      title: 'Dispute rate',
      description:
        'Disputed payments as a share of captured ones, both by the day of the payment; the newest can still be disputed',
      numerator: 'disputes',
      denominator: 'captured',
      unit: share,
      better: 'lower',
    },
    refund_rate: {
      kind: 'ratio',
      title: 'Refund rate',
      numerator: 'refunds',
      denominator: 'volume',
      unit: share,
      better: 'lower',
    },
    fee_rate: {
      kind: 'ratio',
      title: 'Fees of volume',
      numerator: 'fees',
      denominator: 'volume',
      unit: share,
      better: 'lower',
    },
    slow_response: {
      kind: 'percentile',
      percentile: 95,
      title: '95th percentile of responses',
      table: 'payments',
      column: 'response_ms',
      unit: {kind: 'milliseconds'},
      better: 'lower',
    },
  },
  dimensions: {
    method: {title: 'Method', table: 'payments', column: 'method'},
    acquirer: {title: 'Acquirer', table: 'payments', column: 'acquirer'},
    country: {title: 'Country', table: 'payments', column: 'country'},
    status: {title: 'Status', table: 'payments', column: 'status'},
    refusal_reason: {title: 'Reason', table: 'payments', column: 'refusal_reason'},
    currency: {title: 'Currency', table: 'payments', column: 'currency'},
    size: {
      title: 'Amount',
      table: 'payments',
      column: 'amount',
      bands: {edges: [0, 10, 25, 50, 100, 250, 500, 1000]},
    },
  },
  synonyms: {
    'payments.payment_id': ['id', 'charge_id', 'transaction_id', 'psp_reference', 'payment_intent'],
    'payments.created_at': ['created', 'timestamp', 'creation_date', 'booking_date', 'date', 'time', 'at', 'paid_at'],
    'payments.method': ['payment_method', 'payment_method_type', 'payment_method_variant', 'type'],
    'payments.acquirer': ['acquirer_account', 'processor', 'provider', 'gateway', 'psp'],
    'payments.country': ['shopper_country', 'card_country', 'customer_country', 'issuer_country'],
    'payments.status': ['state', 'outcome', 'result', 'journal_type'],
    'payments.refusal_reason': [
      'decline_code',
      'failure_code',
      'failure_reason',
      'decline_reason',
      'raw_acquirer_response',
    ],
    'payments.authorised': ['authorized', 'approved', 'is_authorised'],
    'payments.authenticated': ['three_d_secure_succeeded', 'is_authenticated', 'liability_shift'],
    'payments.amount': ['payment_amount', 'value', 'gross_amount', 'amount_requested'],
    'payments.captured_amount': ['amount_captured', 'captured', 'net_amount'],
    'payments.refunded_amount': ['amount_refunded', 'refunded', 'refund'],
    'payments.fee': ['fees', 'processing_fee', 'commission', 'interchange'],
    'payments.disputed': ['chargeback', 'is_disputed', 'has_dispute'],
    'payments.response_ms': ['latency_ms', 'duration_ms', 'response_time_ms'],
    'payments.currency': ['currency_code', 'payment_currency'],
  },
  period: {unit: 'day', count: 45},
  panels: [
    {id: 'volume', kind: 'figure', title: 'Captured volume', metric: 'volume'},
    {id: 'authorisation-rate', kind: 'figure', title: 'Authorisation rate', metric: 'authorisation_rate'},
    {id: 'fee-rate', kind: 'figure', title: 'Fees of volume', metric: 'fee_rate'},
    {id: 'refund-rate', kind: 'figure', title: 'Refund rate', metric: 'refund_rate'},
    {id: 'dispute-rate', kind: 'figure', title: 'Dispute rate', metric: 'dispute_rate'},
    {id: 'slow-response', kind: 'figure', title: '95th percentile of responses', metric: 'slow_response'},
    {
      id: 'rate-by-day',
      kind: 'trend',
      title: 'Authorisation rate by day',
      metrics: ['authorisation_rate'],
      grain: 'day',
      anomalies: true,
    },
    {
      id: 'volume-by-day',
      kind: 'trend',
      title: 'Captured volume by day, and the next two weeks',
      metrics: ['volume'],
      grain: 'day',
      forecast: {steps: 14},
    },
    {
      id: 'way-of-a-payment',
      kind: 'funnel',
      title: 'From an attempt to a capture',
      metrics: ['attempts', 'authenticated', 'authorised', 'captured'],
    },
    {
      id: 'reasons',
      kind: 'breakdown',
      title: 'Why payments are refused',
      metrics: ['refused'],
      dimension: 'refusal_reason',
      filters: [{dimension: 'refusal_reason', operator: 'not_in', values: [null]}],
    },
    {
      id: 'methods',
      kind: 'breakdown',
      title: 'Methods by volume',
      metrics: ['volume', 'attempts', 'authorisation_rate', 'fee_rate', 'refund_rate', 'dispute_rate'],
      dimension: 'method',
    },
    {
      id: 'acquirers',
      kind: 'breakdown',
      title: 'Authorisation rate by acquirer',
      metrics: ['authorisation_rate', 'attempts', 'slow_response', 'fee_rate'],
      dimension: 'acquirer',
      rank_by: 'attempts',
    },
    {
      id: 'countries-and-methods',
      kind: 'matrix',
      title: 'Authorisation rate by country and method',
      metric: 'authorisation_rate',
      rows: 'country',
      columns: 'method',
      rank_by: 'attempts',
    },
    {
      id: 'sizes',
      kind: 'breakdown',
      title: 'Payments by amount',
      metrics: ['attempts', 'authorisation_rate', 'volume'],
      dimension: 'size',
    },
  ],
})

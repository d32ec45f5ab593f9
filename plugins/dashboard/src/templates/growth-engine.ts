import {SampleRandom} from '../sample/sample-random.ts'
import {daysBefore, events, type SampleOptions, type SampleRow} from '../sample/sample-table.ts'
import {counted, defineTemplate, money, share} from './define-template.ts'

/** Visits for one sign-up, cost of one visit, and how many of those who come find what they came for. */
const channels: Readonly<
  Record<string, {readonly weight: number; readonly visits: number; readonly price: number; readonly fit: number}>
> = {
  Search: {weight: 9, visits: 22, price: 0, fit: 0.52},
  'Paid search': {weight: 5, visits: 26, price: 0.85, fit: 0.47},
  'Paid social': {weight: 3, visits: 58, price: 0.42, fit: 0.24},
  Referral: {weight: 4, visits: 7, price: 0, fit: 0.68},
  Partners: {weight: 2, visits: 14, price: 0, fit: 0.58},
  Content: {weight: 3, visits: 40, price: 0, fit: 0.41},
}

/** Three weeks before the end the budget of paid social is raised: more people sign up, and fewer of them stay. */
function* signUps(options: SampleOptions): Generator<SampleRow> {
  const weights = Object.fromEntries(Object.entries(channels).map(([channel, {weight}]) => [channel, weight]))
  yield* events('sign_ups', {perDay: 34, growth: 0.35, weekend: 0.65}, options, (at, random, number) => {
    const ago = daysBefore(options.end, at)
    const pushed = ago < 21 ? 9 : weights['Paid social']!
    const referral = 3 + 4 * (1 - ago / options.days)
    const channel = random.choice({...weights, 'Paid social': pushed, Referral: referral})
    const variant = random.choice({Checklist: 1, Tour: 1})
    const activated = random.chance(channels[channel]!.fit + (variant === 'Checklist' ? 0.07 : 0))
    const returned = random.chance(activated ? 0.61 : 0.07)
    const paid = activated && random.chance(returned ? 0.26 : 0.04)
    return {
      user_id: `u-${String(number).padStart(6, '0')}`,
      signed_up_at: at,
      channel,
      country: random.choice({Germany: 6, Slovenia: 4, Austria: 4, Italy: 3, Croatia: 2, Netherlands: 2, Poland: 2}),
      onboarding: variant,
      // What cannot be known yet is not false.
      activated: ago < 7 ? null : activated,
      returned: ago < 14 ? null : returned,
      paid: ago < 14 ? null : paid,
    }
  })
}

/** Visits and money by day and channel, of the same sign-ups; of whole days, as such reports are. */
function* channelDays(options: SampleOptions): Generator<SampleRow> {
  const random = new SampleRandom(options.seed, 'channel_days')
  const today = new Date(options.end).toISOString().slice(0, 10)
  const days = new Map<string, Map<string, number>>()
  for (const {signed_up_at: at, channel} of signUps(options)) {
    const day = String(at).slice(0, 10)
    if (day === today) continue
    const counts = days.get(day) ?? new Map<string, number>()
    counts.set(String(channel), (counts.get(String(channel)) ?? 0) + 1)
    days.set(day, counts)
  }
  for (const [day, counts] of days) {
    for (const [channel, {visits: each, price}] of Object.entries(channels)) {
      const count = counts.get(channel) ?? 0
      const visits = Math.round((count + 0.5) * each * (0.8 + 0.4 * random.unit()))
      const spend = Number((visits * price * (0.9 + 0.2 * random.unit())).toFixed(2))
      yield {day, channel, visits, new_users: count, spend, currency: 'EUR'}
    }
  }
}

const known = [true, false]

export const growthEngine = defineTemplate({
  name: 'Growth Engine',
  priority: 2,
  summary: 'Acquisition, activation, retention, referral and revenue: who comes, who stays, and what each costs',
  tables: {
    sign_ups: {
      columns: {
        user_id: 'VARCHAR',
        signed_up_at: 'TIMESTAMPTZ',
        channel: 'VARCHAR',
        country: 'VARCHAR',
        onboarding: 'VARCHAR',
        activated: 'BOOLEAN',
        returned: 'BOOLEAN',
        paid: 'BOOLEAN',
      },
      key: ['user_id'],
      time: 'signed_up_at',
      rows: signUps,
    },
    channel_days: {
      columns: {
        day: 'DATE',
        channel: 'VARCHAR',
        visits: 'BIGINT',
        new_users: 'BIGINT',
        spend: 'DOUBLE',
        currency: 'VARCHAR',
      },
      key: ['day', 'channel'],
      time: 'day',
      measures: {visits: 'amount', new_users: 'amount', spend: 'amount'},
      rows: channelDays,
    },
    invitations: {
      columns: {
        invitation_id: 'VARCHAR',
        sent_at: 'TIMESTAMPTZ',
        sender_id: 'VARCHAR',
        accepted: 'BOOLEAN',
      },
      key: ['invitation_id'],
      time: 'sent_at',
      rows: options =>
        events('invitations', {perDay: 22, growth: 0.9, weekend: 0.7}, options, (at, random, number) => ({
          invitation_id: `i-${String(number).padStart(6, '0')}`,
          sent_at: at,
          sender_id: random.entity('u', 1500),
          accepted: random.chance(0.27),
        })),
    },
  },
  metrics: {
    visits: {kind: 'sum', title: 'Visits', table: 'channel_days', column: 'visits', unit: counted('visits')},
    new_users: {
      kind: 'sum',
      title: 'New users',
      table: 'channel_days',
      column: 'new_users',
      unit: counted('users'),
      better: 'higher',
    },
    spend: {kind: 'sum', title: 'Spend', table: 'channel_days', column: 'spend', unit: money, better: 'lower'},
    sign_up_rate: {
      kind: 'ratio',
      title: 'Sign-up rate',
      description: 'New users as a share of visits',
      numerator: 'new_users',
      denominator: 'visits',
      unit: share,
      better: 'higher',
    },
    cost_per_user: {
      kind: 'ratio',
      title: 'Cost per new user',
      numerator: 'spend',
      denominator: 'new_users',
      unit: money,
      better: 'lower',
    },
    sign_ups: {kind: 'count', title: 'Sign-ups', table: 'sign_ups', unit: counted('sign-ups'), better: 'higher'},
    referred: {
      kind: 'count',
      title: 'Referred',
      table: 'sign_ups',
      where: [{column: 'channel', values: ['Referral', 'referral', 'Invitation', 'invite']}],
      unit: counted('sign-ups'),
      better: 'higher',
    },
    referred_share: {
      kind: 'ratio',
      title: 'Referred share',
      description: 'Sign-ups that another user brought, as a share of all',
      numerator: 'referred',
      denominator: 'sign_ups',
      unit: share,
      better: 'higher',
    },
    week_old: {
      kind: 'count',
      title: 'Sign-ups a week old',
      description: 'Those of whom it is known by now whether they activated',
      table: 'sign_ups',
      where: [{column: 'activated', values: known}],
      unit: counted('sign-ups'),
    },
    activated: {
      kind: 'count',
      title: 'Activated',
      description: 'Did what the product is for within seven days',
      table: 'sign_ups',
      where: [{column: 'activated', values: [true]}],
      unit: counted('sign-ups'),
      better: 'higher',
    },
    activation_rate: {
      kind: 'ratio',
      title: 'Activation rate',
      description: 'Activated within seven days, of those who signed up at least seven days ago',
      numerator: 'activated',
      denominator: 'week_old',
      unit: share,
      better: 'higher',
    },
    fortnight_old: {
      kind: 'count',
      title: 'Sign-ups two weeks old',
      description: 'Those of whom it is known by now whether they came back',
      table: 'sign_ups',
      where: [{column: 'returned', values: known}],
      unit: counted('sign-ups'),
    },
    activated_by_then: {
      kind: 'count',
      title: 'Activated of them',
      table: 'sign_ups',
      where: [
        {column: 'activated', values: [true]},
        {column: 'returned', values: known},
      ],
      unit: counted('sign-ups'),
      better: 'higher',
    },
    returned: {
      kind: 'count',
      title: 'Came back',
      description: 'Was there in the second week',
      table: 'sign_ups',
      where: [{column: 'returned', values: [true]}],
      unit: counted('sign-ups'),
      better: 'higher',
    },
    retention_rate: {
      kind: 'ratio',
      title: 'Second-week retention',
      description: 'Came back in the second week, of those who signed up at least two weeks ago',
      numerator: 'returned',
      denominator: 'fortnight_old',
      unit: share,
      better: 'higher',
    },
    paying: {
      kind: 'count',
      title: 'Paying',
      table: 'sign_ups',
      where: [{column: 'paid', values: [true]}],
      unit: counted('sign-ups'),
      better: 'higher',
    },
    paying_rate: {
      kind: 'ratio',
      title: 'Paying share',
      description: 'Paid, of those who signed up at least two weeks ago',
      numerator: 'paying',
      denominator: 'fortnight_old',
      unit: share,
      better: 'higher',
    },
    invitations: {
      kind: 'count',
      title: 'Invitations sent',
      table: 'invitations',
      unit: counted('invitations'),
      better: 'higher',
    },
    accepted: {
      kind: 'count',
      title: 'Invitations accepted',
      table: 'invitations',
      where: [{column: 'accepted', values: [true]}],
      unit: counted('invitations'),
      better: 'higher',
    },
  },
  dimensions: {
    channel: {title: 'Channel', table: 'sign_ups', column: 'channel'},
    visit_channel: {title: 'Channel', table: 'channel_days', column: 'channel'},
    country: {title: 'Country', table: 'sign_ups', column: 'country'},
    onboarding: {title: 'Onboarding', table: 'sign_ups', column: 'onboarding'},
  },
  synonyms: {
    'sign_ups.user_id': ['id', 'user', 'account_id', 'member_id', 'customer_id'],
    'sign_ups.signed_up_at': ['created_at', 'registered_at', 'sign_up_date', 'signup_date', 'joined_at', 'date'],
    'sign_ups.channel': ['source', 'utm_source', 'medium', 'acquisition_channel'],
    'sign_ups.country': ['region', 'market', 'location'],
    'sign_ups.onboarding': ['variant', 'experiment_variant', 'cohort', 'test_group'],
    'sign_ups.activated': ['is_activated', 'activated_in_week', 'aha'],
    'sign_ups.returned': ['retained', 'returned_week_2', 'retained_week_2', 'came_back'],
    'sign_ups.paid': ['converted', 'is_paying', 'subscribed'],
    'channel_days.day': ['date'],
    'channel_days.channel': ['source', 'utm_source', 'medium', 'campaign'],
    'channel_days.visits': ['sessions', 'visitors', 'clicks'],
    'channel_days.new_users': ['sign_ups', 'signups', 'registrations', 'conversions'],
    'channel_days.spend': ['cost', 'ad_spend', 'amount'],
    'invitations.invitation_id': ['id', 'invite_id'],
    'invitations.sent_at': ['created_at', 'invited_at', 'timestamp'],
    'invitations.sender_id': ['inviter_id', 'user_id', 'referrer_id'],
    'invitations.accepted': ['is_accepted', 'joined'],
  },
  period: {unit: 'day', count: 56},
  panels: [
    {id: 'sign-ups', kind: 'figure', title: 'Sign-ups', metric: 'sign_ups'},
    {id: 'activation', kind: 'figure', title: 'Activation rate', metric: 'activation_rate'},
    {id: 'retention', kind: 'figure', title: 'Second-week retention', metric: 'retention_rate'},
    {id: 'referred', kind: 'figure', title: 'Referred share', metric: 'referred_share'},
    {id: 'paying', kind: 'figure', title: 'Paying share', metric: 'paying_rate'},
    {id: 'cost-per-user', kind: 'figure', title: 'Cost per new user', metric: 'cost_per_user'},
    {
      id: 'sign-ups-by-channel',
      kind: 'trend',
      title: 'Acquisition: sign-ups by channel and week',
      metrics: ['sign_ups'],
      grain: 'week',
      split: 'channel',
      top: 6,
      mark: 'stacked',
    },
    {
      id: 'quality-by-week',
      kind: 'trend',
      title: 'Activation, retention and paying, by week of sign-up',
      metrics: ['activation_rate', 'retention_rate', 'paying_rate'],
      grain: 'week',
    },
    {
      id: 'way',
      kind: 'funnel',
      title: 'From sign-up to paying, of those who signed up two weeks ago or earlier',
      metrics: ['fortnight_old', 'activated_by_then', 'returned', 'paying'],
    },
    {
      id: 'channels',
      kind: 'breakdown',
      title: 'Activation rate by channel',
      metrics: ['activation_rate', 'retention_rate', 'paying_rate', 'sign_ups'],
      dimension: 'channel',
    },
    {
      id: 'costs',
      kind: 'breakdown',
      title: 'Cost per new user by channel',
      metrics: ['cost_per_user', 'spend', 'visits', 'sign_up_rate'],
      dimension: 'visit_channel',
    },
    {
      id: 'invitations-by-week',
      kind: 'trend',
      title: 'Referral: invitations by week',
      metrics: ['invitations', 'accepted'],
      grain: 'week',
      mark: 'bar',
    },
    {
      id: 'onboarding',
      kind: 'breakdown',
      title: 'Experiment: activation rate by onboarding',
      metrics: ['activation_rate', 'week_old', 'activated', 'retention_rate'],
      dimension: 'onboarding',
    },
  ],
})

import {events} from '../sample/sample-table.ts'
import {counted, defineTemplate, share} from './define-template.ts'

export const securityAuth = defineTemplate({
  name: 'Security & Auth',
  priority: 1,
  summary: 'Who signs in, how, from where, and what is refused',
  tables: {
    sign_ins: {
      columns: {
        attempt_id: 'VARCHAR',
        attempted_at: 'TIMESTAMPTZ',
        account_id: 'VARCHAR',
        method: 'VARCHAR',
        outcome: 'VARCHAR',
        reason: 'VARCHAR',
        country: 'VARCHAR',
        second_factor: 'BOOLEAN',
      },
      key: ['attempt_id'],
      time: 'attempted_at',
      rows: options =>
        events('sign_ins', {perDay: 130, growth: 0.1, weekend: 0.3}, options, (at, random, number) => {
          const method = random.choice({password: 5, 'single sign-on': 4, passkey: 2, 'API key': 1})
          const refused = random.chance(method === 'password' ? 0.11 : 0.02)
          return {
            attempt_id: `a-${String(number).padStart(7, '0')}`,
            attempted_at: at,
            account_id: random.entity('account', 500),
            method,
            outcome: refused ? 'refused' : 'accepted',
            reason: refused
              ? random.choice({
                  'wrong password': 6,
                  'account locked': 1,
                  'second factor failed': 2,
                  'expired session': 2,
                })
              : null,
            country: random.choice({Slovenia: 12, Austria: 4, Germany: 3, Croatia: 2, Unknown: 1}),
            second_factor: method !== 'password' || random.chance(0.55),
          }
        }),
    },
  },
  metrics: {
    attempts: {kind: 'count', title: 'Attempts', table: 'sign_ins', unit: counted('attempts')},
    refused: {
      kind: 'count',
      title: 'Refused',
      table: 'sign_ins',
      where: [{column: 'outcome', values: ['refused', 'failed', 'denied', 'failure']}],
      unit: counted('attempts'),
      better: 'lower',
    },
    refusal_rate: {
      kind: 'ratio',
      title: 'Refusal rate',
      numerator: 'refused',
      denominator: 'attempts',
      unit: share,
      better: 'lower',
    },
    accounts: {kind: 'distinct', title: 'Accounts', table: 'sign_ins', column: 'account_id', unit: counted('accounts')},
    refused_accounts: {
      kind: 'distinct',
      title: 'Accounts refused',
      description: 'Accounts with at least one refused attempt',
      table: 'sign_ins',
      column: 'account_id',
      where: [{column: 'outcome', values: ['refused', 'failed', 'denied', 'failure']}],
      unit: counted('accounts'),
      better: 'lower',
    },
    with_second_factor: {
      kind: 'count',
      title: 'With a second factor',
      table: 'sign_ins',
      where: [{column: 'second_factor', values: [true]}],
      unit: counted('attempts'),
      better: 'higher',
    },
    second_factor_share: {
      kind: 'ratio',
      title: 'Share with a second factor',
      numerator: 'with_second_factor',
      denominator: 'attempts',
      unit: share,
      better: 'higher',
    },
  },
  dimensions: {
    method: {title: 'Method', table: 'sign_ins', column: 'method'},
    outcome: {title: 'Outcome', table: 'sign_ins', column: 'outcome'},
    reason: {title: 'Reason', table: 'sign_ins', column: 'reason'},
    country: {title: 'Country', table: 'sign_ins', column: 'country'},
  },
  synonyms: {
    'sign_ins.attempt_id': ['id', 'event_id'],
    'sign_ins.attempted_at': ['timestamp', 'time', 'at', 'created_at', 'login_at'],
    'sign_ins.account_id': ['user_id', 'user', 'account', 'username'],
    'sign_ins.method': ['auth_method', 'provider'],
    'sign_ins.outcome': ['result', 'status'],
    'sign_ins.reason': ['failure_reason', 'error'],
    'sign_ins.second_factor': ['mfa', 'two_factor'],
  },
  period: {unit: 'day', count: 30},
  panels: [
    {id: 'attempts', kind: 'figure', title: 'Attempts', metric: 'attempts'},
    {id: 'refusal-rate', kind: 'figure', title: 'Refusal rate', metric: 'refusal_rate'},
    {id: 'refused-accounts', kind: 'figure', title: 'Accounts refused', metric: 'refused_accounts'},
    {id: 'second-factor', kind: 'figure', title: 'Share with a second factor', metric: 'second_factor_share'},
    {
      id: 'attempts-by-day',
      kind: 'trend',
      title: 'Attempts and refusals by day',
      metrics: ['attempts', 'refused'],
      grain: 'day',
    },
    {
      id: 'methods-by-day',
      kind: 'trend',
      title: 'Attempts by method and day',
      metrics: ['attempts'],
      grain: 'day',
      split: 'method',
      mark: 'stacked',
    },
    {
      id: 'reasons',
      kind: 'breakdown',
      title: 'Why they are refused',
      metrics: ['refused', 'refused_accounts'],
      dimension: 'reason',
      filters: [{dimension: 'outcome', values: ['refused', 'failed', 'denied', 'failure']}],
    },
    {
      id: 'methods',
      kind: 'breakdown',
      title: 'Refusal rate by method',
      metrics: ['refusal_rate', 'refused', 'attempts'],
      dimension: 'method',
      rank_by: 'attempts',
    },
    {
      id: 'countries',
      kind: 'breakdown',
      title: 'Attempts by country',
      metrics: ['attempts', 'refusal_rate', 'accounts'],
      dimension: 'country',
      top: 4,
    },
  ],
})

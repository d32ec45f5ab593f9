import {dailyStates, daysBefore, events, type SampleOptions, type SampleRow} from '../sample/sample-table.ts'
import {counted, defineTemplate, share} from './define-template.ts'

/** Points that each thing earns, and how often it is done. */
const deeds: Readonly<Record<string, {readonly weight: number; readonly points: number}>> = {
  'Lesson finished': {weight: 40, points: 10},
  'Daily goal reached': {weight: 18, points: 20},
  'Challenge won': {weight: 6, points: 60},
  'Friend helped': {weight: 5, points: 15},
  'Review written': {weight: 4, points: 25},
}
const deedWeights = Object.fromEntries(Object.entries(deeds).map(([deed, {weight}]) => [deed, weight]))
const rewards: Readonly<Record<string, number>> = {'Streak freeze': 200, 'Profile frame': 350, 'Month of premium': 1200}

const leagues = ['Bronze', 'Silver', 'Gold', 'Diamond'] as const

/** A team sprint of two weeks, over nine days before the end, during which people play more. */
const isSprint = (ago: number) => ago >= 9 && ago < 23

/** Two and a half weeks before the end rewards become dearer: from then on points pile up. */
function* pointChanges(options: SampleOptions): Generator<SampleRow> {
  const row = (at: string, id: string, player: string, more: SampleRow): SampleRow => {
    const place = Number(player.slice(-4))
    const league = leagues[place < 60 ? 3 : place < 300 ? 2 : place < 900 ? 1 : 0]!
    return {change_id: id, changed_at: at, player_id: player, league, ...more}
  }
  yield* events('points_earned', {perDay: 130, growth: 0.3, weekend: 1.15}, options, (at, random, number) => {
    const deed = random.choice(deedWeights)
    const points = deeds[deed]!.points * random.whole(1, 2)
    const id = `p-${String(number).padStart(7, '0')}`
    return row(at, id, random.entity('player', 2600), {kind: 'earned', reason: deed, points})
  })
  const sprint = {...options, end: options.end - 9 * 86_400_000, days: 14}
  yield* events('points_of_the_sprint', {perDay: 75, growth: 0.5}, sprint, (at, random, number) => {
    const deed = random.choice({'Challenge won': 3, 'Lesson finished': 6, 'Friend helped': 2})
    const id = `sprint-${String(number).padStart(5, '0')}`
    return row(at, id, random.entity('player', 2600), {kind: 'earned', reason: deed, points: deeds[deed]!.points})
  })
  yield* events('points_spent', {perDay: 7.5, growth: 0.2}, options, (at, random, number) => {
    const reward = random.choice({'Streak freeze': 12, 'Profile frame': 5, 'Month of premium': 2})
    const player = random.entity('player', 2600)
    const points = daysBefore(options.end, at) < 18 && random.chance(0.55) ? 50 : rewards[reward]!
    const id = `s-${String(number).padStart(6, '0')}`
    return row(at, id, player, {kind: 'spent', reason: points === 50 ? 'Hint' : reward, points})
  })
}

function* challengeAttempts(options: SampleOptions): Generator<SampleRow> {
  const challenges: Readonly<Record<string, number>> = {
    'Seven days in a row': 0.38,
    'Team sprint': 0.64,
    'Perfect week': 0.17,
    'Ten reviews': 0.29,
    'First lesson': 0.86,
  }
  yield* events('challenge_attempts', {perDay: 26, growth: 0.3, weekend: 1.1}, options, (at, random, number) => {
    const sprint = isSprint(daysBefore(options.end, at))
    const challenge = random.choice({
      'Seven days in a row': 6,
      'Team sprint': sprint ? 14 : 0.5,
      'Perfect week': 3,
      'Ten reviews': 2,
      'First lesson': 4,
    })
    const outcome = random.chance(challenges[challenge]!) ? 'completed' : 'given up'
    return {
      attempt_id: `c-${String(number).padStart(6, '0')}`,
      ended_at: at,
      player_id: random.entity('player', 2600),
      challenge,
      outcome,
    }
  })
}

export const gamificationDashboard = defineTemplate({
  name: 'Gamification Dashboard',
  priority: 3,
  summary: 'Who plays, what points they earn and spend, which challenges are won, and how long streaks last',
  tables: {
    point_changes: {
      columns: {
        change_id: 'VARCHAR',
        changed_at: 'TIMESTAMPTZ',
        player_id: 'VARCHAR',
        league: 'VARCHAR',
        kind: 'VARCHAR',
        reason: 'VARCHAR',
        points: 'BIGINT',
      },
      key: ['change_id'],
      time: 'changed_at',
      measures: {points: 'amount'},
      rows: pointChanges,
    },
    challenge_attempts: {
      columns: {
        attempt_id: 'VARCHAR',
        ended_at: 'TIMESTAMPTZ',
        player_id: 'VARCHAR',
        challenge: 'VARCHAR',
        outcome: 'VARCHAR',
      },
      key: ['attempt_id'],
      time: 'ended_at',
      rows: challengeAttempts,
    },
    streak_days: {
      columns: {day: 'DATE', streak: 'VARCHAR', players: 'BIGINT'},
      key: ['day', 'streak'],
      time: 'day',
      measures: {players: 'balance'},
      rows: options =>
        dailyStates('streak_days', options, function* (day, progress, random): Generator<SampleRow> {
          const sprint = isSprint(daysBefore(options.end, day)) ? 1.18 : 1
          const sizes = {'1 to 6 days': 210, '7 to 29 days': 96, '30 to 99 days': 41, '100 days or more': 12}
          for (const [streak, size] of Object.entries(sizes)) {
            const long = streak === '1 to 6 days' ? sprint : 1 + 0.35 * progress
            yield {day, streak, players: Math.round(size * long * (0.97 + 0.06 * random.unit()))}
          }
        }),
    },
  },
  metrics: {
    players: {
      kind: 'distinct',
      title: 'Active players',
      description: 'Whose points changed at least once',
      table: 'point_changes',
      column: 'player_id',
      unit: counted('players'),
      better: 'higher',
    },
    earned: {
      kind: 'sum',
      title: 'Points earned',
      table: 'point_changes',
      column: 'points',
      where: [{column: 'kind', values: ['earned', 'earn', 'credit']}],
      unit: counted('points'),
      better: 'higher',
    },
    spent: {
      kind: 'sum',
      title: 'Points spent',
      table: 'point_changes',
      column: 'points',
      where: [{column: 'kind', values: ['spent', 'spend', 'redeemed', 'debit']}],
      unit: counted('points'),
      better: 'higher',
    },
    spent_share: {
      kind: 'ratio',
      title: 'Spent of earned',
      description: 'Points spent for each point earned: well below 100 %, points pile up and lose their worth',
      numerator: 'spent',
      denominator: 'earned',
      unit: share,
      better: 'higher',
    },
    points_per_player: {
      kind: 'ratio',
      title: 'Points per player',
      numerator: 'earned',
      denominator: 'players',
      unit: {kind: 'number', noun: 'points'},
      better: 'higher',
    },
    attempts: {
      kind: 'count',
      title: 'Challenges tried',
      table: 'challenge_attempts',
      unit: counted('challenges'),
      better: 'higher',
    },
    completed: {
      kind: 'count',
      title: 'Challenges completed',
      table: 'challenge_attempts',
      where: [{column: 'outcome', values: ['completed', 'won', 'success']}],
      unit: counted('challenges'),
      better: 'higher',
    },
    completion_rate: {
      kind: 'ratio',
      title: 'Challenge completion',
      description: 'Challenges completed as a share of those that ended',
      numerator: 'completed',
      denominator: 'attempts',
      unit: share,
      better: 'higher',
    },
    challengers: {
      kind: 'distinct',
      title: 'Players in challenges',
      table: 'challenge_attempts',
      column: 'player_id',
      unit: counted('players'),
      better: 'higher',
    },
    streak_players: {
      kind: 'balance',
      title: 'Players on a streak',
      description: 'On the last day of the time that is shown',
      table: 'streak_days',
      column: 'players',
      unit: counted('players'),
      better: 'higher',
    },
    long_streaks: {
      kind: 'balance',
      title: 'Streaks of a week or more',
      description: 'On the last day of the time that is shown',
      table: 'streak_days',
      column: 'players',
      where: [{column: 'streak', operator: 'is_not', values: ['1 to 6 days']}],
      unit: counted('players'),
      better: 'higher',
    },
  },
  dimensions: {
    reason: {title: 'For what', table: 'point_changes', column: 'reason'},
    league: {title: 'League', table: 'point_changes', column: 'league'},
    kind: {title: 'Earned or spent', table: 'point_changes', column: 'kind'},
    challenge: {title: 'Challenge', table: 'challenge_attempts', column: 'challenge'},
    streak: {title: 'Streak', table: 'streak_days', column: 'streak'},
  },
  synonyms: {
    'point_changes.change_id': ['id', 'event_id', 'transaction_id'],
    'point_changes.changed_at': ['timestamp', 'time', 'at', 'occurred_at', 'created_at', 'earned_at'],
    'point_changes.player_id': ['player', 'user_id', 'user', 'member_id', 'employee_id'],
    'point_changes.league': ['level', 'tier', 'rank'],
    'point_changes.kind': ['type', 'direction'],
    'point_changes.reason': ['action', 'event', 'source'],
    'point_changes.points': ['xp', 'amount', 'score', 'coins'],
    'challenge_attempts.attempt_id': ['id'],
    'challenge_attempts.ended_at': ['completed_at', 'finished_at', 'timestamp', 'at'],
    'challenge_attempts.player_id': ['player', 'user_id', 'user', 'member_id'],
    'challenge_attempts.challenge': ['quest', 'mission', 'badge', 'achievement'],
    'challenge_attempts.outcome': ['result', 'status'],
    'streak_days.day': ['date', 'snapshot_date', 'as_of'],
    'streak_days.streak': ['streak_band', 'length'],
    'streak_days.players': ['users', 'count', 'members'],
  },
  period: {unit: 'day', count: 42},
  panels: [
    {id: 'players', kind: 'figure', title: 'Active players', metric: 'players'},
    {id: 'points-per-player', kind: 'figure', title: 'Points per player', metric: 'points_per_player'},
    {id: 'spent-share', kind: 'figure', title: 'Spent of earned', metric: 'spent_share'},
    {id: 'completion', kind: 'figure', title: 'Challenge completion', metric: 'completion_rate'},
    {id: 'long-streaks', kind: 'figure', title: 'Streaks of a week or more', metric: 'long_streaks'},
    {id: 'players-by-day', kind: 'trend', title: 'Active players by day', metrics: ['players'], grain: 'day'},
    {
      id: 'points-by-week',
      kind: 'trend',
      title: 'Points earned and spent, by week',
      metrics: ['earned', 'spent'],
      grain: 'week',
      mark: 'bar',
    },
    {
      id: 'streaks-by-day',
      kind: 'trend',
      title: 'Players by length of streak and day',
      metrics: ['streak_players'],
      grain: 'day',
      split: 'streak',
      mark: 'stacked',
    },
    {
      id: 'challenges',
      kind: 'breakdown',
      title: 'Challenges completed',
      metrics: ['completed', 'attempts', 'completion_rate', 'challengers'],
      dimension: 'challenge',
    },
    {
      id: 'reasons',
      kind: 'breakdown',
      title: 'What points are earned for',
      metrics: ['earned', 'players'],
      dimension: 'reason',
      filters: [{dimension: 'kind', values: ['earned', 'earn', 'credit']}],
    },
    {
      id: 'leagues',
      kind: 'breakdown',
      title: 'Points per player by league',
      metrics: ['points_per_player', 'players', 'earned', 'spent'],
      dimension: 'league',
    },
  ],
})

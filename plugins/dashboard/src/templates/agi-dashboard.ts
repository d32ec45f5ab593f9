import {daysBefore, events, type SampleOptions, type SampleRow} from '../sample/sample-table.ts'
import {counted, defineTemplate, dollars, share} from './define-template.ts'

/** How often a goal of a domain is reached at the beginning, and what a step of it costs. */
const domains: Readonly<Record<string, {readonly weight: number; readonly reached: number; readonly cost: number}>> = {
  'Customer support': {weight: 9, reached: 0.72, cost: 0.011},
  'Code maintenance': {weight: 6, reached: 0.55, cost: 0.038},
  'Data preparation': {weight: 5, reached: 0.66, cost: 0.021},
  'Market research': {weight: 3, reached: 0.47, cost: 0.045},
  Purchasing: {weight: 2, reached: 0.41, cost: 0.019},
}
const weights = Object.fromEntries(Object.entries(domains).map(([domain, {weight}]) => [domain, weight]))

/** Three weeks before the end a new version reaches more goals, and is surer of itself than it has reason to be. */
const isNew = (at: string, options: SampleOptions) => daysBefore(options.end, at) < 21

function* goals(options: SampleOptions): Generator<SampleRow> {
  yield* events('goals', {perDay: 42, growth: 0.5, weekend: 0.4}, options, (at, random, number) => {
    const domain = random.choice(weights)
    const {reached: usual, cost} = domains[domain]!
    const reached = random.chance(usual + (isNew(at, options) ? 0.09 : 0))
    const stopped = !reached && random.chance(domain === 'Purchasing' ? 0.35 : 0.12)
    const interventions = stopped
      ? random.whole(1, 3)
      : random.chance(reached ? 0.28 : 0.55)
        ? random.choice({1: 6, 2: 3, 3: 1})
        : 0
    const steps = random.skewed(reached ? 17 : 34, 0.5)
    const sure = 0.58 + (isNew(at, options) ? 0.21 : 0.05) + (reached ? 0.07 : 0) + 0.16 * (random.unit() - 0.5)
    return {
      goal_id: `g-${String(number).padStart(6, '0')}`,
      ended_at: at,
      agent_version: isNew(at, options) ? 'v5' : 'v4',
      domain,
      outcome: reached ? 'reached' : stopped ? 'stopped' : 'not reached',
      interventions: Number(interventions),
      steps,
      minutes: random.skewed(steps * 1.4, 0.4),
      cost_usd: Number((steps * cost).toFixed(6)),
      stated_confidence: Number(Math.min(0.99, sure).toFixed(3)),
    }
  })
}

function* evaluations(options: SampleOptions): Generator<SampleRow> {
  const suites: Readonly<Record<string, readonly [number, number]>> = {
    'Tool use': [0.82, 0.89],
    'Long tasks': [0.34, 0.47],
    'Facts with sources': [0.74, 0.78],
    'Refuses what it must': [0.97, 0.94],
  }
  yield* events('evaluations', {perDay: 60}, options, (at, random, number) => {
    const suite = random.choice({'Tool use': 4, 'Long tasks': 2, 'Facts with sources': 3, 'Refuses what it must': 3})
    const passed = random.chance(suites[suite]![isNew(at, options) ? 1 : 0]!)
    return {
      result_id: `e-${String(number).padStart(7, '0')}`,
      evaluated_at: at,
      suite,
      agent_version: isNew(at, options) ? 'v5' : 'v4',
      passed,
    }
  })
}

function* interventions(options: SampleOptions): Generator<SampleRow> {
  yield* events('interventions', {perDay: 19, growth: 0.35, weekend: 0.4}, options, (at, random, number) => ({
    intervention_id: `i-${String(number).padStart(6, '0')}`,
    intervened_at: at,
    kind: random.choice({
      'Answered a question': 7,
      'Corrected a step': 5,
      'Approved a risky step': isNew(at, options) ? 7 : 4,
      'Took over': 2,
      Stopped: 1,
    }),
    domain: random.choice({...weights, Purchasing: 5}),
    minutes: random.skewed(6, 0.7),
  }))
}

export const agiDashboard = defineTemplate({
  name: 'AGI Dashboard',
  priority: 3,
  summary: 'Autonomous agents: goals reached, with and without people, evaluations passed, and the cost of each goal',
  tables: {
    goals: {
      columns: {
        goal_id: 'VARCHAR',
        ended_at: 'TIMESTAMPTZ',
        agent_version: 'VARCHAR',
        domain: 'VARCHAR',
        outcome: 'VARCHAR',
        interventions: 'BIGINT',
        steps: 'BIGINT',
        minutes: 'BIGINT',
        cost_usd: 'DOUBLE',
        stated_confidence: 'DOUBLE',
      },
      key: ['goal_id'],
      time: 'ended_at',
      measures: {
        interventions: 'amount',
        steps: 'amount',
        minutes: 'amount',
        cost_usd: 'amount',
        stated_confidence: 'value',
      },
      rows: goals,
    },
    evaluations: {
      columns: {
        result_id: 'VARCHAR',
        evaluated_at: 'TIMESTAMPTZ',
        suite: 'VARCHAR',
        agent_version: 'VARCHAR',
        passed: 'BOOLEAN',
      },
      key: ['result_id'],
      time: 'evaluated_at',
      rows: evaluations,
    },
    interventions: {
      columns: {
        intervention_id: 'VARCHAR',
        intervened_at: 'TIMESTAMPTZ',
        kind: 'VARCHAR',
        domain: 'VARCHAR',
        minutes: 'BIGINT',
      },
      key: ['intervention_id'],
      time: 'intervened_at',
      measures: {minutes: 'amount'},
      rows: interventions,
    },
  },
  metrics: {
    goals: {
      kind: 'count',
      title: 'Goals',
      description: 'That ended, whether they were reached or not',
      table: 'goals',
      unit: counted('goals'),
    },
    reached: {
      kind: 'count',
      title: 'Goals reached',
      table: 'goals',
      where: [{column: 'outcome', values: ['reached', 'achieved', 'success', 'done']}],
      unit: counted('goals'),
      better: 'higher',
    },
    reached_share: {
      kind: 'ratio',
      title: 'Share of goals reached',
      description: 'As a share of goals that ended; a share of these rows, and no measure of intelligence',
      numerator: 'reached',
      denominator: 'goals',
      unit: share,
      better: 'higher',
    },
    alone: {
      kind: 'count',
      title: 'Reached alone',
      table: 'goals',
      where: [
        {column: 'outcome', values: ['reached', 'achieved', 'success', 'done']},
        {column: 'interventions', operator: 'below', values: [1]},
      ],
      unit: counted('goals'),
      better: 'higher',
    },
    alone_share: {
      kind: 'ratio',
      title: 'Share reached alone',
      description: 'Goals reached without any intervention, as a share of all that ended',
      numerator: 'alone',
      denominator: 'goals',
      unit: share,
      better: 'higher',
    },
    stopped: {
      kind: 'count',
      title: 'Stopped by people',
      table: 'goals',
      where: [{column: 'outcome', values: ['stopped', 'aborted', 'cancelled']}],
      unit: counted('goals'),
      better: 'lower',
    },
    stopped_share: {
      kind: 'ratio',
      title: 'Share stopped by people',
      numerator: 'stopped',
      denominator: 'goals',
      unit: share,
      better: 'lower',
    },
    goal_interventions: {
      kind: 'sum',
      title: 'Interventions in goals',
      table: 'goals',
      column: 'interventions',
      unit: counted('interventions'),
      better: 'lower',
    },
    interventions_per_goal: {
      kind: 'ratio',
      title: 'Interventions per goal',
      numerator: 'goal_interventions',
      denominator: 'goals',
      unit: {kind: 'number'},
      better: 'lower',
    },
    median_minutes: {
      kind: 'percentile',
      percentile: 50,
      title: 'Median minutes of a goal',
      table: 'goals',
      column: 'minutes',
      unit: {kind: 'number', noun: 'minutes'},
      better: 'lower',
    },
    cost: {kind: 'sum', title: 'Cost', table: 'goals', column: 'cost_usd', unit: dollars, better: 'lower'},
    cost_per_reached: {
      kind: 'ratio',
      title: 'Cost per goal reached',
      description: 'What all goals cost, divided by those that were reached',
      numerator: 'cost',
      denominator: 'reached',
      unit: dollars,
      better: 'lower',
    },
    confidence: {
      kind: 'mean',
      title: 'Stated confidence',
      description: 'The mean of what agents said, before they began, of the odds that they would reach a goal',
      table: 'goals',
      column: 'stated_confidence',
      unit: share,
    },
    evaluations: {
      kind: 'count',
      title: 'Evaluations',
      table: 'evaluations',
      unit: counted('evaluations'),
    },
    passed: {
      kind: 'count',
      title: 'Evaluations passed',
      table: 'evaluations',
      where: [{column: 'passed', values: [true]}],
      unit: counted('evaluations'),
      better: 'higher',
    },
    pass_rate: {
      kind: 'ratio',
      title: 'Pass rate',
      numerator: 'passed',
      denominator: 'evaluations',
      unit: share,
      better: 'higher',
    },
    interventions: {
      kind: 'count',
      title: 'Interventions',
      table: 'interventions',
      unit: counted('interventions'),
      better: 'lower',
    },
    people_minutes: {
      kind: 'sum',
      title: 'Minutes of people',
      table: 'interventions',
      column: 'minutes',
      unit: {kind: 'number', noun: 'minutes'},
      better: 'lower',
    },
  },
  dimensions: {
    domain: {title: 'Domain', table: 'goals', column: 'domain'},
    version: {title: 'Version', table: 'goals', column: 'agent_version'},
    suite: {title: 'Suite', table: 'evaluations', column: 'suite'},
    kind: {title: 'What people did', table: 'interventions', column: 'kind'},
    intervention_domain: {title: 'Domain', table: 'interventions', column: 'domain'},
  },
  synonyms: {
    'goals.goal_id': ['id', 'task_id', 'run_id', 'episode_id'],
    'goals.ended_at': ['finished_at', 'completed_at', 'timestamp', 'at', 'end_time'],
    'goals.agent_version': ['version', 'model', 'agent'],
    'goals.domain': ['area', 'category', 'environment', 'task_type'],
    'goals.outcome': ['status', 'result'],
    'goals.interventions': ['human_interventions', 'interruptions', 'corrections'],
    'goals.steps': ['actions', 'turns'],
    'goals.minutes': ['duration_minutes', 'duration'],
    'goals.cost_usd': ['cost', 'usd', 'price_usd'],
    'goals.stated_confidence': ['confidence', 'predicted_success'],
    'evaluations.result_id': ['id', 'evaluation_id', 'case_id'],
    'evaluations.evaluated_at': ['timestamp', 'at', 'run_at', 'created_at', 'date'],
    'evaluations.suite': ['benchmark', 'dataset', 'eval'],
    'evaluations.agent_version': ['version', 'model', 'agent'],
    'evaluations.passed': ['pass', 'success', 'correct'],
    'interventions.intervention_id': ['id'],
    'interventions.intervened_at': ['timestamp', 'at', 'time', 'created_at'],
    'interventions.kind': ['type', 'action', 'reason'],
    'interventions.domain': ['area', 'category'],
    'interventions.minutes': ['duration_minutes', 'minutes_spent'],
  },
  period: {unit: 'day', count: 56},
  panels: [
    {id: 'reached', kind: 'figure', title: 'Goals reached', metric: 'reached_share'},
    {id: 'alone', kind: 'figure', title: 'Reached alone', metric: 'alone_share'},
    {id: 'interventions-per-goal', kind: 'figure', title: 'Interventions per goal', metric: 'interventions_per_goal'},
    {id: 'stopped', kind: 'figure', title: 'Stopped by people', metric: 'stopped_share'},
    {id: 'pass-rate', kind: 'figure', title: 'Evaluations passed', metric: 'pass_rate'},
    {id: 'cost-per-goal', kind: 'figure', title: 'Cost per goal reached', metric: 'cost_per_reached'},
    {
      id: 'confidence-by-week',
      kind: 'trend',
      title: 'Stated confidence, and what came of it, by week',
      metrics: ['confidence', 'reached_share', 'alone_share'],
      grain: 'week',
    },
    {
      id: 'suites-by-week',
      kind: 'trend',
      title: 'Evaluations passed, by suite and week',
      metrics: ['pass_rate'],
      grain: 'week',
      split: 'suite',
    },
    {
      id: 'interventions-by-kind',
      kind: 'trend',
      title: 'What people did, by week',
      metrics: ['interventions'],
      grain: 'week',
      split: 'kind',
      mark: 'stacked',
    },
    {
      id: 'domains',
      kind: 'breakdown',
      title: 'Goals reached alone, by domain',
      metrics: ['alone_share', 'reached_share', 'stopped_share', 'goals', 'median_minutes', 'cost_per_reached'],
      dimension: 'domain',
    },
    {
      id: 'versions',
      kind: 'breakdown',
      title: 'Cost per goal reached, by version',
      metrics: ['cost_per_reached', 'reached_share', 'confidence', 'interventions_per_goal', 'goals'],
      dimension: 'version',
    },
    {
      id: 'people',
      kind: 'breakdown',
      title: 'Minutes of people, by domain',
      metrics: ['people_minutes', 'interventions'],
      dimension: 'intervention_domain',
    },
  ],
})

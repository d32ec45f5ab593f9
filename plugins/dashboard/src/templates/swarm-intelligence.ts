import {daysBefore, events, type SampleOptions, type SampleRow} from '../sample/sample-table.ts'
import {counted, defineTemplate, dollars, share} from './define-template.ts'

/** What agents of a run do: how often, for how many seconds, for how many tokens, and how often it fails. */
const agents: Readonly<
  Record<string, {readonly weight: number; readonly seconds: number; readonly tokens: number; readonly failure: number}>
> = {
  Planner: {weight: 4, seconds: 14, tokens: 2_400, failure: 0.02},
  Researcher: {weight: 9, seconds: 52, tokens: 9_800, failure: 0.06},
  Coder: {weight: 8, seconds: 95, tokens: 12_500, failure: 0.07},
  Reviewer: {weight: 6, seconds: 33, tokens: 6_900, failure: 0.03},
  Tester: {weight: 5, seconds: 71, tokens: 3_100, failure: 0.05},
  Writer: {weight: 3, seconds: 27, tokens: 4_200, failure: 0.02},
}
const weights = Object.fromEntries(Object.entries(agents).map(([agent, {weight}]) => [agent, weight]))

/** Thirteen days before the end the coder gets a cheaper model: its tasks cost half, and fail more than twice as often. */
const isCheap = (at: string, options: SampleOptions) => daysBefore(options.end, at) < 13
/** Some fourteen tasks in a row are one run, and so are the hand-offs between them. */
const runOf = (at: string, part: number) => `run-${at.slice(0, 10)}-${String(part).padStart(2, '0')}`

function* tasks(options: SampleOptions): Generator<SampleRow> {
  yield* events('agent_tasks', {perDay: 120, growth: 0.7, weekend: 0.35}, options, (at, random, number) => {
    const agent = random.choice(weights)
    const {seconds, tokens, failure} = agents[agent]!
    const cheap = agent === 'Coder' && isCheap(at, options)
    const failed = random.chance(cheap ? 0.17 : failure)
    const used = random.skewed(tokens, 0.6)
    const attempts = random.chance(cheap ? 0.3 : 0.1) ? random.whole(2, 4) : 1
    return {
      task_id: `t-${String(number).padStart(7, '0')}`,
      finished_at: at,
      run_id: runOf(at, random.whole(1, 9)),
      agent,
      model: cheap ? 'small-fast' : agent === 'Planner' || agent === 'Coder' ? 'large' : 'balanced',
      outcome: failed ? 'failed' : 'done',
      failure: failed
        ? random.choice(
            agent === 'Coder'
              ? {'Tests stayed red': 6, 'Out of steps': 3, 'Tool error': 2, 'Timed out': 1}
              : {'Tool error': 4, 'Timed out': 3, 'Out of steps': 2, 'Answer not valid': 2},
          )
        : null,
      attempts,
      seconds: random.skewed(seconds, 0.55) * attempts,
      tokens: used * attempts,
      cost_usd: Number(
        (used * attempts * (cheap ? 0.000_001_6 : agent === 'Coder' ? 0.000_006 : 0.000_003)).toFixed(6),
      ),
    }
  })
}

function* handOffs(options: SampleOptions): Generator<SampleRow> {
  const ways: Readonly<Record<string, number>> = {
    'Planner → Researcher': 8,
    'Planner → Coder': 5,
    'Researcher → Coder': 6,
    'Researcher → Writer': 3,
    'Coder → Reviewer': 9,
    'Reviewer → Tester': 6,
    'Tester → Coder': 2,
  }
  yield* events('hand_offs', {perDay: 62, growth: 0.7, weekend: 0.35}, options, (at, random, number) => {
    const cheap = isCheap(at, options)
    const way = random.choice(cheap ? {...ways, 'Tester → Coder': 6} : ways)
    const [from, to] = way.split(' → ') as [string, string]
    const returned = random.chance(way === 'Coder → Reviewer' ? (cheap ? 0.36 : 0.16) : 0.05)
    return {
      hand_off_id: `h-${String(number).padStart(7, '0')}`,
      handed_at: at,
      run_id: runOf(at, random.whole(1, 9)),
      way,
      from_agent: from,
      to_agent: to,
      outcome: returned ? 'sent back' : 'taken',
    }
  })
}

export const swarmIntelligence = defineTemplate({
  name: 'Swarm Intelligence',
  priority: 3,
  summary:
    'Runs of several agents: what each does, what it hands on, where work fails or comes back, and what it costs',
  tables: {
    agent_tasks: {
      columns: {
        task_id: 'VARCHAR',
        finished_at: 'TIMESTAMPTZ',
        run_id: 'VARCHAR',
        agent: 'VARCHAR',
        model: 'VARCHAR',
        outcome: 'VARCHAR',
        failure: 'VARCHAR',
        attempts: 'BIGINT',
        seconds: 'BIGINT',
        tokens: 'BIGINT',
        cost_usd: 'DOUBLE',
      },
      key: ['task_id'],
      time: 'finished_at',
      measures: {attempts: 'amount', seconds: 'amount', tokens: 'amount', cost_usd: 'amount'},
      rows: tasks,
    },
    hand_offs: {
      columns: {
        hand_off_id: 'VARCHAR',
        handed_at: 'TIMESTAMPTZ',
        run_id: 'VARCHAR',
        way: 'VARCHAR',
        from_agent: 'VARCHAR',
        to_agent: 'VARCHAR',
        outcome: 'VARCHAR',
      },
      key: ['hand_off_id'],
      time: 'handed_at',
      rows: handOffs,
    },
  },
  metrics: {
    runs: {
      kind: 'distinct',
      title: 'Runs',
      description: 'In which at least one task ended',
      table: 'agent_tasks',
      column: 'run_id',
      unit: counted('runs'),
      better: 'higher',
    },
    tasks: {kind: 'count', title: 'Tasks', table: 'agent_tasks', unit: counted('tasks')},
    failed: {
      kind: 'count',
      title: 'Failed tasks',
      table: 'agent_tasks',
      where: [{column: 'outcome', values: ['failed', 'error', 'failure', 'timed_out']}],
      unit: counted('tasks'),
      better: 'lower',
    },
    failure_rate: {
      kind: 'ratio',
      title: 'Failure rate',
      description: 'Failed tasks as a share of those that ended',
      numerator: 'failed',
      denominator: 'tasks',
      unit: share,
      better: 'lower',
    },
    repeated: {
      kind: 'count',
      title: 'Repeated tasks',
      description: 'Tasks that took more than one attempt',
      table: 'agent_tasks',
      where: [{column: 'attempts', operator: 'at_least', values: [2]}],
      unit: counted('tasks'),
      better: 'lower',
    },
    repeated_share: {
      kind: 'ratio',
      title: 'Repeated share',
      numerator: 'repeated',
      denominator: 'tasks',
      unit: share,
      better: 'lower',
    },
    median_time: {
      kind: 'percentile',
      percentile: 50,
      title: 'Median task time',
      table: 'agent_tasks',
      column: 'seconds',
      unit: {kind: 'seconds'},
      better: 'lower',
    },
    slow_time: {
      kind: 'percentile',
      percentile: 95,
      title: '95th percentile of task time',
      description: 'One task in twenty takes longer',
      table: 'agent_tasks',
      column: 'seconds',
      unit: {kind: 'seconds'},
      better: 'lower',
    },
    tokens: {kind: 'sum', title: 'Tokens', table: 'agent_tasks', column: 'tokens', unit: counted('tokens')},
    cost: {kind: 'sum', title: 'Cost', table: 'agent_tasks', column: 'cost_usd', unit: dollars, better: 'lower'},
    cost_per_run: {
      kind: 'ratio',
      title: 'Cost per run',
      numerator: 'cost',
      denominator: 'runs',
      unit: dollars,
      better: 'lower',
    },
    done: {
      kind: 'count',
      title: 'Tasks done',
      table: 'agent_tasks',
      where: [{column: 'outcome', values: ['done', 'completed', 'success', 'ok']}],
      unit: counted('tasks'),
      better: 'higher',
    },
    cost_per_done_task: {
      kind: 'ratio',
      title: 'Cost per task done',
      description: 'Failed attempts are paid for too: all cost, divided by the tasks that were done',
      numerator: 'cost',
      denominator: 'done',
      unit: dollars,
      better: 'lower',
    },
    hand_offs: {kind: 'count', title: 'Hand-offs', table: 'hand_offs', unit: counted('hand-offs')},
    sent_back: {
      kind: 'count',
      title: 'Sent back',
      table: 'hand_offs',
      where: [{column: 'outcome', values: ['sent back', 'sent_back', 'returned', 'rejected']}],
      unit: counted('hand-offs'),
      better: 'lower',
    },
    sent_back_share: {
      kind: 'ratio',
      title: 'Hand-offs sent back',
      description: 'Work that the next agent did not take, as a share of what was handed on',
      numerator: 'sent_back',
      denominator: 'hand_offs',
      unit: share,
      better: 'lower',
    },
  },
  dimensions: {
    agent: {title: 'Agent', table: 'agent_tasks', column: 'agent'},
    model: {title: 'Model', table: 'agent_tasks', column: 'model'},
    outcome: {title: 'Outcome', table: 'agent_tasks', column: 'outcome'},
    failure: {title: 'Why', table: 'agent_tasks', column: 'failure'},
    way: {title: 'From and to', table: 'hand_offs', column: 'way'},
  },
  synonyms: {
    'agent_tasks.task_id': ['id', 'span_id', 'step_id'],
    'agent_tasks.finished_at': ['ended_at', 'completed_at', 'timestamp', 'at', 'end_time', 'created_at'],
    'agent_tasks.run_id': ['trace_id', 'session_id', 'run', 'thread_id'],
    'agent_tasks.agent': ['agent_name', 'role', 'worker', 'name'],
    'agent_tasks.model': ['model_name'],
    'agent_tasks.outcome': ['status', 'result', 'state'],
    'agent_tasks.failure': ['error', 'reason', 'failure_reason', 'error_type'],
    'agent_tasks.attempts': ['tries', 'attempt', 'retries'],
    'agent_tasks.seconds': ['duration_seconds', 'duration', 'duration_s', 'elapsed'],
    'agent_tasks.tokens': ['total_tokens', 'token_count'],
    'agent_tasks.cost_usd': ['cost', 'usd', 'price_usd'],
    'hand_offs.hand_off_id': ['id', 'handoff_id', 'message_id'],
    'hand_offs.handed_at': ['timestamp', 'at', 'time', 'created_at', 'sent_at'],
    'hand_offs.run_id': ['trace_id', 'session_id', 'run', 'thread_id'],
    'hand_offs.way': ['route', 'edge', 'path'],
    'hand_offs.from_agent': ['from', 'sender', 'source'],
    'hand_offs.to_agent': ['to', 'recipient', 'target'],
    'hand_offs.outcome': ['status', 'result'],
  },
  period: {unit: 'day', count: 42},
  panels: [
    {id: 'runs', kind: 'figure', title: 'Runs', metric: 'runs'},
    {id: 'failure-rate', kind: 'figure', title: 'Failure rate', metric: 'failure_rate'},
    {id: 'sent-back', kind: 'figure', title: 'Hand-offs sent back', metric: 'sent_back_share'},
    {id: 'slow-time', kind: 'figure', title: '95th percentile of task time', metric: 'slow_time'},
    {id: 'cost', kind: 'figure', title: 'Cost', metric: 'cost'},
    {id: 'cost-per-run', kind: 'figure', title: 'Cost per run', metric: 'cost_per_run'},
    {
      id: 'failure-by-agent',
      kind: 'trend',
      title: 'Failure rate by agent and week',
      metrics: ['failure_rate'],
      grain: 'week',
      split: 'agent',
      top: 6,
    },
    {
      id: 'cost-by-agent',
      kind: 'trend',
      title: 'Cost by agent and day',
      metrics: ['cost'],
      grain: 'day',
      split: 'agent',
      top: 6,
      mark: 'stacked',
    },
    {
      id: 'agents',
      kind: 'breakdown',
      title: 'Cost per task done, by agent',
      metrics: ['cost_per_done_task', 'tasks', 'failure_rate', 'repeated_share', 'median_time', 'slow_time', 'cost'],
      dimension: 'agent',
    },
    {
      id: 'failures',
      kind: 'breakdown',
      title: 'Why tasks fail',
      metrics: ['failed', 'cost'],
      dimension: 'failure',
      filters: [{dimension: 'outcome', values: ['failed', 'error', 'failure', 'timed_out']}],
    },
    {
      id: 'ways',
      kind: 'breakdown',
      title: 'Hand-offs between agents',
      metrics: ['hand_offs', 'sent_back', 'sent_back_share'],
      dimension: 'way',
    },
    {
      id: 'hand-offs-by-week',
      kind: 'trend',
      title: 'Hand-offs taken and sent back, by week',
      metrics: ['hand_offs', 'sent_back'],
      grain: 'week',
      mark: 'bar',
    },
  ],
})

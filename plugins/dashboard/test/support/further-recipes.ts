import {count, distinct, mean, micro, type Part, percentile, type Recipe, sum} from './recomputation.ts'

const onLastDay = (part: Part): Part => ({...part, lastDay: true})
const balance = (table: string, column: string) => onLastDay({table, sql: `sum(${column})`})

const calls = count('api_calls')
const wrongCalls = count('api_calls', 'status >= 400 and status < 500 and status <> 429')
const serverErrors = count('api_calls', 'status >= 500')
const rateLimited = count('api_calls', 'status = 429')

const visits = sum('channel_days', 'visits')
const newUsers = sum('channel_days', 'new_users')
const spend = micro('channel_days', 'spend')
const signUps = count('sign_ups')
const weekOld = count('sign_ups', 'activated is not null')
const fortnightOld = count('sign_ups', 'returned is not null')
const activated = count('sign_ups', 'activated = 1')

const earned = sum('point_changes', 'points', "kind = 'earned'")
const spent = sum('point_changes', 'points', "kind = 'spent'")
const players = distinct('point_changes', 'player_id')
const attempts = count('challenge_attempts')
const completed = count('challenge_attempts', "outcome = 'completed'")

const shown = count('recommendations')
const clicks = count('recommendations', 'clicked')
const purchases = count('recommendations', 'bought')
const revenue = micro('recommendations', 'revenue')

const nodes = balance('graph_days', 'nodes')

const tasks = count('agent_tasks')
const failed = count('agent_tasks', "outcome = 'failed'")
const runs = distinct('agent_tasks', 'run_id')
const taskCost = micro('agent_tasks', 'cost_usd')
const handOffs = count('hand_offs')
const sentBack = count('hand_offs', "outcome = 'sent back'")

const goals = count('goals')
const reached = count('goals', "outcome = 'reached'")
const alone = count('goals', "outcome = 'reached' and interventions = 0")
const stopped = count('goals', "outcome = 'stopped'")
const goalCost = micro('goals', 'cost_usd')
const evaluations = count('evaluations')

/** Metrics of growth, play, recommendations, graphs, interfaces and agents anew, in SQLite's SQL; nothing here comes from their catalogues. */
export const furtherRecipes: Readonly<Record<string, Readonly<Record<string, Recipe>>>> = {
  'API Usage Dashboard': {
    calls,
    consumers: distinct('api_calls', 'consumer'),
    errors: {...calls, where: 'status >= 400'},
    server_errors: serverErrors,
    client_errors: wrongCalls,
    rate_limited: rateLimited,
    server_error_rate: {above: serverErrors, below: calls},
    client_error_rate: {above: wrongCalls, below: calls},
    rate_limited_share: {above: rateLimited, below: calls},
    median_latency: percentile('api_calls', 'latency_ms', 50),
    slow_latency: percentile('api_calls', 'latency_ms', 95),
    bytes_sent: sum('api_calls', 'response_bytes'),
  },
  'Growth Engine': {
    sign_ups: signUps,
    activation_rate: {above: activated, below: weekOld},
    retention_rate: {above: count('sign_ups', 'returned = 1'), below: fortnightOld},
    paying_rate: {above: count('sign_ups', 'paid = 1'), below: fortnightOld},
    referred_share: {above: count('sign_ups', "channel = 'Referral'"), below: signUps},
    week_old: weekOld,
    activated,
    fortnight_old: fortnightOld,
    activated_by_then: count('sign_ups', 'activated = 1 and returned is not null'),
    returned: count('sign_ups', 'returned = 1'),
    paying: count('sign_ups', 'paid = 1'),
    cost_per_user: {above: spend, below: newUsers},
    sign_up_rate: {above: newUsers, below: visits},
    visits,
    spend,
    invitations: count('invitations'),
    accepted: count('invitations', 'accepted'),
  },
  'Gamification Dashboard': {
    players,
    earned,
    spent,
    spent_share: {above: spent, below: earned},
    points_per_player: {above: earned, below: players},
    attempts,
    completed,
    completion_rate: {above: completed, below: attempts},
    challengers: distinct('challenge_attempts', 'player_id'),
    streak_players: balance('streak_days', 'players'),
    long_streaks: onLastDay(sum('streak_days', 'players', "streak <> '1 to 6 days'")),
  },
  'Recommendation Engine': {
    shown,
    clicks,
    click_rate: {above: clicks, below: shown},
    conversion: {above: purchases, below: clicks},
    revenue,
    revenue_per_click: {above: revenue, below: clicks},
    items_shown: distinct('recommendations', 'item_id'),
    tail_share: {above: count('recommendations', "popularity = 'Tail'"), below: shown},
  },
  'Neo4j Graph Insights': {
    nodes,
    relationships: balance('graph_days', 'relationships'),
    density: {above: balance('graph_days', 'relationships'), below: nodes},
    isolated: balance('graph_days', 'isolated_nodes'),
    isolated_share: {above: balance('graph_days', 'isolated_nodes'), below: nodes},
    largest_share: {above: balance('graph_days', 'largest_component'), below: nodes},
    modularity: mean('graph_days', 'modularity'),
    label_nodes: balance('graph_labels', 'nodes'),
    typed_relationships: balance('graph_relationship_types', 'relationships'),
    degree_nodes: balance('graph_degrees', 'nodes'),
    members: balance('graph_communities', 'members'),
    cohesion: {
      above: balance('graph_communities', 'relationships_inside'),
      below: balance('graph_communities', 'relationships_touching'),
    },
    degree: balance('graph_hubs', 'degree'),
    page_rank: onLastDay(micro('graph_hubs', 'page_rank')),
  },
  'Swarm Intelligence': {
    runs,
    tasks,
    failed,
    failure_rate: {above: failed, below: tasks},
    repeated_share: {above: count('agent_tasks', 'attempts >= 2'), below: tasks},
    median_time: percentile('agent_tasks', 'seconds', 50),
    slow_time: percentile('agent_tasks', 'seconds', 95),
    cost: taskCost,
    cost_per_run: {above: taskCost, below: runs},
    cost_per_done_task: {above: taskCost, below: count('agent_tasks', "outcome = 'done'")},
    hand_offs: handOffs,
    sent_back: sentBack,
    sent_back_share: {above: sentBack, below: handOffs},
  },
  'AGI Dashboard': {
    goals,
    reached_share: {above: reached, below: goals},
    alone_share: {above: alone, below: goals},
    stopped_share: {above: stopped, below: goals},
    interventions_per_goal: {above: sum('goals', 'interventions'), below: goals},
    median_minutes: percentile('goals', 'minutes', 50),
    cost_per_reached: {above: goalCost, below: reached},
    confidence: mean('goals', 'stated_confidence'),
    pass_rate: {above: count('evaluations', 'passed'), below: evaluations},
    interventions: count('interventions'),
    people_minutes: sum('interventions', 'minutes'),
  },
}

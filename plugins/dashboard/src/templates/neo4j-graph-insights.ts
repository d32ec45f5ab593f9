import {dailyStates, daysBefore, type SampleOptions, type SampleRow} from '../sample/sample-table.ts'
import {counted, defineTemplate, share} from './define-template.ts'

/**
 * Sixteen days before the end a catalogue is loaded without its relationships: nodes that nothing leads to. A week later
 * most of them are connected.
 */
function orphans(day: string, options: SampleOptions): number {
  const ago = daysBefore(options.end, day)
  if (ago > 16) return 0
  return ago > 9 ? 2600 : Math.max(310, 2600 - (10 - ago) * 430)
}

const labels: Readonly<Record<string, {readonly nodes: number; readonly growth: number}>> = {
  Order: {nodes: 21_400, growth: 0.42},
  Customer: {nodes: 9_300, growth: 0.14},
  Product: {nodes: 4_800, growth: 0.04},
  Ticket: {nodes: 3_900, growth: 0.3},
  Supplier: {nodes: 610, growth: 0.02},
  Warehouse: {nodes: 48, growth: 0},
}
const types: Readonly<Record<string, {readonly count: number; readonly growth: number}>> = {
  CONTAINS: {count: 58_200, growth: 0.43},
  PLACED: {count: 21_400, growth: 0.42},
  SHIPPED_FROM: {count: 20_800, growth: 0.42},
  VIEWED: {count: 15_600, growth: 0.2},
  SUPPLIED_BY: {count: 6_100, growth: 0.05},
  ABOUT: {count: 4_700, growth: 0.31},
}
const communities: Readonly<
  Record<string, {readonly members: number; readonly inside: number; readonly growth: number}>
> = {
  'Outdoor and sport': {members: 9_800, inside: 0.91, growth: 0.24},
  Kitchen: {members: 7_100, inside: 0.88, growth: 0.2},
  'Children and toys': {members: 6_200, inside: 0.93, growth: 0.31},
  'Office supplies': {members: 5_400, inside: 0.84, growth: 0.08},
  'Business customers': {members: 4_100, inside: 0.71, growth: 0.52},
  Garden: {members: 3_000, inside: 0.89, growth: 0.7},
  'Returns and repairs': {members: 1_700, inside: 0.58, growth: 0.34},
}
/** Each band is twice as wide as the one before, as a degree distribution is drawn on logarithmic axes. */
const bands: Readonly<Record<string, number>> = {
  '1': 0.47,
  '2 to 3': 0.27,
  '4 to 7': 0.142,
  '8 to 15': 0.071,
  '16 to 31': 0.031,
  '32 to 63': 0.011,
  '64 and more': 0.005,
}
const hubs: Readonly<Record<string, {readonly label: string; readonly degree: number; readonly growth: number}>> = {
  'Ljubljana central': {label: 'Warehouse', degree: 7_900, growth: 0.45},
  'Graz south': {label: 'Warehouse', degree: 5_200, growth: 0.38},
  'Trail shoe 4': {label: 'Product', degree: 2_300, growth: 0.6},
  'Lunch box steel': {label: 'Product', degree: 1_900, growth: 0.35},
  'Alpine Textiles': {label: 'Supplier', degree: 1_400, growth: 0.1},
  'Rain jacket kids': {label: 'Product', degree: 1_250, growth: 0.5},
  'Municipality of Kranj': {label: 'Customer', degree: 730, growth: 0.9},
  'Garden hose 25 m': {label: 'Product', degree: 680, growth: 1.1},
}

const nodesOf = (label: string, progress: number, day: string, options: SampleOptions) =>
  Math.round(labels[label]!.nodes * (1 + labels[label]!.growth * progress)) +
  (label === 'Product' ? (daysBefore(options.end, day) < 17 ? 2600 : 0) : 0)
const relationshipsOf = (type: string, progress: number, day: string, options: SampleOptions) =>
  Math.round(types[type]!.count * (1 + types[type]!.growth * progress)) +
  (type === 'SUPPLIED_BY' && daysBefore(options.end, day) < 17 ? 2600 - orphans(day, options) : 0)
const allNodes = (progress: number, day: string, options: SampleOptions) =>
  Object.keys(labels).reduce((sum, label) => sum + nodesOf(label, progress, day, options), 0)

export const neo4jGraphInsights = defineTemplate({
  name: 'Neo4j Graph Insights',
  priority: 3,
  summary: 'How the graph grows, what hangs together, which nodes carry it, and what nothing leads to',
  tables: {
    graph_days: {
      columns: {
        day: 'DATE',
        components: 'BIGINT',
        isolated_nodes: 'BIGINT',
        largest_component: 'BIGINT',
        nodes: 'BIGINT',
        relationships: 'BIGINT',
        communities: 'BIGINT',
        modularity: 'DOUBLE',
      },
      key: ['day'],
      time: 'day',
      measures: {
        components: 'balance',
        isolated_nodes: 'balance',
        largest_component: 'balance',
        nodes: 'balance',
        relationships: 'balance',
        communities: 'balance',
        modularity: 'value',
      },
      rows: options =>
        dailyStates('graph_days', options, function* (day, progress, random): Generator<SampleRow> {
          const isolated = 130 + random.whole(0, 14) + orphans(day, options)
          const small = 70 + random.whole(0, 6)
          const nodes = allNodes(progress, day, options)
          yield {
            day,
            nodes,
            relationships: Object.keys(types).reduce(
              (sum, type) => sum + relationshipsOf(type, progress, day, options),
              0,
            ),
            isolated_nodes: isolated,
            components: 1 + small + isolated,
            largest_component: nodes - isolated - small * 3,
            communities: 41 + Math.round(6 * progress) + random.whole(0, 2),
            modularity: Number((0.71 - 0.04 * progress + 0.008 * random.unit()).toFixed(4)),
          }
        }),
    },
    graph_labels: {
      columns: {day: 'DATE', label: 'VARCHAR', nodes: 'BIGINT'},
      key: ['day', 'label'],
      time: 'day',
      measures: {nodes: 'balance'},
      rows: options =>
        dailyStates('graph_labels', options, function* (day, progress): Generator<SampleRow> {
          for (const label of Object.keys(labels)) yield {day, label, nodes: nodesOf(label, progress, day, options)}
        }),
    },
    graph_relationship_types: {
      columns: {day: 'DATE', type: 'VARCHAR', relationships: 'BIGINT'},
      key: ['day', 'type'],
      time: 'day',
      measures: {relationships: 'balance'},
      rows: options =>
        dailyStates('graph_relationship_types', options, function* (day, progress): Generator<SampleRow> {
          for (const type of Object.keys(types)) {
            yield {day, type, relationships: relationshipsOf(type, progress, day, options)}
          }
        }),
    },
    graph_degrees: {
      columns: {day: 'DATE', degree: 'VARCHAR', nodes: 'BIGINT'},
      key: ['day', 'degree'],
      time: 'day',
      measures: {nodes: 'balance'},
      rows: options =>
        dailyStates('graph_degrees', options, function* (day, progress): Generator<SampleRow> {
          const connected = allNodes(progress, day, options) - orphans(day, options) - 137
          for (const [degree, part] of Object.entries(bands)) yield {day, degree, nodes: Math.round(connected * part)}
        }),
    },
    graph_communities: {
      columns: {
        day: 'DATE',
        community: 'VARCHAR',
        members: 'BIGINT',
        relationships_inside: 'BIGINT',
        relationships_touching: 'BIGINT',
      },
      key: ['day', 'community'],
      time: 'day',
      measures: {members: 'balance', relationships_inside: 'balance', relationships_touching: 'balance'},
      rows: options =>
        dailyStates('graph_communities', options, function* (day, progress, random): Generator<SampleRow> {
          for (const [community, {members: count, inside, growth}] of Object.entries(communities)) {
            const members = Math.round(count * (1 + growth * progress)) + random.whole(-20, 20)
            const touching = Math.round(members * 3.1)
            const within = Math.round(touching * (inside - 0.03 * progress))
            yield {day, community, members, relationships_inside: within, relationships_touching: touching}
          }
        }),
    },
    graph_hubs: {
      columns: {day: 'DATE', node: 'VARCHAR', node_label: 'VARCHAR', degree: 'BIGINT', page_rank: 'DOUBLE'},
      key: ['day', 'node'],
      time: 'day',
      measures: {degree: 'balance', page_rank: 'balance'},
      rows: options =>
        dailyStates('graph_hubs', options, function* (day, progress, random): Generator<SampleRow> {
          for (const [node, {label, degree: count, growth}] of Object.entries(hubs)) {
            const degree = Math.round(count * (1 + growth * progress))
            const page_rank = Number((0.15 + degree * 0.031 * (0.98 + 0.04 * random.unit())).toFixed(3))
            yield {day, node, node_label: label, degree, page_rank}
          }
        }),
    },
  },
  metrics: {
    nodes: {
      kind: 'balance',
      title: 'Nodes',
      table: 'graph_days',
      column: 'nodes',
      unit: counted('nodes'),
      better: 'higher',
    },
    relationships: {
      kind: 'balance',
      title: 'Relationships',
      table: 'graph_days',
      column: 'relationships',
      unit: counted('relationships'),
      better: 'higher',
    },
    density: {
      kind: 'ratio',
      title: 'Relationships per node',
      numerator: 'relationships',
      denominator: 'nodes',
      unit: {kind: 'number'},
      better: 'higher',
    },
    isolated: {
      kind: 'balance',
      title: 'Isolated nodes',
      description: 'Nodes without any relationship: often a load that went wrong',
      table: 'graph_days',
      column: 'isolated_nodes',
      unit: counted('nodes'),
      better: 'lower',
    },
    isolated_share: {
      kind: 'ratio',
      title: 'Isolated share',
      numerator: 'isolated',
      denominator: 'nodes',
      unit: share,
      better: 'lower',
    },
    largest: {
      kind: 'balance',
      title: 'Nodes of the largest component',
      table: 'graph_days',
      column: 'largest_component',
      unit: counted('nodes'),
      better: 'higher',
    },
    largest_share: {
      kind: 'ratio',
      title: 'Share in the largest component',
      description: 'Nodes between which there is a path, whatever its direction, as a share of all',
      numerator: 'largest',
      denominator: 'nodes',
      unit: share,
      better: 'higher',
    },
    communities: {
      kind: 'balance',
      title: 'Communities',
      description: 'As Louvain or Leiden find them; single nodes are not counted',
      table: 'graph_days',
      column: 'communities',
      unit: counted('communities'),
    },
    modularity: {
      kind: 'mean',
      title: 'Modularity',
      description: 'How much denser communities are inside than chance would make them; the mean of the daily values',
      table: 'graph_days',
      column: 'modularity',
      unit: {kind: 'number'},
    },
    label_nodes: {
      kind: 'balance',
      title: 'Nodes',
      table: 'graph_labels',
      column: 'nodes',
      unit: counted('nodes'),
      better: 'higher',
    },
    typed_relationships: {
      kind: 'balance',
      title: 'Relationships',
      table: 'graph_relationship_types',
      column: 'relationships',
      unit: counted('relationships'),
      better: 'higher',
    },
    degree_nodes: {
      kind: 'balance',
      title: 'Nodes',
      table: 'graph_degrees',
      column: 'nodes',
      unit: counted('nodes'),
    },
    members: {
      kind: 'balance',
      title: 'Members',
      table: 'graph_communities',
      column: 'members',
      unit: counted('nodes'),
      better: 'higher',
    },
    inside: {
      kind: 'balance',
      title: 'Relationships inside',
      table: 'graph_communities',
      column: 'relationships_inside',
      unit: counted('relationships'),
    },
    touching: {
      kind: 'balance',
      title: 'Relationships of members',
      table: 'graph_communities',
      column: 'relationships_touching',
      unit: counted('relationships'),
    },
    cohesion: {
      kind: 'ratio',
      title: 'Cohesion',
      description: 'Relationships that stay inside a community, as a share of those of its members',
      numerator: 'inside',
      denominator: 'touching',
      unit: share,
      better: 'higher',
    },
    degree: {
      kind: 'balance',
      title: 'Degree',
      description: 'Relationships of a node, in both directions',
      table: 'graph_hubs',
      column: 'degree',
      unit: counted('relationships'),
    },
    page_rank: {
      kind: 'balance',
      title: 'PageRank',
      table: 'graph_hubs',
      column: 'page_rank',
      unit: {kind: 'number'},
    },
  },
  dimensions: {
    label: {title: 'Label', table: 'graph_labels', column: 'label'},
    type: {title: 'Type', table: 'graph_relationship_types', column: 'type'},
    degree_band: {title: 'Relationships of a node', table: 'graph_degrees', column: 'degree'},
    community: {title: 'Community', table: 'graph_communities', column: 'community'},
    hub: {title: 'Node', table: 'graph_hubs', column: 'node'},
    hub_label: {title: 'Label', table: 'graph_hubs', column: 'node_label'},
  },
  synonyms: {
    'graph_days.day': ['date', 'exported_on', 'as_of'],
    'graph_days.components': ['component_count', 'componentCount'],
    'graph_days.communities': ['community_count', 'communityCount'],
    'graph_days.isolated_nodes': ['isolated', 'orphans', 'degree_zero'],
    'graph_days.largest_component': ['largest_component_nodes', 'giant_component'],
    'graph_days.nodes': ['node_count', 'nodeCount'],
    'graph_days.relationships': ['relationship_count', 'relationshipCount', 'edges'],
    'graph_labels.day': ['date', 'exported_on', 'as_of'],
    'graph_labels.label': ['node_label', 'labels'],
    'graph_labels.nodes': ['node_count', 'count'],
    'graph_relationship_types.day': ['date', 'exported_on', 'as_of'],
    'graph_relationship_types.type': ['relationship_type', 'relationshipType'],
    'graph_relationship_types.relationships': ['relationship_count', 'count', 'edges'],
    'graph_degrees.day': ['date', 'exported_on', 'as_of'],
    'graph_degrees.degree': ['degree_band', 'band'],
    'graph_degrees.nodes': ['node_count', 'count'],
    'graph_communities.day': ['date', 'exported_on', 'as_of'],
    'graph_communities.community': ['communityId', 'community_id', 'name'],
    'graph_communities.members': ['size', 'nodes', 'count'],
    'graph_communities.relationships_inside': ['inside', 'internal_relationships'],
    'graph_communities.relationships_touching': ['touching', 'all_relationships'],
    'graph_hubs.day': ['date', 'exported_on', 'as_of'],
    'graph_hubs.node': ['name', 'node_name', 'nodeId'],
    'graph_hubs.node_label': ['label'],
    'graph_hubs.degree': ['relationships', 'score'],
    'graph_hubs.page_rank': ['pageRank', 'pagerank'],
  },
  period: {unit: 'day', count: 60},
  panels: [
    {id: 'nodes', kind: 'figure', title: 'Nodes', metric: 'nodes'},
    {id: 'relationships', kind: 'figure', title: 'Relationships', metric: 'relationships'},
    {id: 'density', kind: 'figure', title: 'Relationships per node', metric: 'density'},
    {id: 'isolated-share', kind: 'figure', title: 'Isolated share', metric: 'isolated_share'},
    {id: 'largest-share', kind: 'figure', title: 'Share in the largest component', metric: 'largest_share'},
    {id: 'modularity', kind: 'figure', title: 'Modularity', metric: 'modularity'},
    {
      id: 'nodes-by-label',
      kind: 'trend',
      title: 'Nodes by label and week',
      metrics: ['label_nodes'],
      grain: 'week',
      split: 'label',
      mark: 'stacked',
    },
    {
      id: 'isolated-by-day',
      kind: 'trend',
      title: 'Isolated nodes by day',
      metrics: ['isolated'],
      grain: 'day',
    },
    {
      id: 'types',
      kind: 'breakdown',
      title: 'Relationships by type',
      metrics: ['typed_relationships'],
      dimension: 'type',
    },
    {
      id: 'degrees',
      kind: 'breakdown',
      title: 'How many relationships nodes have',
      metrics: ['degree_nodes'],
      dimension: 'degree_band',
    },
    {
      id: 'communities',
      kind: 'breakdown',
      title: 'Largest communities',
      metrics: ['members', 'cohesion'],
      dimension: 'community',
    },
    {
      id: 'hubs',
      kind: 'breakdown',
      title: 'Nodes that carry the graph',
      metrics: ['degree', 'page_rank'],
      dimension: 'hub',
    },
  ],
})

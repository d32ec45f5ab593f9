import {
  type AggregateFunctionNode,
  AliasNode,
  AndNode,
  BinaryOperationNode,
  ColumnNode,
  type ColumnUpdateNode,
  type CommonTableExpressionNode,
  type CompiledQuery,
  type DatabaseConnection,
  type DeleteQueryNode,
  type FromNode,
  type FunctionNode,
  IdentifierNode,
  type InsertQueryNode,
  type JoinNode,
  type KyselyPlugin,
  type OnConflictNode,
  type OperationNode,
  OperationNodeTransformer,
  OperatorNode,
  ParensNode,
  type PluginTransformQueryArgs,
  type PluginTransformResultArgs,
  PrimitiveValueListNode,
  type QueryId,
  type QueryResult,
  type RawNode,
  ReferenceNode,
  type RootOperationNode,
  SelectAllNode,
  SelectionNode,
  SelectQueryNode,
  TableNode,
  type UnknownRow,
  type UpdateQueryNode,
  type UsingNode,
  ValueListNode,
  ValueNode,
  type ValuesItemNode,
  ValuesNode,
  WhereNode,
  type WithNode,
} from 'kysely'
import type {TableDefinition} from './column-definition.ts'
import {TenantIsolationError} from './errors.ts'

const tenantColumn = 'tenant'

/** The tables a tenant's queries may name, and how. */
export type TableScopes = Readonly<Record<string, Pick<TableDefinition, 'scope'>>>

/**
 * SQL functions that exist under one name and with one meaning on both dialects. Kysely writes the name of a function
 * into the query as it is, so a name that is not here could be anything, even a query of its own.
 */
const portableFunctions: ReadonlySet<string> = new Set([
  'abs',
  'avg',
  'ceil',
  'coalesce',
  'count',
  'cume_dist',
  'dense_rank',
  'first_value',
  'floor',
  'lag',
  'last_value',
  'lead',
  'length',
  'lower',
  'ltrim',
  'max',
  'min',
  'mod',
  'nth_value',
  'ntile',
  'nullif',
  'percent_rank',
  'rank',
  'replace',
  'round',
  'row_number',
  'rtrim',
  'sign',
  'sqrt',
  'substr',
  'sum',
  'trim',
  'upper',
]) // biome-ignore format: a list of words

/** What Kysely itself writes as raw SQL: the direction of an order, and the condition of a join on true. */
const harmlessFragments: ReadonlySet<string> = new Set(['asc', 'desc', 'true'])

/**
 * Confines queries to one tenant by rewriting them.
 *
 * - Where a query reads a tenant's table (from, join, using, at any depth), it reads
 *   `(select * from table where tenant = ?)` under the same name instead. This holds for every kind of join, where a
 *   condition in WHERE or ON would not; both databases flatten it, so that indexes are used as before.
 * - An update and a delete get `tenant = ?` on their target, and so does the update of an upsert.
 * - An insert gets the column; a tenant cannot be named or changed.
 * - What cannot be confined is refused: raw SQL, tables without a declaration, schemas, MERGE, REPLACE, functions that
 *   are not on the list, data definition.
 *
 * The queries that went through are remembered by their ids, and `confined` lets only those reach the database:
 * `withoutPlugins()` or a compiled query of one's own are refused there.
 */
export class TenantPlugin implements KyselyPlugin {
  readonly #tenant: string
  readonly #tables: TableScopes
  readonly #writable: boolean
  readonly #passed = new WeakSet<QueryId>()

  constructor(tenant: string, tables: TableScopes, writable: boolean) {
    this.#tenant = tenant
    this.#tables = tables
    this.#writable = writable
  }

  transformQuery({node, queryId}: PluginTransformQueryArgs): RootOperationNode {
    const transformed = new TenantTransformer(this.#tenant, this.#tables, this.#writable).transformNode(node, queryId)
    this.#passed.add(queryId)
    return transformed
  }

  async transformResult({result}: PluginTransformResultArgs): Promise<QueryResult<UnknownRow>> {
    return result
  }

  /** A connection that runs only what this plugin has rewritten. */
  confined(connection: DatabaseConnection): DatabaseConnection {
    return {
      executeQuery: async <R>(query: CompiledQuery) => {
        if (!this.#passed.has(query.queryId)) {
          throw new TenantIsolationError('A query did not go through the tenant predicate', {
            hint: 'build it with the database that the store hands out, without raw SQL',
          })
        }
        return connection.executeQuery<R>(query)
      },
      streamQuery: (query, chunkSize) => connection.streamQuery(query, chunkSize),
    }
  }
}

const rootKinds: ReadonlySet<string> = new Set([
  'SelectQueryNode',
  'InsertQueryNode',
  'UpdateQueryNode',
  'DeleteQueryNode',
])
const writingKinds: ReadonlySet<string> = new Set(['InsertQueryNode', 'UpdateQueryNode', 'DeleteQueryNode'])

class TenantTransformer extends OperationNodeTransformer {
  readonly #tenant: string
  readonly #tables: TableScopes
  readonly #writable: boolean
  /** The names of the common table expressions which can be seen from here, innermost last. */
  readonly #expressions: Set<string>[] = []
  #depth = 0

  constructor(tenant: string, tables: TableScopes, writable: boolean) {
    super()
    this.#tenant = tenant
    this.#tables = tables
    this.#writable = writable
  }

  protected override transformNodeImpl<T extends OperationNode>(node: T, queryId?: QueryId): T {
    if (this.#depth === 0 && !rootKinds.has(node.kind)) refuse(`a ${node.kind} is not a query on rows`)
    if (!this.#writable && writingKinds.has(node.kind)) refuse('it writes, outside a unit of work')
    const opensScope = 'with' in node && node.with !== undefined
    if (opensScope) this.#expressions.push(new Set())
    this.#depth += 1
    try {
      return super.transformNodeImpl(node, queryId)
    } finally {
      this.#depth -= 1
      if (opensScope) this.#expressions.pop()
    }
  }

  protected override transformSelectQuery(node: SelectQueryNode, queryId?: QueryId): SelectQueryNode {
    const expressions = this.#with(node.with, queryId)
    return withExpressions(super.transformSelectQuery(withoutExpressions(node), queryId), expressions)
  }

  protected override transformFrom(node: FromNode, queryId?: QueryId): FromNode {
    return {...node, froms: node.froms.map(source => this.#source(source, queryId))}
  }

  protected override transformUsing(node: UsingNode, queryId?: QueryId): UsingNode {
    return {...node, tables: node.tables.map(source => this.#source(source, queryId))}
  }

  protected override transformJoin(node: JoinNode, queryId?: QueryId): JoinNode {
    const {on} = node
    return {
      ...node,
      table: this.#source(node.table, queryId),
      ...(on === undefined ? {} : {on: this.transformNode(on, queryId)}),
    }
  }

  protected override transformInsertQuery(node: InsertQueryNode, queryId?: QueryId): InsertQueryNode {
    if (node.replace || node.orAction || node.onDuplicateKey || node.top || node.output) {
      refuse('INSERT OR …, REPLACE, ON DUPLICATE KEY, TOP and OUTPUT differ between databases; use onConflict')
    }
    if (node.into === undefined) refuse('it inserts without a table')
    this.#assertOwn(node.into)
    if (node.columns?.some(({column}) => column.name.toLowerCase() === tenantColumn))
      refuse('it names the tenant of a new row')
    const expressions = this.#with(node.with, queryId)
    const transformed = withExpressions(super.transformInsertQuery(withoutExpressions(node), queryId), expressions)
    const {defaultValues: _, ...rest} = transformed
    return {
      ...rest,
      columns: [ColumnNode.create(tenantColumn), ...(transformed.columns ?? [])],
      values: this.#insertedValues(transformed, node.defaultValues === true),
      ...(transformed.onConflict === undefined
        ? {}
        : {onConflict: this.#upsert(transformed.onConflict, targetName(node.into))}),
    }
  }

  protected override transformUpdateQuery(node: UpdateQueryNode, queryId?: QueryId): UpdateQueryNode {
    if (node.table === undefined) refuse('it updates without a table')
    if (node.joins || node.top || node.output)
      refuse('UPDATE with JOIN, TOP or OUTPUT differs between databases; use from')
    this.#assertOwn(node.table)
    this.#refuseTenantUpdate(node.updates)
    const expressions = this.#with(node.with, queryId)
    const transformed = withExpressions(super.transformUpdateQuery(withoutExpressions(node), queryId), expressions)
    return {...transformed, where: this.#and(transformed.where, targetName(node.table))}
  }

  protected override transformDeleteQuery(node: DeleteQueryNode, queryId?: QueryId): DeleteQueryNode {
    const [target, ...others] = node.from.froms
    if (target === undefined || others.length > 0 || node.joins || node.top || node.output) {
      refuse('DELETE from several tables, with JOIN, TOP or OUTPUT differs between databases; use using')
    }
    this.#assertOwn(target)
    const expressions = this.#with(node.with, queryId)
    // The target stays a table; only what the delete reads besides is replaced.
    const sources = {...withoutExpressions(node), from: {...node.from, froms: []}}
    const transformed = withExpressions(super.transformDeleteQuery(sources, queryId), expressions)
    return {...transformed, from: node.from, where: this.#and(transformed.where, targetName(target))}
  }

  protected override transformMergeQuery(): never {
    refuse('MERGE differs between databases')
  }

  protected override transformRaw(node: RawNode): RawNode {
    if (node.parameters.length > 0 || !node.sqlFragments.every(fragment => harmlessFragments.has(fragment.trim()))) {
      refuse('it contains raw SQL')
    }
    return node
  }

  protected override transformFunction(node: FunctionNode, queryId?: QueryId): FunctionNode {
    assertPortable(node.func)
    return super.transformFunction(node, queryId)
  }

  protected override transformAggregateFunction(node: AggregateFunctionNode, queryId?: QueryId): AggregateFunctionNode {
    assertPortable(node.func)
    return super.transformAggregateFunction(node, queryId)
  }

  /** Rewrites the expressions one by one: each sees those before it, and itself only where they are recursive. */
  #with(node: WithNode | undefined, queryId?: QueryId): WithNode | undefined {
    if (node === undefined) return undefined
    const visible = this.#expressions.at(-1)
    if (visible === undefined) return refuse('its common table expressions have no place')
    if (node.recursive) for (const {name} of node.expressions) visible.add(this.#expressionName(name.table))
    const expressions: CommonTableExpressionNode[] = []
    for (const expression of node.expressions) {
      expressions.push(this.transformNode(expression, queryId))
      visible.add(this.#expressionName(expression.name.table))
    }
    return {...node, expressions}
  }

  #expressionName(table: TableNode): string {
    const {name} = table.table.identifier
    if (this.#tables[name] !== undefined) refuse(`a common table expression hides the table ${name}`)
    return name
  }

  /** What is read: a table becomes its tenant's part, a subquery is rewritten inside. */
  #source(node: OperationNode, queryId?: QueryId): OperationNode {
    if (TableNode.is(node)) {
      const name = this.#tableName(node)
      if (this.#isExpression(name) || this.#scopeOf(name) === 'shared') return node
      return AliasNode.create(this.#ownRows(name), IdentifierNode.create(name))
    }
    if (AliasNode.is(node) && TableNode.is(node.node)) {
      const name = this.#tableName(node.node)
      if (this.#isExpression(name) || this.#scopeOf(name) === 'shared') return node
      return AliasNode.create(this.#ownRows(name), node.alias)
    }
    if (AliasNode.is(node) && SelectQueryNode.is(node.node)) return this.transformNode(node, queryId)
    return refuse(`it reads from a ${AliasNode.is(node) ? node.node.kind : node.kind}`)
  }

  #ownRows(name: string): SelectQueryNode {
    const all = SelectQueryNode.cloneWithSelections(SelectQueryNode.createFrom([TableNode.create(name)]), [
      SelectionNode.create(SelectAllNode.create()),
    ])
    return {...all, where: WhereNode.create(this.#predicate(undefined))}
  }

  #predicate(qualifier: TableNode | undefined): OperationNode {
    return BinaryOperationNode.create(
      ReferenceNode.create(ColumnNode.create(tenantColumn), qualifier),
      OperatorNode.create('='),
      ValueNode.create(this.#tenant),
    )
  }

  #and(where: WhereNode | undefined, target: string): WhereNode {
    const predicate = this.#predicate(TableNode.create(target))
    return WhereNode.create(where === undefined ? predicate : AndNode.create(predicate, ParensNode.create(where.where)))
  }

  #insertedValues(node: InsertQueryNode, defaults: boolean): OperationNode {
    const tenant = ValueNode.create(this.#tenant)
    if (defaults) return ValuesNode.create([PrimitiveValueListNode.create([this.#tenant])])
    const {values} = node
    if (values === undefined) return refuse('it inserts without values')
    if (ValuesNode.is(values)) {
      return ValuesNode.create(
        values.values.map((row): ValuesItemNode =>
          ValueListNode.is(row)
            ? ValueListNode.create([tenant, ...row.values])
            : PrimitiveValueListNode.create([this.#tenant, ...row.values]),
        ),
      )
    }
    return this.#selectedValues(values)
  }

  /** Puts the tenant first into a select whose rows are inserted, and into every part of a union. */
  #selectedValues(node: OperationNode): OperationNode {
    if (!SelectQueryNode.is(node)) return refuse(`it inserts from a ${node.kind}`)
    return {
      ...node,
      selections: [
        SelectionNode.create(AliasNode.create(ValueNode.create(this.#tenant), IdentifierNode.create(tenantColumn))),
        ...(node.selections ?? []),
      ],
      ...(node.setOperations === undefined
        ? {}
        : {
            setOperations: node.setOperations.map(part => ({
              ...part,
              expression: this.#selectedValues(part.expression),
            })),
          }),
    } as SelectQueryNode
  }

  /** The keys of a tenant's table begin with the tenant; and were there one that does not, no other's row is touched. */
  #upsert(node: OnConflictNode, target: string): OnConflictNode {
    if (node.constraint || node.indexExpression || node.indexWhere) refuse('onConflict must name columns')
    this.#refuseTenantUpdate(node.updates)
    const columns = node.columns?.filter(({column}) => column.name !== tenantColumn)
    return {
      ...node,
      ...(columns === undefined ? {} : {columns: [ColumnNode.create(tenantColumn), ...columns]}),
      ...(node.updates === undefined ? {} : {updateWhere: this.#and(node.updateWhere, target)}),
    }
  }

  #refuseTenantUpdate(updates: readonly ColumnUpdateNode[] | undefined): void {
    for (const {column} of updates ?? []) {
      const named = ReferenceNode.is(column) ? column.column : column
      if (!ColumnNode.is(named)) refuse('an update must name its columns')
      if (named.column.name.toLowerCase() === tenantColumn) refuse('the tenant of a row cannot be changed')
    }
  }

  #isExpression(name: string): boolean {
    return this.#expressions.some(names => names.has(name))
  }

  #assertOwn(target: OperationNode): void {
    const table = AliasNode.is(target) ? target.node : target
    if (!TableNode.is(table)) refuse(`it writes to a ${table.kind}`)
    const name = this.#tableName(table)
    if (this.#scopeOf(name) === 'shared') refuse(`it writes to ${name}, which all tenants share`)
  }

  #tableName(node: TableNode): string {
    if (node.table.schema !== undefined) refuse('it names a schema')
    return node.table.identifier.name
  }

  #scopeOf(name: string): 'tenant' | 'shared' {
    const table = Object.hasOwn(this.#tables, name) ? this.#tables[name] : undefined
    return table?.scope ?? refuse(`it names ${name}, which no migration declares`)
  }
}

/** The expressions are rewritten before the rest, which may name them, and put back after it. */
function withoutExpressions<T extends {readonly with?: WithNode}>(node: T): T {
  const {with: _, ...rest} = node
  return rest as T
}

function withExpressions<T extends {readonly with?: WithNode}>(node: T, rewritten: WithNode | undefined): T {
  return rewritten === undefined ? node : {...node, with: rewritten}
}

function targetName(target: OperationNode): string {
  const node = AliasNode.is(target) ? target.alias : target
  if (IdentifierNode.is(node)) return node.name
  return TableNode.is(node) ? node.table.identifier.name : refuse('the target has no name')
}

function assertPortable(name: string): void {
  if (!portableFunctions.has(name.toLowerCase()))
    refuse(`the function ${name} is not known to be the same on both databases`)
}

function refuse(reason: string): never {
  throw new TenantIsolationError(`A query was refused: ${reason}`)
}

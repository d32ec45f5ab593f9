import type {Context} from '../operation/context.ts'
import type {Store} from '../store/store.ts'
import {comparePrivacy} from './comparison.ts'
import {isKept, type PrivacyDeclaration} from './declaration.ts'
import {emptyPlace} from './empty-place.ts'
import type {PersonalStore} from './personal-store.ts'
import {readRealSchema} from './real-schema.ts'
import {SqlPlaces} from './sql-place.ts'
import {storeRows} from './sql-rows.ts'

/** A place, and how it is handled; without a handler, why there is none. */
export interface HandledPlace {
  readonly declaration: PrivacyDeclaration
  readonly plugin: string
  readonly handler: PersonalStore | undefined
  readonly missing: string
}

/** The name of a place: its store and its table. */
export function placeName({store, table}: Pick<PrivacyDeclaration, 'store' | 'table'>): string {
  return `${store} ${table}`
}

/** Every place that holds personal data, with who handles it; and what nobody has declared, which may hold some too. */
export async function handledPlaces(
  context: Context,
  store: Store,
): Promise<{readonly handled: readonly HandledPlace[]; readonly sql: SqlPlaces}> {
  const declared = await declarationsByPlugin(context)
  const declarations = declared.flatMap(each => each.declarations)
  const sql = new SqlPlaces(await storeRows(store, context), declarations)
  const own = await ownStores(context)
  const handled = declared.flatMap(({plugin, declarations: theirs}) =>
    theirs
      .filter(({personal}) => personal !== undefined)
      .map((declaration): HandledPlace => {
        const handler = own.stores.get(placeName(declaration)) ?? genericHandler(declaration, sql)
        return {declaration, plugin, handler, missing: own.failures.get(plugin) ?? `${plugin} has no way to read it`}
      }),
  )
  return {handled: [...handled, ...(await undeclared(store, declarations))], sql}
}

async function declarationsByPlugin({registry}: Context) {
  return Promise.all(
    registry.plugins.map(async ({name, privacy}) => ({plugin: name, declarations: (await privacy?.()) ?? []})),
  )
}

/** The handlers that plugins bring; where one cannot be opened, its places have none, and why. */
async function ownStores(context: Context) {
  const stores = new Map<string, PersonalStore>()
  const failures = new Map<string, string>()
  for (const {name, personalData} of context.registry.plugins) {
    if (personalData === undefined) continue
    try {
      const {openPersonalStores} = await personalData()
      for (const store of await openPersonalStores(context)) stores.set(placeName(store), store)
    } catch (error) {
      failures.set(name, reasonOf(error))
    }
  }
  return {stores, failures}
}

function genericHandler(declaration: PrivacyDeclaration, sql: SqlPlaces): PersonalStore | undefined {
  if (declaration.store === 'sql') return sql.place(declaration.table)
  return isUntraceable(declaration) ? emptyPlace(declaration) : undefined
}

/** Where nobody can be found, and all is kept, there is nothing to do. */
function isUntraceable({personal}: PrivacyDeclaration): boolean {
  return personal !== undefined && 'untraceable' in personal.subject && isKept(personal.erasure)
}

/** Tables of plugins that are not installed any more, and columns that nobody speaks of: personal data may be in them. */
async function undeclared(store: Store, declarations: readonly PrivacyDeclaration[]): Promise<HandledPlace[]> {
  const sql = declarations.filter(each => each.store === 'sql')
  const tables = new Set(
    comparePrivacy(sql, await readRealSchema(store))
      .filter(({kind}) => kind === 'undeclared-table' || kind === 'undeclared-field')
      .map(({table}) => table),
  )
  return [...tables].map(table => ({
    declaration: {store: 'sql', table, fields: {}},
    plugin: '',
    handler: undefined,
    missing: `nobody has declared what ${table} holds: install the plugin that made it again, or drop it`,
  }))
}

/** What an error says. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

import {join, sep} from 'node:path'
import type {Context} from '../operation/context.ts'
import {CancelledError, ExitCode, InvalidInputError, OmniError} from '../operation/errors.ts'
import type {Store} from '../store/store.ts'
import {systemOf} from '../store/system.ts'
import {filesBelow, occurrencesInFile} from './byte-scan.ts'
import {isKept} from './declaration.ts'
import {ErasureJournal} from './erasure-journal.ts'
import {erasureOrder} from './erasure-order.ts'
import {type HandledPlace, handledPlaces, placeName, reasonOf} from './handled-place.ts'
import {IdentifierSearch} from './identifier-search.ts'
import type {
  Decisions,
  Expired,
  ExpiryTerms,
  GivenIdentity,
  PersonalRecord,
  PersonalStore,
  Place,
  Rectification,
  Residue,
  StoreReceipt,
  Subject,
  Unreachable,
} from './personal-store.ts'
import {PlaceOutcome} from './place-outcome.ts'
import {keyOf, resolveSubject} from './resolve-subject.ts'
import type {SqlPlaces} from './sql-place.ts'

/** Writers that keep bringing the subject back are followed so often. */
const mostPasses = 5
const leastPasses = 2

interface MapParts {
  readonly context: Context
  readonly store: Store
  readonly handled: readonly HandledPlace[]
  readonly sql: SqlPlaces
}

/**
 * Where personal data of a tenant live, in every plugin, and what can be done with them. What is declared and cannot be
 * reached, and what is there and nobody declared, is told as unreachable: an answer without it is partial.
 */
export class PersonalDataMap {
  readonly places: readonly Place[]
  readonly #context: Context
  readonly #store: Store
  readonly #handled: readonly HandledPlace[]
  readonly #sql: SqlPlaces

  private constructor({context, store, handled, sql}: MapParts) {
    this.#context = context
    this.#store = store
    this.#handled = handled
    this.#sql = sql
    this.places = handled.map(({declaration, plugin, handler}) => ({declaration, plugin, can: abilitiesOf(handler)}))
  }

  static async open(context: Context): Promise<PersonalDataMap> {
    const store = await context.store()
    return new PersonalDataMap({context, store, ...(await handledPlaces(context, store))})
  }

  /** Who these identities stand for: joined by declared links, never by name alone. */
  async resolve(given: readonly GivenIdentity[]): Promise<Subject> {
    return resolveSubject(given, this.#sql)
  }

  /**
   * Everything of the subject, place by place; what could not be asked comes as unreachable.
   * @param places by their names, `sql omni_jobs`; all of them by default.
   */
  async *locate(
    subject: Subject,
    {places}: {readonly places?: readonly string[]} = {},
  ): AsyncGenerator<PersonalRecord | Unreachable> {
    for (const {declaration, handler, missing} of this.#handled) {
      const name = placeName(declaration)
      if (places !== undefined && !places.includes(name)) continue
      const {store, table} = declaration
      if (handler === undefined) {
        yield {state: 'unreachable', store, table, message: missing}
        continue
      }
      try {
        yield* handler.locate(subject)
      } catch (error) {
        yield {state: 'unreachable', store, table, message: reasonOf(error)}
      }
    }
  }

  /** What is due in a place, or deletes it; undefined where the place's records are rows, or its handler knows no time. */
  async expire(place: string, terms: ExpiryTerms): Promise<Expired | undefined> {
    const found = this.#handled.find(({declaration}) => placeName(declaration) === place)
    return found?.handler?.expire?.(terms)
  }

  /** @throws InvalidInputError for a place whose records cannot be changed one by one */
  async rectify({place, ...change}: Rectification & {readonly place: string}): Promise<StoreReceipt> {
    const found = this.#handled.find(({declaration}) => placeName(declaration) === place)
    if (found?.handler?.rectify === undefined) {
      throw new InvalidInputError(`Nothing can be corrected in ${place}`, {hint: 'omni gdpr map lists the places'})
    }
    return found.handler.rectify(change)
  }

  /**
   * Erases the subject from every place: rows and documents first, again until no writer brings anything back, then what
   * is left of them in files; then looks for what is left. The receipts come last, one for each place, because none is
   * true before. May be repeated at any time, and goes on where it was killed.
   * @param options.again whether it is done again because the data are from before it
   * @throws TombstoneFileError, NoErasureKeyError before anything is erased
   */
  async *erase(
    subject: Subject,
    decisions: Decisions,
    options: {readonly again?: boolean} = {},
  ): AsyncGenerator<StoreReceipt> {
    const journal = await ErasureJournal.open(this.#context)
    const whole = withRemembered(subject, await journal.rememberedOf(subject))
    const {id, resumed} = await journal.begin(whole, decisions, options)
    const outcomes = new Map(this.#inOrder().map(handled => [handled, new PlaceOutcome(handled)]))
    for (let pass = 1; pass <= mostPasses; pass++) {
      const erased = await this.#pass([...outcomes.values()], whole, decisions)
      if (pass >= leastPasses && erased === 0) break
    }
    await this.#purge([...outcomes.values()], whole, resumed)
    await this.#verify([...outcomes.values()], whole)
    const receipts = [...outcomes.values()].map(outcome => outcome.receipt())
    if (receipts.every(({state}) => state === 'done')) {
      const sum = (of: (receipt: StoreReceipt) => number) => receipts.reduce((all, each) => all + of(each), 0)
      await journal.finish(id, {erased: sum(each => each.erased), kept: sum(each => each.kept.length)})
    }
    yield* receipts
  }

  /** Looks for the subject everywhere: in what can be read, and in every byte of the files behind it. */
  async *verifyErased(subject: Subject): AsyncGenerator<Residue> {
    for (const handled of this.#handled) {
      if (isKept(handled.declaration.personal?.erasure)) continue
      yield* this.#residueOf(handled, subject, undefined)
    }
    yield* this.#residueInDatabase(subject)
    yield* this.#residueInFiles(subject)
  }

  #inOrder(): HandledPlace[] {
    const order = new Map(erasureOrder(this.#handled.map(({declaration}) => declaration)).map((each, at) => [each, at]))
    return this.#handled.toSorted((a, b) => (order.get(a.declaration) ?? 0) - (order.get(b.declaration) ?? 0))
  }

  /** @returns how many records went */
  async #pass(outcomes: readonly PlaceOutcome[], subject: Subject, decisions: Decisions): Promise<number> {
    let erased = 0
    for (const outcome of outcomes) {
      if (this.#context.signal.aborted) throw new CancelledError()
      const {declaration, handler, missing} = outcome.handled
      this.#context.emit({
        type: 'progress',
        label: 'Erasing',
        done: outcomes.indexOf(outcome) + 1,
        total: outcomes.length,
        unit: 'places',
      })
      if (handler?.erase === undefined) {
        outcome.fail('unreachable', missing)
        continue
      }
      try {
        const receipt = await handler.erase(subject, decisions)
        outcome.add(receipt)
        // A cache fills up again by itself, and not with what was erased.
        if (declaration.personal?.erasure !== 'delete-all') erased += receipt.erased
      } catch (error) {
        if (error instanceof CancelledError) throw error
        outcome.fail(stateOf(error), reasonOf(error))
      }
    }
    return erased
  }

  async #purge(outcomes: readonly PlaceOutcome[], subject: Subject, resumed: boolean): Promise<void> {
    const ofDatabase = outcomes.filter(({handled}) => handled.declaration.store === 'sql')
    const touched = ofDatabase.filter(({handled, erased}) => handled.handler !== undefined && (resumed || erased > 0))
    for (const outcome of outcomes) {
      const {handler} = outcome.handled
      if (handler?.purge === undefined) continue
      try {
        outcome.purged(await handler.purge(subject))
      } catch (error) {
        if (error instanceof CancelledError) throw error
        outcome.fail(stateOf(error), reasonOf(error))
      }
    }
    try {
      const tables = touched.map(({handled}) => handled.declaration.table)
      const {complete, message} = await systemOf(this.#store).engine.purge(tables, this.#context.signal)
      for (const outcome of touched) outcome.purged({verified: complete, ...(message ? {message} : {})})
    } catch (error) {
      if (error instanceof CancelledError) throw error
      for (const outcome of ofDatabase) outcome.purged({verified: false, message: reasonOf(error)})
    }
  }

  async #verify(outcomes: readonly PlaceOutcome[], subject: Subject): Promise<void> {
    for (const outcome of outcomes) {
      if (isKept(outcome.handled.declaration.personal?.erasure) || outcome.state !== 'done') continue
      for await (const residue of this.#residueOf(outcome.handled, subject, outcome)) outcome.residue(residue)
    }
    const leftOver = outcomes.find(({handled}) => placeName(handled.declaration) === 'file temporary file')
    for await (const residue of this.#residueInFiles(subject)) leftOver?.residue(residue)
    for await (const residue of this.#residueInDatabase(subject)) {
      for (const outcome of outcomes) {
        if (outcome.handled.declaration.store === 'sql' && outcome.erased > 0) outcome.residue(residue)
      }
    }
  }

  async *#residueOf(
    {declaration, handler, missing}: HandledPlace,
    subject: Subject,
    after: PlaceOutcome | undefined,
  ): AsyncGenerator<Residue> {
    const {store, table} = declaration
    const unverifiable = (message: string): Residue => ({store, place: table, kind: 'unverifiable', found: 0, message})
    if (handler === undefined) {
      yield unverifiable(missing)
      return
    }
    try {
      let found = 0
      for await (const record of handler.locate(subject)) if (!after?.keeps(record)) found += 1
      if (found > 0) yield {store, place: table, kind: 'record', found, message: 'can be read'}
      if (handler.verifyErased) yield* handler.verifyErased(subject)
    } catch (error) {
      if (error instanceof CancelledError) throw error
      yield unverifiable(reasonOf(error))
    }
  }

  /** Whatever a program has put into the profile's directories, and no place answers for. */
  async *#residueInFiles(subject: Subject): AsyncGenerator<Residue> {
    const search = new IdentifierSearch(subject)
    if (!search.isTelling) return
    const {directories} = this.#context
    const {location, dialect} = systemOf(this.#store).engine
    const answered = [
      ...this.#handled.flatMap(({handler}) => handler?.covers ?? []),
      ...(dialect === 'sqlite' ? [location, `${location}-wal`, `${location}-shm`] : []),
      // Downloaded, or compiled of the program: the same for everybody.
      join(directories.cache, 'models'),
      join(directories.cache, 'compile'),
    ]
    const isAnswered = (path: string) => answered.some(each => path === each || path.startsWith(`${each}${sep}`))
    for (const directory of [directories.data, directories.state, directories.cache]) {
      for await (const path of filesBelow(directory)) {
        const found = isAnswered(path) ? 0 : await occurrencesInFile(path, search)
        if (found === 0) continue
        yield {
          store: 'file',
          place: path,
          kind: 'bytes',
          found,
          message: 'no place answers for this file: look at it and delete it',
        }
      }
    }
  }

  async *#residueInDatabase(subject: Subject): AsyncGenerator<Residue> {
    const {engine} = systemOf(this.#store)
    const {SqliteEngine} = await import('../store/sqlite-engine.ts')
    const search = new IdentifierSearch(subject)
    if (!(engine instanceof SqliteEngine) || !search.isTelling) return
    const {unexplainedOccurrences} = await import('./sqlite-bytes.ts')
    const found = await unexplainedOccurrences(engine, search, this.#context.signal)
    if (found === 0) return
    yield found === undefined
      ? {
          store: 'sql',
          place: engine.location,
          kind: 'unverifiable',
          found: 0,
          message: 'another process keeps reading an older state',
        }
      : {
          store: 'sql',
          place: engine.location,
          kind: 'bytes',
          found,
          message: 'stands in the file beyond the rows that are there',
        }
  }
}

function abilitiesOf(handler: PersonalStore | undefined): Place['can'] {
  if (handler === undefined) return []
  return [
    'locate',
    ...(handler.rectify ? (['rectify'] as const) : []),
    ...(handler.erase ? (['erase'] as const) : []),
    ...(handler.purge ? (['purge'] as const) : []),
    ...(handler.verifyErased ? (['verify'] as const) : []),
    ...(handler.expire ? (['expire'] as const) : []),
  ]
}

function withRemembered(subject: Subject, remembered: Subject['identities']): Subject {
  const known = new Map([...remembered, ...subject.identities].map(identity => [keyOf(identity), identity]))
  return {...subject, identities: [...known.values()]}
}

/** What is not configured, or does not answer, may be reached another time. */
function stateOf(error: unknown): 'unreachable' | 'failed' {
  return error instanceof OmniError && error.exitCode === ExitCode.notConfigured ? 'unreachable' : 'failed'
}

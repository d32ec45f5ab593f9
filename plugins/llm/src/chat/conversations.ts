import {ConflictError, type Context, NotFoundError} from '@omni-ops/core/operation'
import type {Store} from '@omni-ops/core/store'
import type {ChatTables} from './tables.ts'

export interface Conversation {
  readonly id: string
  readonly target: string
  readonly system: string | null
}

export interface Turn {
  readonly number: number
  readonly message: string
  readonly answer: string
}

/** A turn that was kept, with when it was asked in ISO 8601. */
export interface KeptTurn extends Turn {
  readonly askedAt: string
}

/** A conversation as a list shows it. */
export interface ConversationSummary {
  readonly id: string
  readonly target: string
  readonly first_message: string
  readonly turns: number
  readonly started_at: string
  readonly continued_at: string
}

/** The principal has no conversation of this id, or none at all. */
export class UnknownConversationError extends NotFoundError {
  override readonly code = 'unknown_conversation'
}

/** Somebody, or another process of the same person, said something in between. */
export class ConversationMovedOnError extends ConflictError {
  override readonly code = 'conversation_moved_on'
}

/** What one principal of one tenant has talked about with models. */
export class Conversations {
  readonly #store: Store
  readonly #context: Context

  private constructor(store: Store, context: Context) {
    this.#store = store
    this.#context = context
  }

  static async open(context: Context): Promise<Conversations> {
    return new Conversations(await context.store(), context)
  }

  /** So many, the latest first. */
  async list(limit: number): Promise<readonly ConversationSummary[]> {
    const rows = await this.#own()
      .select(['started_at', 'continued_at'])
      .orderBy('continued_at', 'desc')
      .orderBy('id', 'desc')
      .limit(limit)
      .execute()
    if (rows.length === 0) return []
    const turns = this.#store.read<ChatTables>(this.#context.tenant).selectFrom('llm_turns')
    const ids = rows.map(({id}) => id)
    const [first, last] = await Promise.all([
      turns.select(['conversation', 'message']).where('conversation', 'in', ids).where('number', '=', 1).execute(),
      turns
        .select(({fn}) => ['conversation', fn.max('number').as('number')])
        .where('conversation', 'in', ids)
        .groupBy('conversation')
        .execute(),
    ])
    const messages = new Map(first.map(({conversation, message}) => [conversation, message]))
    const numbers = new Map(last.map(({conversation, number}) => [conversation, Number(number)]))
    return rows.map(({id, target, started_at, continued_at}) => ({
      id,
      target,
      first_message: messages.get(id) ?? '',
      turns: numbers.get(id) ?? 0,
      started_at,
      continued_at,
    }))
  }

  /** @throws UnknownConversationError */
  async find(id: string): Promise<Conversation> {
    const row = await this.#own().where('id', '=', id).executeTakeFirst()
    if (row) return row
    throw new UnknownConversationError(`There is no conversation ${id}`, {hint: '`omni llm conversations` lists yours'})
  }

  /** The one that was continued last. @throws UnknownConversationError where there is none */
  async latest(): Promise<Conversation> {
    const row = await this.#own().orderBy('continued_at', 'desc').orderBy('id', 'desc').limit(1).executeTakeFirst()
    if (row) return row
    throw new UnknownConversationError('There is no conversation to continue', {hint: 'begin one: omni llm chat'})
  }

  /** In their order. */
  async turns(conversation: string): Promise<readonly KeptTurn[]> {
    const rows = await this.#store
      .read<ChatTables>(this.#context.tenant)
      .selectFrom('llm_turns')
      .select(['number', 'message', 'answer', 'asked_at'])
      .where('conversation', '=', conversation)
      .orderBy('number')
      .execute()
    return rows.map(({asked_at: askedAt, ...turn}) => ({...turn, askedAt}))
  }

  /**
   * Keeps a turn, and its conversation where it is the first.
   * @throws ConversationMovedOnError where the conversation has a turn of this number already; nothing is kept then
   */
  async add({id, target, system}: Conversation, turn: Turn): Promise<void> {
    const now = this.#context.clock.now().toISOString()
    const action = turn.number === 1 ? 'llm.conversation.started' : 'llm.conversation.continued'
    await this.#store.unit(this.#context, {audit: {action, resource: `conversation:${id}`}}, async unit => {
      const database = unit.database<ChatTables>()
      const last = await database
        .selectFrom('llm_turns')
        .select('number')
        .where('conversation', '=', id)
        .orderBy('number', 'desc')
        .limit(1)
        .executeTakeFirst()
      if ((last?.number ?? 0) !== turn.number - 1) {
        throw new ConversationMovedOnError(`The conversation ${id} went on meanwhile`, {hint: 'ask again'})
      }
      await database
        .insertInto('llm_conversations')
        .values({id, target, system, principal: this.#context.principal.id, started_at: now, continued_at: now})
        .onConflict(conflict => conflict.columns(['id']).doUpdateSet({continued_at: now, target, system}))
        .execute()
      await database
        .insertInto('llm_turns')
        .values({...turn, conversation: id, asked_at: now})
        .execute()
    })
  }

  /** Removes a conversation with all its turns. @throws UnknownConversationError */
  async remove(id: string): Promise<void> {
    await this.find(id)
    const audit = {action: 'llm.conversation.removed', resource: `conversation:${id}`}
    await this.#store.unit(this.#context, {audit}, async unit => {
      await unit.database<ChatTables>().deleteFrom('llm_conversations').where('id', '=', id).execute()
    })
  }

  #own() {
    return this.#store
      .read<ChatTables>(this.#context.tenant)
      .selectFrom('llm_conversations')
      .select(['id', 'target', 'system'])
      .where('principal', '=', this.#context.principal.id)
  }
}

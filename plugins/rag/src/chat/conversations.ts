import {ConflictError, type Context, NotFoundError} from '@omni-ops/core/operation'
import type {Store} from '@omni-ops/core/store'
import type {ChatTables} from './tables.ts'

export interface Turn {
  readonly number: number
  readonly message: string
  readonly question: string
  readonly answered: boolean
  readonly answer: string
  readonly sources: readonly string[]
  readonly asked_at: string
}

export interface Conversation {
  readonly id: string
  readonly collection: string
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

/** The conversations of one principal in one tenant. */
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

  /** The latest first. */
  async list(limit: number): Promise<(Conversation & {readonly turns: number; readonly first_message: string})[]> {
    const rows = await this.#own().orderBy('continued_at', 'desc').orderBy('id', 'desc').limit(limit).execute()
    return Promise.all(
      rows.map(async row => {
        const turns = await this.turns(row.id)
        return {...conversationOf(row), turns: turns.length, first_message: turns[0]?.message ?? ''}
      }),
    )
  }

  /** Throws UnknownConversationError. */
  async find(id: string): Promise<Conversation> {
    const row = await this.#own().where('id', '=', id).executeTakeFirst()
    if (row) return conversationOf(row)
    throw new UnknownConversationError(`There is no conversation ${id}`, {hint: 'omni rag conversations lists yours'})
  }

  /** The one that was continued last. Throws UnknownConversationError where there is none. */
  async latest(): Promise<Conversation> {
    const row = await this.#own().orderBy('continued_at', 'desc').orderBy('id', 'desc').limit(1).executeTakeFirst()
    if (row) return conversationOf(row)
    throw new UnknownConversationError('There is no conversation to continue', {hint: 'begin one: omni rag chat'})
  }

  /** In their order. */
  async turns(conversation: string): Promise<Turn[]> {
    const rows = await this.#store
      .read<ChatTables>(this.#context.tenant)
      .selectFrom('rag_turns')
      .selectAll()
      .where('conversation', '=', conversation)
      .orderBy('number')
      .execute()
    return rows.map(({number, message, question, answered, answer, sources, asked_at}) => {
      return {number, message, question, answered, answer, sources, asked_at}
    })
  }

  /**
   * Keeps a turn, and its conversation where it is the first.
   * @throws ConversationMovedOnError where the conversation has a turn of this number already; nothing is kept then.
   */
  async add(
    conversation: {readonly id: string; readonly collection: string},
    turn: Omit<Turn, 'asked_at'>,
  ): Promise<void> {
    const now = this.#context.clock.now().toISOString()
    const audit = {
      action: turn.number === 1 ? 'conversation.started' : 'conversation.continued',
      resource: `conversation:${conversation.id}`,
    }
    await this.#store.unit(this.#context, {audit}, async unit => {
      const database = unit.database<ChatTables>()
      const last = await database
        .selectFrom('rag_turns')
        .select('number')
        .where('conversation', '=', conversation.id)
        .orderBy('number', 'desc')
        .limit(1)
        .executeTakeFirst()
      if ((last?.number ?? 0) !== turn.number - 1) {
        throw new ConversationMovedOnError(`The conversation ${conversation.id} went on meanwhile`, {hint: 'ask again'})
      }
      await database
        .insertInto('rag_conversations')
        .values({...conversation, principal: this.#context.principal.id, started_at: now, continued_at: now})
        .onConflict(conflict => conflict.columns(['id']).doUpdateSet({continued_at: now}))
        .execute()
      await database
        .insertInto('rag_turns')
        .values({...turn, conversation: conversation.id, asked_at: now})
        .execute()
    })
  }

  /** Removes a conversation with all its turns. Throws UnknownConversationError. */
  async remove(id: string): Promise<void> {
    await this.find(id)
    const audit = {action: 'conversation.removed', resource: `conversation:${id}`}
    await this.#store.unit(this.#context, {audit}, async unit => {
      await unit.database<ChatTables>().deleteFrom('rag_conversations').where('id', '=', id).execute()
    })
  }

  #own() {
    return this.#store
      .read<ChatTables>(this.#context.tenant)
      .selectFrom('rag_conversations')
      .selectAll()
      .where('principal', '=', this.#context.principal.id)
  }
}

function conversationOf({id, collection, started_at, continued_at}: Conversation): Conversation {
  return {id, collection, started_at, continued_at}
}

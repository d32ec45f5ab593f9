import {ConflictError, type Context, NotFoundError} from '@omni-ops/core/operation'
import type {Store} from '@omni-ops/core/store'
import type {PromptTables} from './prompt-tables.ts'

/** A prompt that is used again. */
export interface KeptPrompt {
  readonly name: string
  readonly idea: string
  readonly prompt: string
  readonly negativePrompt: string | null
  readonly style: string | null
  readonly size: string | null
  readonly keptAt: string
}

/** The library has no prompt of this name. */
export class UnknownPromptError extends NotFoundError {
  override readonly code = 'image_unknown_prompt'
}

/** The library has a prompt of this name already. */
export class PromptExistsError extends ConflictError {
  override readonly code = 'image_prompt_exists'
}

/** The prompts for pictures that a tenant keeps. */
export class PromptLibrary {
  readonly #store: Store
  readonly #context: Context

  private constructor(store: Store, context: Context) {
    this.#store = store
    this.#context = context
  }

  static async open(context: Context): Promise<PromptLibrary> {
    return new PromptLibrary(await context.store(), context)
  }

  async list(): Promise<readonly KeptPrompt[]> {
    const rows = await this.#store
      .read<PromptTables>(this.#context.tenant)
      .selectFrom('multimodal_prompts')
      .selectAll()
      .orderBy('name')
      .execute()
    return rows.map(keptOf)
  }

  /** @throws UnknownPromptError */
  async show(name: string): Promise<KeptPrompt> {
    const row = await this.#store
      .read<PromptTables>(this.#context.tenant)
      .selectFrom('multimodal_prompts')
      .selectAll()
      .where('name', '=', name)
      .executeTakeFirst()
    if (row) return keptOf(row)
    throw unknown(name)
  }

  /** @throws PromptExistsError where the name is taken and `force` does not give it away */
  async keep(prompt: Omit<KeptPrompt, 'keptAt'>, force: boolean): Promise<void> {
    const {principal, clock} = this.#context
    const row = {
      idea: prompt.idea,
      prompt: prompt.prompt,
      negative_prompt: prompt.negativePrompt,
      style: prompt.style,
      size: prompt.size,
      principal: principal.id,
      kept_at: clock.now().toISOString(),
    }
    const audit = {action: 'image.prompt.kept', resource: `prompt:${prompt.name}`}
    await this.#store.unit(this.#context, {audit}, async unit => {
      const database = unit.database<PromptTables>()
      const taken = await database
        .selectFrom('multimodal_prompts')
        .select('name')
        .where('name', '=', prompt.name)
        .executeTakeFirst()
      if (taken && !force) {
        throw new PromptExistsError(`There is a prompt called ${prompt.name} already`, {
          hint: 'take another name, or put the new one in its place with --force',
        })
      }
      await database
        .insertInto('multimodal_prompts')
        .values({name: prompt.name, ...row})
        .onConflict(conflict => conflict.columns(['name']).doUpdateSet(row))
        .execute()
    })
  }

  /** @throws UnknownPromptError */
  async remove(name: string): Promise<void> {
    const audit = {action: 'image.prompt.removed', resource: `prompt:${name}`}
    await this.#store.unit(this.#context, {audit}, async unit => {
      const {numDeletedRows} = await unit
        .database<PromptTables>()
        .deleteFrom('multimodal_prompts')
        .where('name', '=', name)
        .executeTakeFirst()
      if (numDeletedRows === 0n) throw unknown(name)
    })
  }
}

function unknown(name: string): UnknownPromptError {
  return new UnknownPromptError(`There is no prompt called ${name}`, {hint: '`omni image prompts` lists them'})
}

function keptOf(row: {
  readonly name: string
  readonly idea: string
  readonly prompt: string
  readonly negative_prompt: string | null
  readonly style: string | null
  readonly size: string | null
  readonly kept_at: string
}): KeptPrompt {
  const {name, idea, prompt, style, size} = row
  return {name, idea, prompt, style, size, negativePrompt: row.negative_prompt, keptAt: row.kept_at}
}

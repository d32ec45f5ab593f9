import type {Context} from '../operation/context.ts'
import type {Unit} from '../store/unit.ts'
import type {LanguageModel, LanguageModelUsage} from './language-model.ts'
import {generationCost} from './model-price.ts'
import type {ModelDatabase} from './tables.ts'

/** What a request to a language model used, as a row of the usage records. */
export interface GenerationUse {
  readonly model: Pick<LanguageModel, 'provider' | 'model'>
  /** What it was for, such as `context`. */
  readonly kind: string
  readonly usage: LanguageModelUsage
  /** The model is on a server of the user's own, whose prices nobody knows. */
  readonly isOwnServer: boolean
}

/** Writes down what a request used, in the unit of work that keeps what it was answered. */
export async function writeGenerationUse(
  unit: Unit,
  {model, kind, usage, isOwnServer}: GenerationUse,
  {clock, random, operation}: Pick<Context, 'clock' | 'random' | 'operation'>,
): Promise<void> {
  const at = clock.now()
  await unit
    .database<ModelDatabase>()
    .insertInto('omni_usage')
    .values({
      id: random.id(),
      at: at.toISOString(),
      operation,
      provider: model.provider,
      model: model.model,
      kind,
      input_tokens: usage.inputTokens,
      cost_nano_usd: await generationCost({...model, isOwnServer}, usage, at),
    })
    .execute()
}

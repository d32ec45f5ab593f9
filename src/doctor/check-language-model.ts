import type {Context} from '../operation/context.ts'
import type {Finding} from '../operation/plugin.ts'

/** Which language model would write answers. Nothing is sent to it. */
export async function checkLanguageModel(context: Context): Promise<readonly Finding[]> {
  const model = await context.llm()
  if (model) return [{name: 'language model', status: 'ok', message: `${model.provider} ${model.model} is configured`}]
  return [
    {
      name: 'language model',
      status: 'off',
      message: 'none is configured: answers are extracts from the documents',
      fix: 'for written answers set OPENAI_API_KEY, ANTHROPIC_API_KEY or OLLAMA_HOST',
    },
  ]
}

import {ExitCode, InvalidInputError, OmniError} from '@omni-ops/core/operation'
import type {ValidateFunction} from 'ajv'

/** The model's answer does not satisfy the schema that was asked for. */
export class SchemaMismatchError extends OmniError {
  readonly code = 'llm_schema_mismatch'
  readonly exitCode = ExitCode.gateFailed
  readonly httpStatus = 502
}

/** More of a schema is not read. */
const largestSchema = 200_000

/**
 * Reads answers as JSON of a schema (draft 7, or 2019-09 and 2020-12 as far as they agree with it). References lead
 * nowhere outside the schema.
 *
 * @throws InvalidInputError for what is no schema
 */
export async function schemaReader(schema: Readonly<Record<string, unknown>>): Promise<(text: string) => unknown> {
  const validate = await validatorOf(schema)
  return text => {
    const data = jsonOf(text)
    if (validate(data)) return data
    const problems = (validate.errors ?? []).map(({instancePath, message}) => `${instancePath || '/'} ${message ?? ''}`)
    throw new SchemaMismatchError(`The answer does not satisfy the schema: ${problems.slice(0, 5).join('; ')}`, {
      hint: 'ask again, or name a model that can do schemas: `omni llm models --capability schema`',
      details: {problems: problems.slice(0, 50), text: text.slice(0, 2_000)},
    })
  }
}

/** Of the last schemas, by their texts: many questions share one, and to compile it takes longer than all else here. */
const validators = new Map<string, ValidateFunction>()
const mostValidators = 50

async function validatorOf(schema: Readonly<Record<string, unknown>>): Promise<ValidateFunction> {
  const text = JSON.stringify(schema)
  if (text.length > largestSchema) throw new InvalidInputError('The schema is larger than 200 kB')
  const {Ajv} = await import('ajv')
  const known = validators.get(text)
  if (known) return known
  const ajv = new Ajv({strict: false, allErrors: true, validateFormats: false})
  // A schema names its draft; ajv would look for one that it does not have.
  const {$schema: _, ...bare} = schema
  const validate = compiled(() => ajv.compile(bare))
  if (validators.size >= mostValidators) validators.clear()
  validators.set(text, validate)
  return validate
}

function compiled<T>(compile: () => T): T {
  try {
    return compile()
  } catch (error) {
    throw new InvalidInputError(`This is no JSON schema: ${(error as Error).message}`)
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new SchemaMismatchError('The answer is not JSON', {hint: 'ask again', details: {text: text.slice(0, 2_000)}})
  }
}

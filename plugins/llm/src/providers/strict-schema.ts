/**
 * Whether every object of a schema closes itself and requires all its properties, as OpenAI's strict mode demands
 * (https://platform.openai.com/docs/guides/structured-outputs#supported-schemas).
 */
export function isStrict(schema: unknown): boolean {
  if (Array.isArray(schema)) return schema.every(isStrict)
  if (typeof schema !== 'object' || schema === null) return true
  const {type, properties, required, additionalProperties} = schema as Record<string, unknown>
  if (type === 'object' || properties !== undefined) {
    const names = Object.keys((properties ?? {}) as object)
    if (additionalProperties !== false) return false
    if (!Array.isArray(required) || names.some(name => !required.includes(name))) return false
  }
  return Object.values(schema).every(isStrict)
}

/** What a provider signed, for that provider alone. */
export interface Signed {
  readonly provider: string
  readonly data: unknown
}

const mark = 'omni1.'
const callMark = 'omni1c.'

/**
 * A provider's signed form of a thought or tool call as one text, for a client to keep and send back as it is. It is an
 * envelope and no proof: what is in it is checked by the provider that made it.
 */
export function signatureText(signed: Signed): string {
  return mark + Buffer.from(JSON.stringify([signed.provider, signed.data])).toString('base64url')
}

/**
 * A provider's signed form of a tool call, for APIs whose calls have no place for one: it travels in a thought beside the
 * call and says whose it is.
 */
export function callSignatureText(call: string, signed: Signed): string {
  return callMark + Buffer.from(JSON.stringify([call, signed.provider, signed.data])).toString('base64url')
}

/** What a client sent back; undefined where it is not from here, as in a conversation begun with a vendor itself. */
export function signedOf(text: string | undefined): Signed | undefined {
  const [provider, data, ...more] = sealed(mark, text) ?? []
  return typeof provider === 'string' && more.length === 0 ? {provider, data} : undefined
}

/** What a client sent back of a tool call's; undefined where it is none. */
export function callSignatureOf(
  text: string | undefined,
): {readonly call: string; readonly signed: Signed} | undefined {
  const [call, provider, data] = sealed(callMark, text) ?? []
  return typeof call === 'string' && typeof provider === 'string' ? {call, signed: {provider, data}} : undefined
}

/** A message with what is signed put to its calls. */
export function withCallSignatures<Part extends {readonly type: string}>(
  parts: readonly Part[],
  signatures: ReadonlyMap<string, Signed>,
): Part[] {
  if (signatures.size === 0) return [...parts]
  return parts.map(part => {
    const signed = part.type === 'tool-call' ? signatures.get((part as unknown as {id: string}).id) : undefined
    return signed ? {...part, signed} : part
  })
}

function sealed(begin: string, text: string | undefined): readonly unknown[] | undefined {
  if (text === undefined || !text.startsWith(begin)) return undefined
  try {
    const parts: unknown = JSON.parse(Buffer.from(text.slice(begin.length), 'base64url').toString())
    return Array.isArray(parts) ? parts : undefined
  } catch {
    return undefined
  }
}

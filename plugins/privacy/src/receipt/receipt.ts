import {createHash, createPrivateKey, createPublicKey, hkdfSync, type KeyObject, sign, verify} from 'node:crypto'
import {join} from 'node:path'
import * as z from 'zod'
import {canonicalJson, type Json} from '@omni-ops/core/audit'
import {type Context, FailureError, InvalidInputError, NotConfiguredError} from '@omni-ops/core/operation'
import {keyFromFile} from '@omni-ops/core/seal/key-file'

/** What a closed request leaves behind. Counts, names of places and reasons; nothing of the person. */
export interface Receipt {
  readonly version: 1
  readonly request: string
  readonly tenant: string
  readonly regime: string
  readonly right: string
  readonly outcome: string
  readonly received_at: string
  readonly closed_at: string
  readonly due_by: string
  readonly verification: string | null
  /** HMAC of what the person was described by. */
  readonly subject_hash: string
  readonly places: readonly ReceiptPlace[]
  readonly kept: readonly {readonly reason: string; readonly citation: string | null; readonly records: number}[]
  readonly recipients_told: number
  readonly refusal: {readonly reason: string; readonly citation: string} | null
  /** SHA-256 of the list of files that were handed over, in hexadecimal. */
  readonly archive_sha256: string | null
}

export interface ReceiptPlace {
  readonly place: string
  readonly found: number
  readonly changed: number
  readonly kept: number
  readonly verified: boolean
}

/** A receipt with an Ed25519 signature (RFC 8032) over its canonical JSON (RFC 8785). */
export interface SignedReceipt {
  readonly receipt: Receipt
  readonly algorithm: 'Ed25519'
  /** SubjectPublicKeyInfo (RFC 8410) in Base64. */
  readonly public_key: string
  /** SHA-256 of the public key, the first 16 digits in hexadecimal. */
  readonly key_id: string
  /** Base64. */
  readonly signature: string
}

/** The key of this profile cannot be had. */
export class ReceiptKeyError extends FailureError {
  override readonly code = 'privacy_receipt_key'
}

/** Several servers share a database, and no key is set that they could share. */
export class NoReceiptKeyError extends NotConfiguredError {
  override readonly code = 'no_privacy_key'
}

const fileName = 'privacy-requests.key'

/**
 * The secret behind receipts and hashes of subjects: the setting `privacy.key`, or on SQLite a file in the data directory that only
 * its owner can read. Throws NoReceiptKeyError, ReceiptKeyError.
 */
async function requestSecret(context: Context): Promise<string> {
  const set = context.settings.get('privacy.key')
  if (typeof set === 'string') return set.trim()
  if ((await context.store()).dialect === 'postgres') {
    throw new NoReceiptKeyError('Receipts are signed with a key that all servers share, and privacy.key is not set', {
      hint: 'make one with `openssl rand -base64 32` and set OMNI_PRIVACY_KEY, or OMNI_PRIVACY_KEY_FILE to a file that holds it',
    })
  }
  const path = join(context.directories.data, fileName)
  const key = await keyFromFile(path, context.random).catch((cause: Error) => {
    throw new ReceiptKeyError(`The key of receipts cannot be kept in ${path}: ${cause.message}`, {cause})
  })
  if (key === undefined) throw new ReceiptKeyError(`${path} holds no key`, {hint: 'put it back from a backup'})
  return key
}

/** The 32 bytes for one purpose and tenant. */
export async function requestKey(context: Context, purpose: string): Promise<Buffer> {
  const secret = await requestSecret(context)
  return Buffer.from(hkdfSync('sha256', secret, '', `omni requests\0${context.tenant}\0${purpose}`, 32))
}

/** PKCS #8 of an Ed25519 key without its 32 bytes (RFC 8410, section 7). */
const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex')

async function signingKey(context: Context): Promise<KeyObject> {
  const seed = await requestKey(context, 'receipt')
  return createPrivateKey({key: Buffer.concat([pkcs8Prefix, seed]), format: 'der', type: 'pkcs8'})
}

/** Signs with the profile's key. Throws NoReceiptKeyError, ReceiptKeyError. */
export async function signReceipt(receipt: Receipt, context: Context): Promise<SignedReceipt> {
  const key = await signingKey(context)
  const publicKey = createPublicKey(key).export({format: 'der', type: 'spki'})
  return {
    receipt,
    algorithm: 'Ed25519',
    public_key: publicKey.toString('base64'),
    key_id: createHash('sha256').update(publicKey).digest('hex').slice(0, 16),
    signature: sign(null, Buffer.from(canonicalJson(receipt as unknown as Json)), key).toString('base64'),
  }
}

/** The text is no receipt. */
export class NotAReceiptError extends InvalidInputError {
  override readonly code = 'privacy_not_a_receipt'
}

const Signed = z.object({
  receipt: z.looseObject({version: z.literal(1), request: z.string(), outcome: z.string()}),
  algorithm: z.literal('Ed25519'),
  public_key: z.string(),
  key_id: z.string(),
  signature: z.string(),
})

/** A receipt as its signer wrote it, with everything that it signed. @throws NotAReceiptError */
export function parseReceipt(text: string): SignedReceipt {
  const parsed = Signed.safeParse(parsedJson(text))
  if (parsed.success) return parsed.data as unknown as SignedReceipt
  throw new NotAReceiptError('This is no receipt of a request', {
    hint: 'omni gdpr request receipt ID --json > receipt.json',
  })
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Whether the signature is of this receipt and this key. Whose key it is, is for the caller to know. */
export function isSignatureValid({receipt, public_key, signature}: SignedReceipt): boolean {
  try {
    const key = createPublicKey({key: Buffer.from(public_key, 'base64'), format: 'der', type: 'spki'})
    if (key.asymmetricKeyType !== 'ed25519') return false
    return verify(null, Buffer.from(canonicalJson(receipt as unknown as Json)), key, Buffer.from(signature, 'base64'))
  } catch {
    return false
  }
}

/** Whether a receipt was signed by this profile's own key. Throws NoReceiptKeyError, ReceiptKeyError. */
export async function isOwnKey({public_key}: SignedReceipt, context: Context): Promise<boolean> {
  const own = createPublicKey(await signingKey(context)).export({format: 'der', type: 'spki'})
  return own.toString('base64') === public_key
}

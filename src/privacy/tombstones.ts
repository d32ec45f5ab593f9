import {appendFile, mkdir, readFile} from 'node:fs/promises'
import {dirname} from 'node:path'
import * as z from 'zod'
import type {Context} from '../operation/context.ts'
import {FailureError} from '../operation/errors.ts'
import {seal, unseal} from '../seal/seal.ts'
import {identityKinds} from './declaration.ts'
import type {Decisions, GivenIdentity, Identity, Subject} from './personal-store.ts'

/** The list of erasures cannot be written, so that a restore would bring back what is about to be erased. */
export class TombstoneFileError extends FailureError {
  override readonly code = 'tombstone_file'
}

/** Somebody was erased. Who, only the holder of the erasure key can read. */
export interface Tombstone {
  readonly tenant: string
  readonly id: string
  /** ISO 8601, UTC. */
  readonly at: string
  /** Base64 of a sealed {@link Erased}. */
  readonly sealed: string
  /** It was done again after a restore: it is of the day of the first line of its id, and not of this one's. */
  readonly again?: boolean | undefined
}

/** Somebody who was erased has come back: what comes after it in the list is of another time. */
export interface SuppressionLift {
  readonly tenant: string
  readonly lift: string
  /** ISO 8601, UTC. */
  readonly at: string
  /** Base64 of the sealed identities that are taken in again. */
  readonly sealed: string
}

/** What to do again where a copy of the data from before the erasure is put back. */
export interface Erased {
  readonly subject: Subject
  readonly decisions: Decisions
}

const tombstone = z.object({
  tenant: z.string(),
  id: z.string(),
  at: z.string(),
  sealed: z.string(),
  again: z.boolean().optional(),
})
const suppressionLift = z.object({tenant: z.string(), lift: z.string(), at: z.string(), sealed: z.string()})
const line = z.union([tombstone, suppressionLift])

/** All tombstones, of all tenants, the oldest first. */
export async function readTombstones(path: string): Promise<Tombstone[]> {
  return (await readErasureList(path)).filter(isTombstone)
}

export function isTombstone(entry: Tombstone | SuppressionLift): entry is Tombstone {
  return 'id' in entry
}

/** The whole list, of all tenants, the oldest first. A last line that a crash cut off is left out: it was not acted on. */
export async function readErasureList(path: string): Promise<(Tombstone | SuppressionLift)[]> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  const lines = text.split('\n')
  return lines.flatMap(each => {
    const read = line.safeParse(parsedLine(each))
    return read.success ? [read.data] : []
  })
}

function parsedLine(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Writes an entry down, on the disk when it returns. @throws TombstoneFileError */
export async function appendToErasureList(path: string, entry: Tombstone | SuppressionLift): Promise<void> {
  try {
    await mkdir(dirname(path), {recursive: true, mode: 0o700})
    // A line that a crash cut off ends here.
    await appendFile(path, `\n${JSON.stringify(entry)}\n`, {mode: 0o600, flush: true})
  } catch (cause) {
    throw new TombstoneFileError(`The list of erasures cannot be written to ${path}: ${(cause as Error).message}`, {
      hint: 'nothing was changed; make the directory writable, or set erasure.directory to another',
      cause,
    })
  }
}

const identity = z.object({
  kind: z.enum(identityKinds),
  value: z.string(),
  via: z.union([z.literal('given'), z.object({table: z.string(), field: z.string()})]),
  shared: z.boolean().optional(),
})
const reason = z.object({reason: z.string(), citation: z.string().optional()})
const content = z.object({
  identities: z.array(identity),
  keep: z.array(z.tuple([z.string(), reason])),
  include: z.array(z.string()),
})

export function sealErased(
  {subject, decisions}: Erased,
  {key, tenant, id, random}: {key: Uint8Array; tenant: string; id: string; random: Context['random']},
): string {
  const {keep, include = []} = decisions
  const plain = JSON.stringify({identities: subject.identities, keep: [...keep], include: [...include]})
  return seal(key, Buffer.from(plain), associated(tenant, id), random).toString('base64')
}

/** @throws UnsealError where the key is another */
export function unsealErased(key: Uint8Array, {tenant, id, sealed}: Tombstone): Erased {
  const plain = unseal(key, Buffer.from(sealed, 'base64'), associated(tenant, id)).toString('utf8')
  const {identities, keep, include} = content.parse(JSON.parse(plain))
  return {
    subject: {identities: identities as Identity[], review: []},
    decisions: {keep: new Map(keep) as Decisions['keep'], include: new Set(include)},
  }
}

const lifted = z.array(z.object({kind: z.enum(identityKinds), value: z.string()}))

export function sealLifted(
  identities: readonly GivenIdentity[],
  {key, tenant, id, random}: {key: Uint8Array; tenant: string; id: string; random: Context['random']},
): string {
  const plain = JSON.stringify(identities.map(({kind, value}) => ({kind, value})))
  return seal(key, Buffer.from(plain), associated(tenant, id, 'suppression lift'), random).toString('base64')
}

/** @throws UnsealError where the key is another */
export function unsealLifted(key: Uint8Array, entry: SuppressionLift): GivenIdentity[] {
  const associatedData = associated(entry.tenant, entry.lift, 'suppression lift')
  return lifted.parse(JSON.parse(unseal(key, Buffer.from(entry.sealed, 'base64'), associatedData).toString('utf8')))
}

function associated(tenant: string, id: string, kind: 'tombstone' | 'suppression lift' = 'tombstone'): string {
  return JSON.stringify([kind, 1, tenant, id])
}

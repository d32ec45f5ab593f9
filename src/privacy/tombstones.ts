import {appendFile, mkdir, readFile} from 'node:fs/promises'
import {dirname} from 'node:path'
import * as z from 'zod'
import type {Context} from '../operation/context.ts'
import {FailureError} from '../operation/errors.ts'
import {seal, unseal} from '../seal/seal.ts'
import {identityKinds} from './declaration.ts'
import type {Decisions, Identity, Subject} from './personal-store.ts'

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
}

/** What to do again where a copy of the data from before the erasure is put back. */
export interface Erased {
  readonly subject: Subject
  readonly decisions: Decisions
}

const line = z.object({tenant: z.string(), id: z.string(), at: z.string(), sealed: z.string()})

/** All tombstones, of all tenants, the oldest first. A last line that a crash cut off is left out: it was not acted on. */
export async function readTombstones(path: string): Promise<Tombstone[]> {
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

/** Writes a tombstone down, on the disk when it returns. @throws TombstoneFileError */
export async function appendTombstone(path: string, tombstone: Tombstone): Promise<void> {
  try {
    await mkdir(dirname(path), {recursive: true, mode: 0o700})
    // A line that a crash cut off ends here.
    await appendFile(path, `\n${JSON.stringify(tombstone)}\n`, {mode: 0o600, flush: true})
  } catch (cause) {
    throw new TombstoneFileError(`The list of erasures cannot be written to ${path}: ${(cause as Error).message}`, {
      hint: 'nothing was erased; make the directory writable, or set erasure.directory to another',
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

function associated(tenant: string, id: string): string {
  return JSON.stringify(['tombstone', 1, tenant, id])
}

import type {Handler} from '@omni-ops/core/operation'
import {
  isKept,
  isSearchable,
  isUnreachable,
  PersonalDataMap,
  placeName,
  type Residue,
  type Subject,
} from '@omni-ops/core/privacy'
import type {gdprVerify} from '../operations/gdpr-verify.ts'
import {givenIdentities} from '../requests/given-identities.ts'

export const handle: Handler<typeof gdprVerify> = async (input, context) => {
  const map = await PersonalDataMap.open(context)
  const subject = await map.resolve(givenIdentities(input))
  const residues: Residue[] = []
  for await (const residue of map.verifyErased(subject)) residues.push(residue)
  const isLeft = residues.some(({kind}) => kind !== 'unverifiable')
  return {
    verdict: isLeft ? 'left' : residues.length > 0 ? 'unknown' : 'clean',
    residues: residues.map(residue => ({...residue})),
    kept: await keptRecords(map, subject),
    searched_in_bytes: subject.identities.some(isSearchable),
  }
}

/** How much of the subject is in places whose declarations say that it is kept. */
async function keptRecords(map: PersonalDataMap, subject: Subject) {
  const kept: {place: string; found: number; reason: string}[] = []
  for (const {declaration} of map.places) {
    const erasure = declaration.personal?.erasure
    if (!isKept(erasure)) continue
    const place = placeName(declaration)
    let found = 0
    for await (const record of map.locate(subject, {places: [place]})) if (!isUnreachable(record)) found += 1
    if (found > 0) kept.push({place, found, reason: erasure.kept})
  }
  return kept
}

import {type Context, OmniError} from '@omni-ops/core/operation'
import {PersonalDataMap} from '@omni-ops/core/privacy'
import {requestKey} from '../receipt/receipt.ts'

export interface HealthCheck {
  readonly name: string
  readonly ok: boolean
  readonly message: string
}

/** What a request needs to be answered here: rows, a key for receipts, a handler for every place. */
export async function requestHealth(context: Context): Promise<HealthCheck[]> {
  return Promise.all([
    check('store', async () => `${(await context.store()).dialect} answers`),
    check('receipt key', async () => `receipts can be signed (${(await requestKey(context, 'health')).length} bytes)`),
    check('places', async () => {
      const {places} = await PersonalDataMap.open(context)
      const personal = places.filter(({declaration}) => declaration.personal !== undefined)
      const without = personal.filter(({can}) => !can.includes('locate'))
      if (without.length === 0) return `${personal.length} places can be looked through`
      throw new UnhandledPlacesError(without.map(({declaration}) => `${declaration.store} ${declaration.table}`))
    }),
  ])
}

class UnhandledPlacesError extends Error {
  constructor(places: readonly string[]) {
    super(`nobody can look through ${places.join(', ')}`)
  }
}

async function check(name: string, work: () => Promise<string>): Promise<HealthCheck> {
  try {
    return {name, ok: true, message: await work()}
  } catch (error) {
    if (error instanceof OmniError || error instanceof UnhandledPlacesError) {
      return {name, ok: false, message: error.message}
    }
    throw error
  }
}

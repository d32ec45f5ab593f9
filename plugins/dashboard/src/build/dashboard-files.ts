import {readFile} from 'node:fs/promises'
import {InvalidInputError} from '@omni-ops/core/operation'
import {Catalogue} from '../catalogue/catalogue.ts'
import {InvalidCatalogueError} from '../catalogue/errors.ts'
import {DashboardSpec} from '../spec/dashboard-spec.ts'

const mostText = 1_000_000

async function readYaml(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new InvalidInputError(`${path} cannot be read: ${error.code}`)
  })
  if (text.length > mostText) throw new InvalidInputError(`${path} is longer than ${mostText} characters`)
  const {parse} = await import('yaml')
  try {
    return parse(text, {maxAliasCount: 100})
  } catch (error) {
    throw new InvalidInputError(`${path} is no YAML: ${(error as Error).message.split('\n')[0]}`, {cause: error})
  }
}

/** @throws InvalidCatalogueError for what is no catalogue */
export async function readCatalogue(path: string): Promise<Catalogue> {
  const parsed = Catalogue.safeParse(await readYaml(path))
  if (parsed.success) return parsed.data
  throw new InvalidCatalogueError(parsed.error.issues.map(({path: at, message}) => `${at.join('.')}: ${message}`))
}

/** @throws InvalidInputError for what is no dashboard */
export async function readSpec(path: string): Promise<DashboardSpec> {
  const parsed = DashboardSpec.safeParse(await readYaml(path))
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map(({path: at, message}) => `${at.join('.')}: ${message}`)
  throw new InvalidInputError(`The dashboard is not right: ${problems.join('; ')}`, {details: {problems}})
}

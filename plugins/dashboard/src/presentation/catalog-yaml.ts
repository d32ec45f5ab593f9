import type {Present} from '@omni-ops/core/cli'
import {stringify} from 'yaml'
import type {catalogInfer} from '../operations/catalog-infer.ts'

/** The catalogue as the file that it is going to be; what is missing as comments. */
export const present: Present<typeof catalogInfer> = ({catalog, missing}) => {
  const remarks = missing.map(({title, reason}) => `# ${title}: ${reason}\n`).join('')
  return `# A draft: read over what each column is said to measure.\n${remarks}${stringify(catalog)}`
}

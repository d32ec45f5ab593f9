import {mkdir, open} from 'node:fs/promises'
import {join} from 'node:path'
import {ConflictError} from '@omni-ops/core/operation'
import {quoteCsv} from '@omni-ops/core/csv'
import type {Template} from '../templates/template.ts'
import {sampleOptions} from './open-sample.ts'
import type {SampleTable} from './sample-table.ts'

/** A file of the sample lies there already; nothing of it was touched. */
export class SampleExistsError extends ConflictError {
  override readonly code = 'sample_exists'
}

/** Writes each table of a type's sample as a CSV file. Never overwrites one. */
export async function writeSample(
  template: Template,
  seed: number,
  directory: string,
): Promise<readonly {readonly file: string; readonly rows: number}[]> {
  await mkdir(directory, {recursive: true})
  const files = []
  for (const [name, table] of Object.entries(template.sample(sampleOptions(seed)))) {
    const file = join(directory, `${name}.csv`)
    files.push({file, rows: await writeTable(file, table)})
  }
  return files
}

async function writeTable(file: string, {columns, rows}: SampleTable): Promise<number> {
  const names = Object.keys(columns)
  const lines = [names.join(',')]
  for (const row of rows) {
    lines.push(
      names.map(name => (row[name] === null || row[name] === undefined ? '' : quoteCsv(String(row[name])))).join(','),
    )
  }
  const handle = await open(file, 'wx').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
    throw new SampleExistsError(`${file} exists already`, {hint: 'choose another --dir'})
  })
  try {
    await handle.writeFile(`${lines.join('\r\n')}\r\n`)
  } finally {
    await handle.close()
  }
  return lines.length - 1
}

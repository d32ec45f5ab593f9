import {Flags, UsageError} from '@omni-ops/core/cli'
import type {EntityType} from '../detect/entity.ts'
import {entityTypes} from '../operations/schemas.ts'
import type {CsvOptions} from '../formats/csv.ts'
import {type FormatName, formatNames} from '../formats/format.ts'

/** What the commands that read files have in common. */
export const fileFlags = {
  types: Flags.string({
    char: 't',
    description: 'Only these kinds of personal data',
    helpValue: 'TYPE',
    options: [...entityTypes],
    multiple: true,
    multipleNonGreedy: true,
  }),
  threshold: Flags.string({
    description: 'Leave out what is less certain than this, from 0 to 1 [default: 0.5]',
    helpValue: 'NUMBER',
  }),
  format: Flags.string({
    char: 'f',
    description: 'How to read the files; by their names by default',
    options: [...formatNames],
    helpValue: formatNames.join('|'),
  }),
  delimiter: Flags.string({
    description: 'Between the cells of CSV; found by itself by default',
    helpValue: 'CHARACTER',
  }),
  'no-header': Flags.boolean({description: 'The first record of CSV names no columns'}),
}

export interface FileOptions {
  readonly types: readonly EntityType[]
  readonly threshold: number
  readonly format: FormatName | undefined
  readonly csv: CsvOptions
}

/** The flags above as options. Throws UsageError. */
export function fileOptions(values: Readonly<Record<string, unknown>>): FileOptions {
  const threshold = values.threshold === undefined ? 0.5 : Number(values.threshold)
  if (!(threshold >= 0 && threshold <= 1)) throw new UsageError('--threshold expects a number from 0 to 1')
  const delimiter = values.delimiter as string | undefined
  if (delimiter !== undefined && delimiter !== '\\t' && delimiter.length !== 1) {
    throw new UsageError('--delimiter expects one character, or \\t')
  }
  return {
    types: (values.types as EntityType[] | undefined) ?? [],
    threshold,
    format: values.format as FormatName | undefined,
    csv: {
      header: values['no-header'] !== true,
      ...(delimiter === undefined ? {} : {delimiter: delimiter === '\\t' ? '\t' : delimiter}),
    },
  }
}

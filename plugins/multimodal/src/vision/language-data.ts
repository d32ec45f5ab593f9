import {existsSync, readdirSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {InvalidInputError} from '@omni-ops/core/operation'
import {UnknownLanguageError} from './errors.ts'

/** Where the models of languages are, as tesseract reads them. */
export interface LanguageData {
  readonly directory: string
  /** Whether the files are `….traineddata.gz`. */
  readonly isPacked: boolean
  /** ISO 639-2 codes as tesseract has them: `eng`, `slv`; the first weighs most. */
  readonly languages: readonly string[]
}

const codePattern = /^[a-z]{3}(_[a-z]{4})?$/i

/** The data that the build puts beside the program. */
const builtInDirectory = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? '../../../../dist/assets/tessdata' : './assets/tessdata', import.meta.url),
)

/**
 * The data of languages, from a directory of the user's or from what comes with the program.
 *
 * @param directory With a `<code>.traineddata` or `<code>.traineddata.gz` for each language, as tesseract's own have.
 * @throws InvalidInputError for what is no code, UnknownLanguageError
 */
export function languageData(languages: readonly string[], directory = builtInDirectory): LanguageData {
  const wrong = languages.find(code => !codePattern.test(code))
  if (wrong !== undefined) {
    throw new InvalidInputError(`"${wrong}" is no code of a language`, {hint: 'three letters, such as eng or slv'})
  }
  const unique = [...new Set(languages)]
  const has = (extension: string) => (code: string) => existsSync(join(directory, `${code}.${extension}`))
  for (const [extension, isPacked] of [
    ['traineddata.gz', true],
    ['traineddata', false],
  ] as const) {
    if (unique.every(has(extension))) return {directory, isPacked, languages: unique}
  }
  const missing = unique.filter(code => !has('traineddata.gz')(code) && !has('traineddata')(code))
  throw new UnknownLanguageError(`There is no data to recognise ${missing.join(', ') || unique.join(' and ')} with`, {
    hint:
      `here: ${available(directory).join(', ') || 'none'}; for others set vision.tessdata to a directory with ` +
      'their .traineddata files',
    details: {missing},
  })
}

function available(directory: string): readonly string[] {
  try {
    const names = readdirSync(directory).flatMap(name => /^(\w+)\.traineddata(\.gz)?$/.exec(name)?.[1] ?? [])
    return [...new Set(names)].filter(name => name !== 'osd').toSorted()
  } catch {
    return []
  }
}

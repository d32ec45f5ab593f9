import {InvalidInputError} from '../operation/errors.ts'

/** What a pipeline holds to which gates. */
export interface Pipeline {
  readonly documents: readonly string[]
  readonly questions: string
  readonly gates: readonly string[]
  readonly scan: readonly string[]
  readonly threshold: number | undefined
  readonly branch: string
  /** What npm installs. */
  readonly package: string
}

export interface PipelineStep {
  readonly name: string
  /** One line for a POSIX shell. */
  readonly run: string
}

/** Where the measurement is kept, for people to look at. */
export const reportFile = 'omni-report.html'

/** The version of Node that the program asks for. */
export const nodeVersion = '24'

/**
 * The steps of every platform. Personal data is looked for before anything reads the documents.
 * @throws InvalidInputError for a value that is more than one line, which no platform takes apart safely
 */
export function pipelineSteps(pipeline: Pipeline): readonly PipelineStep[] {
  const {documents, questions, gates, scan, threshold} = pipeline
  const scanned = scan.length > 0 ? scan : documents
  const certainty = threshold === undefined ? [] : ['--threshold', String(threshold)]
  const conditions = gates.flatMap(gate => ['--gate', gate])
  return [
    {name: 'Install omni', run: line('npm', 'install', '--global', '--ignore-scripts', pipeline.package)},
    {name: 'Check the machine', run: line('omni', 'doctor')},
    {name: 'Look for personal data', run: line('omni', 'privacy', 'scan', ...scanned, ...certainty, '--fail')},
    {name: 'Ingest the documents', run: line('omni', 'rag', 'ingest', ...documents)},
    {name: 'Ask the questions', run: line('omni', 'rag', 'eval', questions, ...conditions, '--report', reportFile)},
  ]
}

function line(...words: readonly string[]): string {
  return words.map(shellWord).join(' ')
}

/** One word of a POSIX shell: the shell leaves what is in single quotes as it is. */
function shellWord(text: string): string {
  if (/[\r\n\0]/.test(text)) throw new InvalidInputError(`${JSON.stringify(text)} is more than one line`)
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}

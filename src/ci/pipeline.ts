import {shellLine as line} from './pipeline-file.ts'

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

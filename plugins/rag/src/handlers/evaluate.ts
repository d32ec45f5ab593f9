import {mkdtemp, rm, stat} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {basename, extname, join, resolve} from 'node:path'
import {type Context, type Handler, invoke, type OperationEvent, type OperationOutput} from '@omni-ops/core/operation'
import {sharedAnalyser} from '../collection/collection.ts'
import {InvalidSetError, readBeirSet} from '../evaluation/beir-set.ts'
import {compareResults, type ResultComparison} from '../evaluation/compare-results.ts'
import {evaluateRetrieval} from '../evaluation/evaluate-retrieval.ts'
import type {EvaluationResult} from '../evaluation/evaluation-result.ts'
import {figuresOf} from '../evaluation/figures.ts'
import {checkGate, parseGate} from '../evaluation/gate.ts'
import {questionFileEndings, questionIn, readQuestionSet} from '../evaluation/question-set.ts'
import {checkResultName, loadResult, saveResult, UnknownResultError} from '../evaluation/saved-results.ts'
import {ChunkIndex} from '../index/chunk-index.ts'
import {LanceDbStore} from '../stores/lancedb/lancedb-store.ts'
import type {evaluate} from '../operations/evaluate.ts'
import {measure} from '../operations/measure.ts'

/** Few enough that a connection does not stand open for long, many enough that it costs nothing. */
const askedAtOnce = 50

type Input = Parameters<Handler<typeof evaluate>>[0]
type Output = OperationOutput<typeof evaluate>

export const handle: Handler<typeof evaluate> = async (input, context) => {
  const gates = input.gate.map(parseGate)
  const others = new Map<string, EvaluationResult>()
  const named = gates.flatMap(({bound}) => (typeof bound === 'number' ? [] : bound.saved))
  // Before hours of measuring: what the result is to be compared with has to be there.
  for (const name of [...(input.compare === undefined ? [] : [input.compare]), ...named]) {
    if (!others.has(name)) others.set(name, await loadResult(name, context))
  }
  if (input.save !== undefined) await checkResultName(input.save, context)
  const {result, missing} = await resultOf(input, context)
  const figures = figuresOf(result)
  const compared = new Map([...others].map(([name, other]) => [name, compareResults(other, result)]))
  const checked = gates.map(gate => {
    const comparison = typeof gate.bound === 'number' ? undefined : compared.get(gate.bound.saved)
    return checkGate(gate, figures, comparison)
  })
  for (const {passed, gate, reason} of checked) {
    if (!passed) context.emit({type: 'note', level: 'warn', message: `The gate ${gate} is missed: ${reason}`})
  }
  if (input.save !== undefined) await saveResult(input.save, result, context)
  const output: Output = {
    ...Object.fromEntries(figures.map(({measure, value}) => [measure, value])),
    set: result.set,
    queries: result.outcomes.length,
    answers: result.answers,
    figures: figures.map(({measure, value, interval, queries}) => ({
      measure,
      value,
      low: interval?.low ?? null,
      high: interval?.high ?? null,
      queries,
    })),
    comparison: input.compare === undefined ? null : comparisonOut(input.compare, compared.get(input.compare)!),
    gates: checked,
    passed: checked.every(({passed}) => passed),
    missing_sources: [...missing],
    saved: input.save ?? null,
    report: input.report ?? null,
  }
  if (input.report !== undefined) {
    const {writeReport} = await import('../evaluation/report.ts')
    await writeReport(resolve(context.workingDirectory, input.report), {
      result,
      figures,
      gates: checked,
      comparison: input.compare === undefined ? undefined : {name: input.compare, ...compared.get(input.compare)!},
    })
  }
  return output
}

interface Measured {
  readonly result: EvaluationResult
  readonly missing: readonly string[]
}

async function resultOf(input: Input, context: Context): Promise<Measured> {
  const path = resolve(context.workingDirectory, input.set)
  const about = await stat(path).catch(() => undefined)
  if (about?.isDirectory()) return {result: await measureRetrieval(path, input, context), missing: []}
  if (about?.isFile() && questionFileEndings.includes(extname(path).toLowerCase())) {
    return measureAnswers(path, input, context)
  }
  try {
    return {result: await loadResult(input.set, context), missing: []}
  } catch (error) {
    if (!(error instanceof UnknownResultError)) throw error
    throw new InvalidSetError(`${input.set} is no directory, no file of questions and no saved result`, {
      hint: `give a directory in BEIR layout, a file that ends in ${questionFileEndings.join(', ')}, or what --save kept`,
    })
  }
}

async function measureRetrieval(path: string, {limit}: Input, context: Context): Promise<EvaluationResult> {
  const set = await readBeirSet(path)
  const temporary = await mkdtemp(join(tmpdir(), 'omni-eval-'))
  const index = new ChunkIndex({
    store: new LanceDbStore({directory: temporary, collection: 'eval', signal: context.signal}),
    analyser: await sharedAnalyser(context),
  })
  try {
    const {outcomes, documentsPerSecond} = await evaluateRetrieval(
      {...set, queries: set.queries.slice(0, limit)},
      {
        index,
        clock: context.clock,
        signal: context.signal,
        onProgress: progress => context.emit({type: 'progress', ...progress}),
      },
    )
    return {
      ...head(path, context),
      collection: null,
      answers: null,
      docs_per_s: documentsPerSecond,
      outcomes: [...outcomes],
    }
  } finally {
    await index.close()
    await rm(temporary, {recursive: true, force: true})
  }
}

/** Reads the questions where their file is, and has them asked where the documents are. */
async function measureAnswers(path: string, input: Input, context: Context): Promise<Measured> {
  const questions = (await readQuestionSet(path)).slice(0, input.limit)
  const {collection, top_k, extract, rerank, model} = input
  const asking = {collection, top_k, extract, ...(rerank ? {rerank} : {}), ...(model ? {model} : {})}
  const outcomes: EvaluationResult['outcomes'] = []
  const missing = new Set<string>()
  let answers = 'extract'
  for (let at = 0; at < questions.length; at += askedAtOnce) {
    const some = questions.slice(at, at + askedAtOnce).map(questionIn)
    const emit = (event: OperationEvent): void =>
      context.emit(event.type === 'progress' ? {...event, done: at + event.done, total: questions.length} : event)
    const measured = await invoke(measure, {...asking, questions: some}, {...context, operation: measure.id, emit})
    outcomes.push(...measured.outcomes)
    for (const source of measured.missing_sources) missing.add(source)
    answers = measured.answers
  }
  if (missing.size > 0) {
    const message = `"${collection}" does not hold ${missing.size} of the sources that the questions name, such as ${[...missing][0]}`
    context.emit({type: 'note', level: 'warn', message})
  }
  return {result: {...head(path, context), collection, answers, docs_per_s: null, outcomes}, missing: [...missing]}
}

function head(path: string, context: Context) {
  return {
    format: 'omni-evaluation',
    version: 1,
    made_at: context.clock.now().toISOString(),
    set: basename(path),
  } as const
}

function comparisonOut(name: string, {measures, unpaired}: ResultComparison): Output['comparison'] {
  return {
    with: name,
    unpaired,
    measures: measures.map(({interval, ...each}) => ({
      ...each,
      interval: interval === undefined ? null : [interval.low, interval.high],
    })),
  }
}

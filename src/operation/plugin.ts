import type * as z from 'zod'
import type {PrivacyDeclaration} from '../privacy/declaration.ts'
import type {TextReader} from '../reading/text-reader.ts'
import type {OpenProcessingLimits} from '../privacy/processing-limits.ts'
import type {PersonalData} from '../privacy/personal-store.ts'
import type {Mount} from '../server/app.ts'
import type {Migration} from '../store/migration.ts'
import type {LanguageModel} from '../llm/language-model.ts'
import type {Meter} from '../llm/metered-call.ts'
import type {Context} from './context.ts'
import type {DescribedStream} from './described-stream.ts'
import type {EventDefinition} from './event.ts'
import type {Operation} from './operation.ts'
import type {ReportedTable} from './reported-table.ts'

/** A setting that a plugin reads through `context.settings`. */
export interface SettingDeclaration {
  /** Dotted, lower case: `rag.llm_backend`. Also read from `OMNI_` + the name in capitals with `_` for `.`. */
  readonly name: string
  readonly description: string
  /** Or what makes it: most commands never check most settings. */
  readonly schema: z.ZodType | (() => z.ZodType)
  /** Undefined means: not set. */
  readonly default?: unknown
  /** Further environment variables, in order of precedence after the `OMNI_` one. */
  readonly env?: readonly string[]
  /** Never in a file or a flag: from the environment, or from the file that `<VARIABLE>_FILE` names. */
  readonly secret?: boolean
  /** A list or map of many parts, which a file nests below the name and a variable gives as JSON. */
  readonly structured?: boolean
  /** The value as it may be shown, where a part of it may be a secret; what this changes is written to no file. */
  readonly shown?: (value: unknown) => unknown
}

/** One finding of `omni doctor`. */
export interface Finding {
  readonly name: string
  readonly status: 'ok' | 'warning' | 'problem' | 'off'
  readonly message: string
  /** What to do about it; required unless the status is `ok`. */
  readonly fix?: string
}

/** Something that a domain offers to do on the first day, for one answer of the user. */
export interface FirstStep {
  /** The flag of `omni init` that gives the answer. */
  readonly flag: 'documents' | 'question'
  readonly message: string
  /** What most people would answer here; undefined where nothing suggests itself. */
  readonly suggest: (context: Context) => Promise<string | undefined>
  /** Does it, and tells a person and a program what came of it. */
  readonly run: (answer: string, context: Context) => Promise<{readonly told: string; readonly result: unknown}>
}

/**
 * Opens the configured language model, or another by its name; undefined where none is configured. Nothing is sent.
 * @throws NotConfiguredError where the settings choose a provider and lack what it needs.
 */
export type OpenLanguageModel = (context: Context, model?: string) => Promise<LanguageModel | undefined>

/** Opens the meter for calls that are billed by something else than text. Nothing is sent. */
export type OpenMeter = (context: Context) => Promise<Meter>

/** What a domain brings. Everything that is not needed to describe the domain is behind a function. */
export interface Plugin {
  readonly name: string
  readonly summary: string
  /** What the topics of its operations are about, its name among them, where it has others than its name. */
  readonly topics?: Readonly<Record<string, string>>
  /** All of the domain's; a command imports its own alone, so that starting does not grow with the program. */
  readonly operations: () => Promise<readonly Operation[]>
  readonly settings?: readonly SettingDeclaration[]
  /** In order; forward only. */
  readonly migrations?: () => Promise<readonly Migration[]>
  /** Every table and vector field of the domain. */
  readonly privacy?: () => Promise<readonly PrivacyDeclaration[]>
  /** How personal data are found and erased that are not plain rows of the declared tables. */
  readonly personalData?: () => Promise<PersonalData>
  /** For what persons have said that their data may not be used; of one plugin of the program. */
  readonly processingLimits?: () => Promise<OpenProcessingLimits>
  /** Where `context.llm()` gets its models; of one plugin of the program. */
  readonly languageModels?: () => Promise<OpenLanguageModel>
  /** Where `context.meter()` gets its meter; of one plugin of the program. */
  readonly meters?: () => Promise<OpenMeter>
  /** What makes text of pictures, scanned pages and recordings; asked for when such content comes. */
  readonly textReaders?: () => Promise<readonly TextReader[]>
  /** Tables of the domain of which others may make reports. */
  readonly reportedTables?: () => Promise<readonly ReportedTable[]>
  /** What the domain's units of work publish. */
  readonly events?: () => Promise<readonly EventDefinition[]>
  /** What `omni doctor` asks of the domain. */
  readonly checks?: () => Promise<readonly ((context: Context) => Promise<readonly Finding[]>)[]>
  /** What `omni init` offers to do, in order. */
  readonly firstSteps?: () => Promise<readonly FirstStep[]>
  /** Routes of the server that are no operations, such as another vendor's protocol. Asked for by a server alone. */
  readonly mounts?: () => Promise<readonly Mount[]>
  /** Those of them that are streams of events, for the OpenAPI document. */
  readonly streams?: () => Promise<readonly DescribedStream[]>
}

export function definePlugin(plugin: Plugin): Plugin {
  return Object.freeze(plugin)
}

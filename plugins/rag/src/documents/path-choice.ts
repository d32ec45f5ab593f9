import ignore, {type Ignore} from 'ignore'
import {isHiddenOrGenerated} from './walk.ts'

export interface PathChoiceOptions {
  /** Patterns as in a .gitignore, relative to the topmost directory. */
  readonly include: readonly string[]
  readonly exclude: readonly string[]
  /** Rules by the directory that has them: nothing for the topmost, `docs/old` for one below. */
  readonly rules?: ReadonlyMap<string, Ignore>
  /** The directory that was named, and is entered whatever the rules say; without one, the topmost. */
  readonly named?: string
}

/** Chooses among paths as a walk through directories does, where there is no file system to walk through. */
export class PathChoice {
  readonly #include: Ignore | undefined
  readonly #exclude: Ignore | undefined
  readonly #rules: ReadonlyMap<string, Ignore>
  /** What was decided of directories. */
  readonly #passedOver = new Map<string, boolean>([['', false]])

  constructor({include, exclude, rules = new Map(), named = ''}: PathChoiceOptions) {
    this.#include = include.length > 0 ? ignore().add(include) : undefined
    this.#exclude = exclude.length > 0 ? ignore().add(exclude) : undefined
    this.#rules = rules
    for (let entered = named; entered !== ''; entered = directoryOf(entered)) this.#passedOver.set(entered, false)
  }

  /** @param given with `/`, from the topmost directory. Parts that lead nowhere in a file system are left aside. */
  isChosen(given: string): boolean {
    const path = given
      .split('/')
      .filter(part => part !== '' && part !== '.' && part !== '..')
      .join('/')
    return path !== '' && this.#isTaken(path)
  }

  #isTaken(path: string): boolean {
    return !this.#isPassedOver(path, false) && (this.#include === undefined || this.#include.ignores(path))
  }

  #isPassedOver(path: string, isDirectory: boolean): boolean {
    const above = directoryOf(path)
    const isAbovePassedOver = this.#passedOver.get(above) ?? this.#isPassedOver(above, true)
    const isPassedOver = isAbovePassedOver || this.#isIgnored(path, isDirectory)
    if (isDirectory) this.#passedOver.set(path, isPassedOver)
    return isPassedOver
  }

  /** The innermost rule that says something decides, as in a walk. */
  #isIgnored(path: string, isDirectory: boolean): boolean {
    const end = isDirectory ? '/' : ''
    if (this.#exclude?.ignores(path + end)) return true
    for (let directory = path; directory !== '';) {
      directory = directoryOf(directory)
      const rules = this.#rules.get(directory)
      if (rules === undefined) continue
      const {ignored, unignored} = rules.test((directory === '' ? path : path.slice(directory.length + 1)) + end)
      if (ignored) return true
      if (unignored) return false
    }
    return isHiddenOrGenerated(path.slice(path.lastIndexOf('/') + 1), isDirectory, false)
  }
}

function directoryOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')))
}

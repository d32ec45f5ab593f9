import {citationOf} from '../law/rule.ts'

/** Something about a register that its keeper should know. */
export interface RegisterFinding {
  /** `problem`: the law is not kept. `warning`: it soon will not be, or nobody can tell. */
  readonly level: 'problem' | 'warning'
  /** The entry it is about, by id; null for the register itself. */
  readonly entry: string | null
  readonly message: string
  readonly citation: string
}

/** Findings about one entry. */
export class Findings {
  readonly list: RegisterFinding[] = []

  add(level: RegisterFinding['level'], entry: string | null, message: string, ...rules: readonly string[]): void {
    this.list.push({level, entry, message, citation: citationOf(rules)})
  }
}

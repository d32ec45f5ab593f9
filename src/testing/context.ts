import {randomBytes, randomUUID} from 'node:crypto'
import type {Clock, Logger} from '../operation/context.ts'
import type {UnitContext} from '../store/index.ts'

export const silentLog: Logger = {debug() {}, info() {}, warn() {}, error() {}}

/** A clock that stands still until it is moved. */
export class TestClock implements Clock {
  #now: number

  constructor(start = '2026-01-02T03:04:05.678Z') {
    this.#now = Date.parse(start)
  }

  now(): Date {
    return new Date(this.#now)
  }

  elapsed(): number {
    return this.#now
  }

  advance(milliseconds: number): void {
    this.#now += milliseconds
  }
}

/** A context for units of work. */
export function unitContext(overrides: Partial<UnitContext> = {}): UnitContext {
  return {
    tenant: 'acme',
    principal: {id: 'principal-1', kind: 'local', scopes: '*'},
    operation: 'test.write',
    clock: new TestClock(),
    random: {bytes: count => randomBytes(count), id: () => randomUUID()},
    signal: new AbortController().signal,
    ...overrides,
  }
}

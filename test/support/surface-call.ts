import {type Context, invoke} from '@omni-ops/core/operation'
import type {OperationCall} from '../../src/server/operation-call.ts'

/** Calls of operations in one context, as a server makes them for a request. */
export function callIn(session: Context): OperationCall {
  return (operation, input, {signal = session.signal, emit = () => {}} = {}) => {
    const context: Context = {
      ...session,
      operation: operation.id,
      signal,
      emit,
      invoke: (other, value) => invoke(other, value, {...context, operation: other.id}),
    }
    return invoke(operation, input as never, context)
  }
}

import type {CallToolResult, ServerContext, Tool} from '@modelcontextprotocol/server'
import type {OperationEvent} from '../../operation/context.ts'
import type {Operation} from '../../operation/operation.ts'
import {inputSchema, outputSchema} from '../json-schema.ts'
import {failureOf, type OperationCall, refuseUnknownFields} from '../operation-call.ts'
import {nameOf} from '../operation-names.ts'

/**
 * An operation as a tool (https://modelcontextprotocol.io/specification/2026-07-28/server/tools). Its effects become
 * the annotations by which a client decides whether to ask its user first.
 */
export function toolOf(operation: Operation): Tool {
  const {effects, summary, description, http} = operation
  return {
    name: nameOf(operation),
    title: summary,
    description: [`${summary}.`, http?.description ?? description].filter(Boolean).join(' '),
    inputSchema: {
      ...inputSchema(operation),
      type: 'object',
      additionalProperties: false,
    } as unknown as Tool['inputSchema'],
    outputSchema: outputSchema(operation) as unknown as NonNullable<Tool['outputSchema']>,
    annotations: {
      title: summary,
      readOnlyHint: effects === 'read',
      destructiveHint: effects === 'destructive',
      // What is gone is gone: to take it away again changes nothing.
      idempotentHint: effects !== 'write',
      openWorldHint: false,
    },
  }
}

/**
 * Calls a tool. An error of the operation is a result that says so, with the envelope of `--json`: a model can read
 * its hint and try again. Progress is told where the client asked for it.
 */
export async function callTool(
  operation: Operation,
  input: Readonly<Record<string, unknown>>,
  call: OperationCall,
  {mcpReq}: ServerContext,
): Promise<CallToolResult> {
  // oxlint-disable-next-line no-underscore-dangle -- the protocol's own name
  const token = mcpReq._meta?.progressToken
  const progress = token === undefined ? undefined : new ProgressCount()
  const emit = (event: OperationEvent) => {
    const told = progress?.of(event)
    if (told === undefined) return
    // A client that has gone away is told by the signal.
    void mcpReq.notify({method: 'notifications/progress', params: {progressToken: token, ...told}}).catch(() => {})
  }
  try {
    refuseUnknownFields(operation, input)
    const output = await call(operation, input, {signal: mcpReq.signal, emit})
    const text = JSON.stringify(output, decimal)
    return {content: [{type: 'text', text}], structuredContent: JSON.parse(text) as Record<string, unknown>}
  } catch (error) {
    const {status: _, exit_code: _exit, ...report} = failureOf(error)
    return {isError: true, content: [{type: 'text', text: JSON.stringify({error: report})}]}
  }
}

function decimal(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value
}

interface Progress extends Record<string, unknown> {
  readonly progress: number
  readonly total?: number
  readonly message?: string
}

/**
 * Events as MCP's progress, which must grow with each notification although an operation counts anew in each of its
 * phases: what earlier phases did is added. An event that does not grow is not told.
 */
class ProgressCount {
  #label: string | undefined
  #before = 0
  #last = 0

  of(event: OperationEvent): Progress | undefined {
    if (event.type === 'delta') return undefined
    if (event.type === 'note') {
      // Notes count nothing; the smallest step keeps the order.
      this.#last += 1e-6
      return {progress: this.#last, message: event.message}
    }
    if (event.label !== this.#label) {
      this.#label = event.label
      this.#before = this.#last
    }
    const progress = this.#before + event.done
    if (progress <= this.#last && this.#last > 0) return undefined
    this.#last = progress
    return {
      progress,
      message: event.label,
      ...(event.total === undefined ? {} : {total: this.#before + event.total}),
    }
  }
}

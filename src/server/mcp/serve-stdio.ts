import type {Readable} from 'node:stream'
import {pipeline} from 'node:stream/promises'
import type {JSONRPCMessage} from '@modelcontextprotocol/server'
import {serveStdio, StdioServerTransport} from '@modelcontextprotocol/server/stdio'
import type {Context} from '../../operation/context.ts'
import {invoke} from '../../operation/invoke.ts'
import type {Operation} from '../../operation/operation.ts'
import type {CallOptions, OperationCall} from '../operation-call.ts'
import {mcpServers} from './mcp-server.ts'
import {MessageLines, type RefusedLine} from './message-lines.ts'

export interface ServeMcpOptions {
  readonly context: Context
  /** The program's. */
  readonly version: string
  readonly allowDestructive: boolean
  /** Where the client writes; its end is the end of the session. stdout is the transport's. */
  readonly input: Readable
}

/** Serves MCP on stdin and stdout until stdin ends or the context's signal aborts. */
export async function serveMcp({context, version, allowDestructive, input}: ServeMcpOptions): Promise<void> {
  const operations = offeredTo(await context.registry.operations(), context)
  const serverFor = mcpServers({operations, version, allowDestructive})
  const call = callIn(context)
  const onerror = (error: Error) => context.log.warn('MCP', {error: error.message})
  const lines: MessageLines = new MessageLines({
    refuse: refused => transport.send(errorOf(refused)).catch(onerror),
  })
  const transport = new StdioServerTransport(lines)
  const connection = serveStdio(() => serverFor(call), {transport, onerror})
  await pipeline(input, lines, {signal: context.signal}).catch((error: Error) => {
    if (!context.signal.aborted) onerror(error)
  })
  await connection.close()
}

/** JSON-RPC says null where no id can be told, the SDK's type leaves it out. */
function errorOf({id, code, message}: RefusedLine): JSONRPCMessage {
  return {jsonrpc: '2.0', id, error: {code, message}} as unknown as JSONRPCMessage
}

/**
 * A model may do over stdio what any client may over HTTP. Of what is about this machine alone, such as its settings,
 * it may read: what it reads elsewhere could otherwise make it change them.
 */
function offeredTo(operations: readonly Operation[], {remote}: Context): readonly Operation[] {
  return operations.filter(({http, effects}) => http !== undefined || (remote === undefined && effects === 'read'))
}

function callIn(session: Context): OperationCall {
  return (operation, input, {signal, emit = () => {}}: CallOptions = {}) => {
    const context: Context = {
      ...session,
      operation: operation.id,
      signal: signal ? AbortSignal.any([signal, session.signal]) : session.signal,
      emit,
      invoke: (other, value) => invoke(other, value, {...context, operation: other.id}),
    }
    return invoke(operation, input as never, context)
  }
}

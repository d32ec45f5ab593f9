import {createMcpHandler} from '@modelcontextprotocol/server'
import type {OperationCall} from '../operation-call.ts'
import {type McpOptions, mcpServers} from './mcp-server.ts'

/** Answers a request to `/mcp`, in the name of its sender. */
export type McpHandler = (request: Request, call: OperationCall) => Promise<Response>

/**
 * MCP over streamable HTTP (https://modelcontextprotocol.io/specification/2026-07-28/basic/transports), for clients of
 * the present revision and of those with a handshake. Nothing is kept between requests, so that any node can answer
 * any of them. A closed connection cancels the call.
 */
export function mcpHandler(options: McpOptions): McpHandler {
  const serverFor = mcpServers(options)
  return (request, call) => createMcpHandler(() => serverFor(call)).fetch(request)
}
